import path from 'node:path';
import { z } from 'zod';
import { Digest } from '../../domain/digest.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { AuditError } from '../../error.ts';
import { resolveClosure, type Target } from '../oci/closure.ts';
import { checked } from '../oci/content.ts';
import type { ImageFile } from './image-file.ts';
import { handOutBlob, readBlob, readInside } from './layout-folder.ts';
import { localImage } from './local-image.ts';

/** The annotation by which an entry of a layout is named. */
export const REF_NAME = 'org.opencontainers.image.ref.name';
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

/** What the index of a layout says of one manifest. */
export type Entry = z.output<typeof Entries>['manifests'][number];

/** Reads one image of an OCI image layout (image-spec 1.1, image-layout.md). */
export async function readOciLayout(folder: string, tag: string | undefined): Promise<ImageFile> {
  const { digest, size, mediaType } = choose(await entriesOf(folder), tag, path.join(folder, 'index.json'));
  const roots: Target[] = [{ digest, size, mediaType, repositories: [folder], is: 'manifest' }];
  const { contents, failures } = await resolveClosure(roots, async (target) => {
    const held = { ...(await readBlob(folder, target.digest)), mediaType: target.mediaType ?? '', image: localImage(folder) };
    return { held, is: target.is === 'config' ? target.is : 'manifest', repository: folder };
  });
  if (failures[0]) throw failures[0].error;
  return { root: digest, seen: contents, readLayer: ({ blob, diffId }, open) => handOutBlob(folder, blob?.digest ?? diffId, open()) };
}

/** What the index of a layout names. */
export async function entriesOf(folder: string): Promise<readonly Entry[]> {
  return checked(Entries, parseStrictJson(await readInside(folder, 'index.json')), 'an image layout').manifests;
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
