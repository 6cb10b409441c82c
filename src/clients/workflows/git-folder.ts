import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Edge } from '../../collect/define-source.ts';
import { projectOf } from '../../domain/project.ts';
import { indexedIn } from './git-index.ts';

/** What a checkout is of: where it came from, host and repository told apart, and the commit that is checked out, as far as its own files say so. */
export type Checkout = Readonly<{ host?: string; repository?: string; commit?: string }>;

// References that were packed stand in one file, as all files that are checked out do; a repository may have very many.
const LARGEST_BYTES = 256 * 1024 * 1024;
const ORIGIN = /^\[remote "origin"\][^\n]*\n((?:[ \t]*(?![ \t[])[^\n]*\n?)*)/m;
const ADDRESS = /^[\w+]+:\/\/(?:(?<login>[^/@]*)@)?(?<host>[^/@:]+)(?::\d+)?\/(?<name>.+)$/;
// git@github.com:acme/payments; a single letter before the colon is a drive.
const SHORT_ADDRESS = /^(?:(?<login>[\w.-]+)@)?(?<host>[\w.-]{2,}):(?<name>[^/].*)$/;
const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Reads what a folder is a checkout of; no program is run for it, and a login in the address of its origin is told to nobody. */
export async function readCheckout(folder: string, edge: Pick<Edge, 'conceal'>): Promise<Checkout> {
  const git = await gitFolderOf(path.join(folder, '.git'));
  const common = path.resolve(git, (await textOf(path.join(git, 'commondir'))).trim() || '.');
  const [, settings = ''] = ORIGIN.exec(await textOf(path.join(common, 'config'))) ?? [];
  const [, url = ''] = /^[ \t]*url[ \t]*=[ \t]*"?([^\s"]+)/m.exec(settings) ?? [];
  const commit = await commitOf(git, common);
  return { ...remoteIn(url, edge), ...(commit === undefined ? {} : { commit }) };
}

/** What git has noted of the files that are checked out, by their paths: of those that are wanted, their contents. Undefined where it says nothing. */
export async function readIndex(
  folder: string,
  hashBytes: number,
  isWanted: (file: string) => boolean,
): Promise<ReadonlyMap<string, string> | undefined> {
  const file = path.join(await gitFolderOf(path.join(folder, '.git')), 'index');
  const found = await lstat(file).catch(() => undefined);
  const isRead = found?.isFile() && found.size <= LARGEST_BYTES;
  const index = isRead ? await readFile(file).catch(() => undefined) : undefined;
  return index && indexedIn(index, hashBytes, isWanted);
}

/** Of a further working tree, and of a submodule, `.git` is a file that says where the folder is. */
async function gitFolderOf(place: string): Promise<string> {
  const [, elsewhere] = /^gitdir: ([^\n]+)/.exec(await textOf(place)) ?? [];
  return elsewhere === undefined ? place : path.resolve(path.dirname(place), elsewhere);
}

async function commitOf(git: string, common: string): Promise<string | undefined> {
  const head = (await textOf(path.join(git, 'HEAD'))).trim();
  if (HASH.test(head)) return head;
  const [, reference] = /^ref: (refs\/[^\s]+)$/.exec(head) ?? [];
  if (reference === undefined || reference.split('/').includes('..')) return undefined;
  const loose = (await textOf(path.join(common, reference))).trim();
  if (HASH.test(loose)) return loose;
  const packed = (await textOf(path.join(common, 'packed-refs'))).split('\n').find((line) => line.endsWith(` ${reference}`));
  const hash = packed?.split(' ')[0] ?? '';
  return HASH.test(hash) ? hash : undefined;
}

/** The host of a remote and its path there; one on this machine has none. */
function remoteIn(url: string, { conceal }: Pick<Edge, 'conceal'>): Pick<Checkout, 'host' | 'repository'> {
  const { login = '', host = '', name = '' } = (ADDRESS.exec(url) ?? SHORT_ADDRESS.exec(url))?.groups ?? {};
  const [user = '', password = ''] = login.split(':');
  if (password !== '') conceal(password);
  // A word that is as long as no user's name is a token.
  else if (user.length >= 16) conceal(user);
  const repository = projectOf(name);
  return /^(?!\.)[\w.-]+(?:\/(?!\.)[\w.-]+)+$/.test(repository) ? { host: host.toLowerCase(), repository } : {};
}

/** The text of a file; none where it is missing, is no file, or is larger than any of its kind. */
async function textOf(file: string): Promise<string> {
  const found = await lstat(file).catch(() => undefined);
  return found?.isFile() && found.size <= LARGEST_BYTES ? readFile(file, 'utf8').catch(() => '') : '';
}
