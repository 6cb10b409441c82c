import path from 'node:path';
import { z } from 'zod';
import { Digest } from '../../domain/digest.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { AuditError, unreadable } from '../../error.ts';
import type { Held } from '../oci/content.ts';
import type { Registry } from '../oci.ts';
import { blobFile, handOutBlob, readBlob } from './layout-folder.ts';
import { entriesOf } from './oci-layout.ts';
import { savedAttestations } from './saved-attestations.ts';

const Named = z.object({
  mediaType: z.string().optional(),
  layers: z.array(z.unknown()).optional(),
  manifests: z.array(z.object({ digest: Digest, mediaType: z.string() })).optional(),
});

/** OCI image layouts in the place of a registry: what it held under digests is read from files, and nothing that may have changed since. */
export async function openLayouts(registry: string, folders: readonly string[]): Promise<Registry> {
  const types = new Map<string, string>();
  const layouts = await Promise.all(folders.map(async (folder) => ({ folder, entries: await entriesOf(folder) })));
  for (const { digest, mediaType } of layouts.flatMap(({ entries }) => entries)) types.set(digest, mediaType);

  const find = async <T>(digest: Digest, read: (folder: string) => Promise<T>): Promise<T> => {
    for (const folder of folders) {
      const found = await read(folder).catch((error: unknown) => unlessMissing(error));
      if (found !== undefined) return found;
    }
    throw missing(registry, digest);
  };
  const hold = async (repository: string, digest: Digest): Promise<Held> => {
    const { body, locator } = await find(digest, (folder) => readBlob(folder, digest));
    return { body, locator, mediaType: types.get(digest) ?? '', image: { registry, repository } };
  };

  return {
    name: registry,
    locate: (_, __, digest) => path.join(folders[0] ?? '', blobFile(digest)),
    async manifest(repository, digest) {
      const held = await hold(repository, digest);
      const named = Named.safeParse(parseStrictJson(held.body)).data;
      // A layout keeps configs beside manifests, so that one asked for as the other is there, and is not what was asked for.
      if (!types.has(digest) && named?.layers === undefined && named?.manifests === undefined) throw missing(registry, digest);
      for (const member of named?.manifests ?? []) types.set(member.digest, member.mediaType);
      return held;
    },
    config: hold,
    resolve: (repository, tag) => Promise.reject(missing(registry, `${repository}:${tag}`)),
    holds: (_, digest) => Promise.reject(missing(registry, digest)),
    referrers: async (_, digest) => ({
      referrers: layouts.flatMap(({ folder, entries }) => savedAttestations(folder, entries, digest)),
      next: undefined,
    }),
    download: ({ digest }, open) => find(digest, async (folder) => (await handOutBlob(folder, digest, open()), true)).then(() => undefined),
  };
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof AuditError) || error.code !== 'USAGE') throw error;
}

function missing(registry: string, what: string): Error {
  return unreadable('not-found', `no layout holds ${what}`, {
    hint: `Copy it into a layout where ${registry} can be reached: skopeo copy --all docker://${registry}/REPOSITORY@DIGEST oci:DIR:NAME.`,
    // As a registry says it: what is no manifest may still be a config.
    cause: { status: 404 },
  });
}
