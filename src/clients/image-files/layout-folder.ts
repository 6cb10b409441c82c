import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { BlobTaker } from '../../collect/define-source.ts';
import type { Digest } from '../../domain/digest.ts';
import { AuditError, unreadable } from '../../error.ts';
import { refuseUncomputable, verify } from '../oci/verify.ts';

const LARGEST_BYTES = 8 * 1024 * 1024;

/** The file of a blob, from the folder of its layout. */
export function blobFile(digest: Digest): string {
  return path.join('blobs', ...digest.split(':', 2));
}

/** A blob of a layout, held to its digest, and where it lies. */
export async function readBlob(folder: string, digest: Digest): Promise<Readonly<{ body: Buffer; locator: string }>> {
  refuseUncomputable(digest);
  const body = await readInside(folder, blobFile(digest));
  const locator = path.join(folder, blobFile(digest));
  verify(digest, body, locator);
  return { body, locator };
}

/** Hands a blob of a layout, be it large, to a taker; none of it is verified. */
export async function handOutBlob(folder: string, digest: Digest, taker: BlobTaker): Promise<void> {
  refuseUncomputable(digest);
  const { handle } = await openInside(folder, blobFile(digest));
  // The stream closes the file, however it ends.
  for await (const piece of handle.createReadStream() as AsyncIterable<Buffer>) await taker.push(piece);
  taker.end();
}

/** The bytes of a plain file that lies in the folder itself. */
export async function readInside(folder: string, name: string): Promise<Buffer> {
  const { handle, size, file } = await openInside(folder, name);
  try {
    if (size > LARGEST_BYTES)
      throw unreadable('too-large', `"${file}" has more than ${LARGEST_BYTES} bytes`, {
        hint: 'See what it is: no manifest is that large.',
      });
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Opens a plain file that lies in the folder itself: a link, or a folder that leads elsewhere, is refused. */
async function openInside(folder: string, name: string): Promise<Readonly<{ handle: FileHandle; size: number; file: string }>> {
  const file = path.join(folder, name);
  const [real, realFile] = await Promise.all([realpath(folder), realpath(file)]).catch((cause: unknown) => {
    throw new AuditError('USAGE', `"${file}" is not there`, { hint: 'Give the folder of a whole OCI image layout.', cause });
  });
  if (realFile !== path.join(real, name))
    throw unreadable('untrusted', `"${file}" leads elsewhere`, { hint: 'Copy the layout with its files instead of links.' });
  const handle = await open(realFile, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const status = await handle.stat();
  if (status.isFile()) return { handle, size: status.size, file };
  await handle.close();
  throw unreadable('malformed', `"${file}" is no file`, { hint: 'Write the layout again.' });
}
