import { readFile } from 'node:fs/promises';
import path from 'node:path';

const ORIGIN = /^\[remote "origin"\]\s*\n(?<lines>(?:(?!\[)[^\n]*\n?)*)/m;
// https://github.com/acme/payments.git, with a login or without; git@github.com:acme/payments; ssh://git@github.com/acme/payments
const GITHUB = /^\s*url\s*=\s*(?:(?:https|ssh):\/\/)?(?:[^\s@/]+@)?github\.com[:/](?<repository>[\w-]+\/[\w.-]+?)(?:\.git)?\/?\s*$/m;

/** The repository on GitHub that a clone came from, as owner/name; undefined where it came from elsewhere, or is none. No program is run for it. */
export async function readRemote(folder: string): Promise<string | undefined> {
  const config = await readFile(path.join(folder, '.git', 'config'), 'utf8').catch(() => '');
  const { lines = '' } = ORIGIN.exec(config)?.groups ?? {};
  return GITHUB.exec(lines)?.groups?.repository;
}
