import type { BlobTaker, Edge } from '../../collect/define-source.ts';
import { unreadable } from '../../error.ts';
import { ask, type Head } from '../http.ts';
import { refuseEncoded } from '../refuse-encoded.ts';
import { withTimeFor } from '../time-for.ts';

/** An address that ECR hands out, which is itself a key, and the API that it belongs to, where that has another address than Amazon's. */
export type Stored = Readonly<{ address: string; endpoint: string | undefined }>;

const LARGEST_BYTES = 8 * 1024 * 1024;

/** Fetches a small blob, not verified yet. */
export async function fetchStored(stored: Stored, edge: Edge): Promise<Buffer> {
  const url = trustedAddress(stored, edge);
  const { status, body } = await ask({ url, capBytes: LARGEST_BYTES }, edge);
  if (status === 200) return body;
  throw notHandedOut(url, status);
}

/** Hands a blob of a size to a taker as it arrives, a new one for every attempt; none of it is verified. */
export async function receiveStored(
  stored: Stored,
  { size, open }: Readonly<{ size: number; open(): BlobTaker }>,
  edge: Edge,
): Promise<void> {
  const url = trustedAddress(stored, edge);
  const receive = (head: Head) => {
    if (head.status !== 200) return undefined;
    refuseEncoded(head, url);
    return open();
  };
  const { status } = await ask({ url, capBytes: Math.max(size, LARGEST_BYTES), receive }, withTimeFor(size, edge));
  if (status !== 200) throw notHandedOut(url, status);
}

/** No other host is asked than Amazon's, nor without TLS, and the address is told nowhere. */
function trustedAddress({ address, endpoint }: Stored, edge: Edge): URL {
  const url = new URL(address);
  edge.conceal(url.search);
  const isAmazon = url.protocol === 'https:' && /\.amazonaws\.com(?:\.cn)?$/.test(url.hostname);
  if (isAmazon || (endpoint !== undefined && new URL(endpoint).hostname === url.hostname)) return url;
  throw unreadable('untrusted', `ECR sends to ${url.host} for a blob`, {
    hint: `${url.host} is not Amazon's: find out what answers for ECR.`,
  });
}

function notHandedOut({ host }: URL, status: number): Error {
  return unreadable('unreachable', `the storage of ECR answers ${status}`, {
    hint: `Check that ${host} can be reached from here, through its VPC endpoint if there is one.`,
  });
}
