import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Descriptor, digestOf, OCI_INDEX, OCI_MANIFEST } from './registry.ts';

/** Writes an image layout: `put` lays a blob into it, `close` its index. */
export type FakeLayout = Readonly<{
  put(content: object | Buffer, mediaType: string): Promise<Descriptor>;
  close(entries: readonly object[]): Promise<void>;
}>;

/** Opens an empty layout in a folder that is made. */
export async function writeLayout(folder: string): Promise<FakeLayout> {
  await mkdir(path.join(folder, 'blobs/sha256'), { recursive: true });
  return {
    async put(content, mediaType) {
      const named = mediaType === OCI_INDEX || mediaType === OCI_MANIFEST ? { schemaVersion: 2, mediaType } : {};
      const body = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify({ ...named, ...content }));
      const digest = digestOf(body);
      await writeFile(path.join(folder, 'blobs/sha256', digest.slice('sha256:'.length)), body);
      return { mediaType, digest, size: body.length };
    },
    async close(manifests) {
      await writeFile(path.join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
      await writeFile(path.join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
    },
  };
}
