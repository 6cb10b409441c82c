import { unreadable } from '../../error.ts';

// A hundred manifests in one answer are far below it; the SDK itself takes whatever comes (@smithy/node-http-handler 4, 2026).
const LARGEST_BYTES = 64 * 1024 * 1024;

/** The bytes of an answer of the API; one that does not come to an end is left. */
export async function collectAnswer(answer: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of answer) {
    bytes += piece.length;
    if (bytes > LARGEST_BYTES)
      throw unreadable('too-large', `the API of ECR answers with more than ${LARGEST_BYTES} bytes`, {
        hint: `See what answers for the API of ECR: more than ${LARGEST_BYTES} bytes of an answer are not read.`,
      });
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
