import dns, { type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { unreadable } from '../../error.ts';
import { isPrivate } from './host.ts';

/** Every address of a host name, as the system's resolver has them. */
export type Resolve = (hostname: string, options: Readonly<{ all: true }>, done: Resolved) => void;
type Resolved = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/**
 * Looks a host up to which a registry sends, and refuses it where its name leads into a private network and the registry's own does not.
 * What is connected to is what was looked at: the name is not asked for again.
 */
export function publicLookup(registry: URL, resolve: Resolve = dns.lookup): LookupFunction {
  const leadsInside = (addresses: readonly LookupAddress[]) => addresses.some(({ address }) => isPrivate(address));
  return (hostname, options, done) => {
    const answer = (addresses: readonly LookupAddress[]) => {
      const [{ address, family } = { address: '', family: 0 }] = addresses;
      if (options.all) done(null, [...addresses]);
      else done(null, address, family);
    };
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '');
      if (!leadsInside(addresses)) return answer(addresses);
      resolve(registry.hostname.replace(/^\[|\]$/g, ''), { all: true }, (_, own) => {
        if (own?.length > 0 && own.every(({ address }) => isPrivate(address))) answer(addresses);
        else done(leadsAstray(registry, hostname), '');
      });
    });
  };
}

function leadsAstray({ host }: URL, hostname: string): Error {
  return unreadable('untrusted', `${host} sends to ${hostname}, whose address is one of a private network`, {
    hint: `${host} sends to ${hostname}, which leads into a private network and is not followed: see who answers for that name.`,
  });
}
