import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { AuditError } from '../error.ts';

const CODE = /\.[cm]?[jt]sx?$/;
const NO_RULE = /^\.|\.d\.[cm]?ts$|\.(?:test|spec|config)\.[cm]?[jt]sx?$/;
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'test', 'tests']);
const MOST_FILES = 1000;

/** Refuses code in a folder of rules that would not be judged by: a file whose name is no id, and rules in a folder below it. */
export async function refuseOverlooked(folder: string, members: readonly string[], others: readonly string[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  const misnamed = entries.filter((entry) => isCode(entry) && !members.includes(path.join(folder, entry.name)));
  const [first] = misnamed;
  if (first)
    throw new AuditError('MEMBER_INVALID', `${path.join(folder, first.name)} is not named as a rule is`, {
      hint: 'Name it by the id of its rule, in small letters joined by hyphens, with .ts or .js: tag-of-the-day.ts. What rules import belongs into a folder below.',
    });
  const below = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED.has(entry.name));
  for (const { name } of below.filter((entry) => !others.includes(path.join(folder, entry.name))))
    await refuseRulesBelow(path.join(folder, name));
}

async function refuseRulesBelow(folder: string): Promise<void> {
  const files = (await readdir(folder, { withFileTypes: true })).filter(isCode).slice(0, MOST_FILES);
  for (const { name } of files)
    if (/^export default defineRule\(/m.test(await readFile(path.join(folder, name), 'utf8')))
      throw new AuditError('MEMBER_INVALID', `${path.join(folder, name)} is a rule in a folder that is not looked through`, {
        hint: 'Move it up, or name its folder in rulesFrom too: folders below one are for what rules import.',
      });
}

function isCode(entry: Dirent): boolean {
  return !entry.isDirectory() && CODE.test(entry.name) && !NO_RULE.test(entry.name);
}
