import { unreadable } from '../error.ts';
import type { Head } from './http.ts';

/** Refuses an answer that is encoded, for its bytes are hashed as they are held. */
export function refuseEncoded({ headers }: Pick<Head, 'headers'>, url: URL): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return;
  throw unreadable('malformed', `${url.origin}${url.pathname} is encoded as ${encoding}, which was not asked for`, {
    hint: `What stands before ${url.host} encodes its answers: have it pass them on as they are, for their bytes are hashed.`,
  });
}
