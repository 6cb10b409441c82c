import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { BlobTaker } from '../../collect/define-source.ts';
import { Digest } from '../../domain/digest.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { AuditError, unreadable } from '../../error.ts';
import { resolveClosure, type Target } from '../oci/closure.ts';
import { checked, type Held } from '../oci/content.ts';
import { refuseUncomputable, verify } from '../oci/verify.ts';
import type { ImageFile } from './image-file.ts';
import { localImage } from './local-image.ts';

const LARGEST_BYTES = 8 * 1024 * 1024;
const REF_NAME = 'org.opencontainers.image.ref.name';
const Entries = z.object({
  manifests: z.array(
    z.object({
      mediaType: z.string(),
      digest: Digest,
      size: z.number().int().nonnegative(),
      annotations: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
type Entry = z.output<typeof Entries>['manifests'][number];

/** Reads one image of an OCI image layout (image-spec 1.1, image-layout.md). */
export async function readOciLayout(folder: string, tag: string | undefined): Promise<ImageFile> {
  const place = path.join(folder, 'index.json');
  const index = checked(Entries, parseStrictJson(await readInside(folder, 'index.json')), 'an image layout');
  const { digest, size, mediaType } = choose(index.manifests, tag, place);
  const roots: Target[] = [{ digest, size, mediaType, repositories: [folder], is: 'manifest' }];
  const { contents, failures } = await resolveClosure(roots, async (target) => {
    const held = await holdBlob(folder, target);
    return { held, is: target.is === 'config' ? target.is : 'manifest', repository: folder };
  });
  if (failures[0]) throw failures[0].error;
  return { root: digest, seen: contents, readLayer: ({ blob, diffId }, open) => handOut(folder, blob?.digest ?? diffId, open()) };
}

async function handOut(folder: string, digest: Digest, taker: BlobTaker): Promise<void> {
  refuseUncomputable(digest);
  const { handle } = await openInside(folder, nameOf(digest));
  // The stream closes the file, however it ends.
  for await (const piece of handle.createReadStream() as AsyncIterable<Buffer>) await taker.push(piece);
  taker.end();
}

function choose(entries: readonly Entry[], tag: string | undefined, place: string): Entry {
  const names = entries.map(({ annotations }) => annotations?.[REF_NAME] ?? '');
  const found = entries.filter((_, at) => tag === undefined || names[at] === tag || names[at]?.endsWith(`:${tag}`));
  const [first] = found;
  if (first && new Set(found.map(({ digest }) => digest)).size === 1) return first;
  const known = names.filter((name) => name !== '').slice(0, 10);
  throw new AuditError('USAGE', `${place} holds ${found.length} images${tag === undefined ? '' : ` named ${tag}`}`, {
    hint: known.length > 0 ? `Name one of them: ${known.join(', ')}.` : 'Write a layout of one image.',
  });
}

async function holdBlob(folder: string, { digest, mediaType = '' }: Target): Promise<Held> {
  refuseUncomputable(digest);
  const name = nameOf(digest);
  const body = await readInside(folder, name);
  const locator = path.join(folder, name);
  verify(digest, body, locator);
  return { body, mediaType, locator, image: localImage(folder) };
}

function nameOf(digest: Digest): string {
  return path.join('blobs', ...digest.split(':', 2));
}

async function readInside(folder: string, name: string): Promise<Buffer> {
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
