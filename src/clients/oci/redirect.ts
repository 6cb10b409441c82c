import { unreadable } from '../../error.ts';
import { isLoopback, isPrivate } from './host.ts';

const LONGEST = 8 * 1024;

/** Where a registry sends for a blob, if it may be followed: to https, or to its own host as it was asked; never into a private network. */
export function redirectTarget(location: string | undefined, from: URL, origin: URL): URL {
  const target = location === undefined || location.length > LONGEST ? null : URL.parse(location, from.href);
  if (!target) throw refused(origin, 'to no address');
  const isOwn = target.hostname === origin.hostname;
  const isSecure = target.protocol === 'https:' || (target.protocol === 'http:' && origin.protocol === 'http:' && isOwn);
  if (!isSecure) throw refused(origin, 'to what is not https');
  if (target.username !== '' || target.password !== '') throw refused(origin, 'with a login in the address');
  if (!isOwn && isPrivate(target.hostname) && !isLoopback(origin.hostname)) throw refused(origin, 'into a private network');
  return target;
}

function refused({ host }: URL, where: string): Error {
  return unreadable('untrusted', `${host} sends for a blob ${where}`, {
    hint: `${host} sends for a blob ${where}, which is not followed: have the registry serve blobs itself, or from https.`,
  });
}
