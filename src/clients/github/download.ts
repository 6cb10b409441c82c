import type { Edge } from '../../collect/define-source.ts';
import { unreadable } from '../../error.ts';
import { ask, type Receiver } from '../http.ts';
import { isLoopback, isPrivate } from '../oci/host.ts';

/** What is fetched: what it is, how much of it is read, and who takes it as it arrives. */
export type Wish = Readonly<{ what: string; capBytes: number; receive?: () => Receiver }>;

/**
 * Fetches what GitHub keeps at another host, by an address that is itself a key: it is told nowhere, and no token goes there. No answer of the API
 * may lead into the network that we stand in, unless the API itself is of this machine.
 */
export async function download(url: URL, { what, capBytes, receive }: Wish, { api, edge }: Readonly<{ api: URL; edge: Edge }>) {
  edge.conceal(url.search);
  // A server of one's own may stand in a private network, and keep everything itself.
  const isOwn = url.protocol === api.protocol && url.hostname === api.hostname;
  const isOutside = url.protocol === 'https:' && !isPrivate(url.hostname);
  if (!isOwn && !isOutside && !(isLoopback(api.hostname) && isLoopback(url.hostname)))
    throw unreadable('untrusted', `GitHub sends to ${url.protocol}//${url.host} for ${what}`, {
      hint: `${url.host} is no storage of GitHub: find out what answers for it.`,
    });
  const take = receive && { receive: ({ status }: Readonly<{ status: number }>) => (status === 200 ? receive() : undefined) };
  const { status, body } = await ask({ url, capBytes, ...take }, edge);
  if (status === 200) return body;
  throw unreadable(status === 404 || status === 410 ? 'expired' : 'unreachable', `the storage of ${what} answers ${status}`, {
    hint: `Check that ${url.host} can be reached from here.`,
  });
}
