import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { AuditError } from './error.ts';
import type { AnyRule } from './judge/define-rule.ts';
import type { Reporter } from './report/define-reporter.ts';

type Members = { rules: AnyRule; reporters: Reporter };

const MEMBER = /^(?<id>[a-z0-9]+(?:-[a-z0-9]+)*)\.(?:ts|js)$/;

/** The folder of a registry, wherever the package lies: sources in development, `dist` once installed. */
export function folderOf(registry: keyof Members): string {
  return path.dirname(fileURLToPath(import.meta.resolve(`selfsame/${registry}/any`)));
}

/** The ids of a registry: the names of its files, sorted. An empty registry would judge nothing and is refused. */
export async function idsIn(registry: keyof Members): Promise<readonly string[]> {
  const names = await readdir(folderOf(registry));
  const ids = names.flatMap((name) => MEMBER.exec(name)?.groups?.id ?? []).toSorted();
  if (ids.length === 0)
    throw new AuditError('MEMBER_NOT_FOUND', `${registry} is empty`, { hint: 'Install selfsame again: its files are incomplete.' });
  return ids;
}

/** One member by its id. */
export async function loadMember<R extends keyof Members>(registry: R, id: string): Promise<Members[R]> {
  const ids = await idsIn(registry);
  if (!ids.includes(id)) throw new AuditError('MEMBER_NOT_FOUND', `"${id}" in ${registry}`, { hint: `There are: ${ids.join(', ')}.` });
  const folder = folderOf(registry);
  const file = (await readdir(folder)).find((name) => MEMBER.exec(name)?.groups?.id === id) ?? '';
  const { default: member } = (await import(pathToFileURL(path.join(folder, file)).href)) as { default?: Members[R] };
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
