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
  const names = (await readdir(folderOf(registry))).toSorted();
  const files = new Map(
    names.flatMap((name) => {
      const id = MEMBER.exec(name)?.groups?.id;
      return id === undefined ? [] : [[id, name] as const];
    }),
  );
  if (files.size === 0)
    throw new AuditError('MEMBER_NOT_FOUND', `${registry} is empty`, { hint: 'Install selfsame again: its files are incomplete.' });
  return files;
}

/** One member by its id. */
export async function loadMember<R extends keyof Members>(registry: R, id: string): Promise<Members[R]> {
  const files = await filesIn(registry);
  const file = files.get(id);
  if (file === undefined) {
    const ids = [...files.keys()];
    throw new AuditError('MEMBER_NOT_FOUND', `"${id}" in ${registry}`, {
      hint: `${didYouMean(id, ids)} There are: ${ids.join(', ')}.`.trim(),
    });
  }
  // Its own types were checked where it was defined.
  const { default: member } = (await import(pathToFileURL(path.join(folderOf(registry), file)).href)) as { default?: Members[R] };
  if (member?.id !== id)
    throw new AuditError('MEMBER_INVALID', `${file} exports the id "${member?.id}"`, {
      hint: `Let its default export have the id "${id}".`,
    });
  return member;
}

/** Every member of a registry, sorted by id. */
export async function loadAll<R extends keyof Members>(registry: R): Promise<readonly Members[R][]> {
  const ids = await idsIn(registry);
  return Promise.all(ids.map((id) => loadMember(registry, id)));
}
