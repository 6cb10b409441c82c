import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AnySource } from './collect/define-source.ts';
import { didYouMean } from './config/did-you-mean.ts';
import { AuditError } from './error.ts';
import type { AnyRule } from './judge/define-rule.ts';
import type { Reporter } from './report/define-reporter.ts';

type Members = { rules: AnyRule; reporters: Reporter; sources: AnySource };

const MEMBER = /^(?<id>[a-z0-9]+(?:-[a-z0-9]+)*)\.(?:ts|js)$/;

/** The folder of a registry, wherever the package lies: sources in development, `dist` once installed. */
export function folderOf(registry: keyof Members): string {
  return path.dirname(fileURLToPath(import.meta.resolve(`selfsame/${registry}/any`)));
}

/** The ids of a registry: the names of its files, sorted. An empty registry would judge nothing and is refused. */
export async function idsIn(registry: keyof Members): Promise<readonly string[]> {
  return [...(await filesIn(registry)).keys()];
}

/** Every member's file by its id, sorted. */
async function filesIn(registry: keyof Members): Promise<ReadonlyMap<string, string>> {
  const files = await memberFiles(folderOf(registry));
  if (files.size === 0)
    throw new AuditError('MEMBER_NOT_FOUND', `${registry} is empty`, { hint: 'Install selfsame again: its files are incomplete.' });
  return files;
}

/** The files in a folder that are named as members are, by their ids, sorted: pages, tests, declarations and hidden files are not. */
export async function memberFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder)).toSorted();
  return new Map(
    names.flatMap((name) => {
      const id = MEMBER.exec(name)?.groups?.id;
      return id === undefined ? [] : [[id, path.join(folder, name)] as const];
    }),
  );
}

/** Loads a file of code and returns what it exports by default, whatever that is. */
export async function importDefault(file: string): Promise<unknown> {
  const { default: member }: { default?: unknown } = await import(pathToFileURL(file).href);
  return member;
}

/** One member by its id. */
export async function loadMember<R extends keyof Members>(registry: R, id: string): Promise<Members[R]> {
  const files = await filesIn(registry);
  const file = files.get(id);
  if (file === undefined) throw notFound(registry, id, [...files.keys()]);
  // Its own types were checked where it was defined.
  const member = (await importDefault(file)) as Members[R] | undefined;
  if (member?.id !== id)
    throw new AuditError('MEMBER_INVALID', `${path.basename(file)} exports the id "${member?.id}"`, {
      hint: `Let its default export have the id "${id}".`,
    });
  return member;
}

/** That a registry has no such member, with the one that was probably meant. */
export function notFound(registry: keyof Members, id: string, ids: readonly string[]): AuditError {
  return new AuditError('MEMBER_NOT_FOUND', `"${id}" in ${registry}`, {
    hint: `${didYouMean(id, ids)} There are: ${ids.join(', ')}.`.trim(),
  });
}

/** Every member of a registry, sorted by id. */
export async function loadAll<R extends keyof Members>(registry: R): Promise<readonly Members[R][]> {
  const ids = await idsIn(registry);
  return Promise.all(ids.map((id) => loadMember(registry, id)));
}
