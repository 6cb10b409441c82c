import type { Locate } from './read-commits.ts';

/** Where people see the files of a GitHub whose API is known: beside it, or at its own name. */
export function webAddress(apiUrl: string): Locate {
  const { origin, protocol, host, pathname } = new URL(apiUrl);
  const web = host.startsWith('api.') && pathname === '/' ? `${protocol}//${host.slice('api.'.length)}` : origin;
  return ({ repository, ref, path, line }) => `${web}/${repository}/blob/${ref}/${encodeURI(path)}${line === undefined ? '' : `#L${line}`}`;
}
