import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { BlobTaker } from '../../collect/define-source.ts';
import type { Digest } from '../../domain/digest.ts';
import type { LayerContents } from '../../domain/layer.ts';
import { AuditError, unreadable } from '../../error.ts';
import type { Allowance } from './limits.ts';
import { openTarReader } from './tar-reader.ts';
import { unpack } from './unpack.ts';

/** A layer as it is named: by its diffID, and, where a manifest has it, by the digest and size of its packed bytes. */
export type NamedLayer = Readonly<{ diffId: Digest; blob?: Readonly<{ digest: Digest; size: number }> }>;

/** Takes the bytes of a layer as they come; `contents` is what it holds, once every digest of it was held to them. */
export type LayerReader = BlobTaker & Readonly<{ contents: Promise<LayerContents>; abandon(): void }>;

/** Opens a reader of one layer that keeps nothing of it but its headers, and writes nothing to disk. */
export function openLayerReader(layer: NamedLayer, allowance: Allowance): LayerReader {
  const input = new PassThrough();
  const contents = readLayer(layer, input, allowance);
  // Whoever feeds the reader learns of its failure when pushing, whoever waits for the contents by them.
  contents.catch((error: unknown) => input.destroy(error instanceof Error ? error : undefined));
  input.on('error', () => undefined);
  const refused = contents.then(
    () => undefined,
    (error: unknown) => Promise.reject(error),
  );
  refused.catch(() => undefined);
  return {
    contents,
    push(piece) {
      if (input.destroyed) return refused;
      return input.write(piece) ? undefined : Promise.race([once(input, 'drain').then(() => undefined), refused]);
    },
    end: () => void input.end(),
    abandon: () => void input.destroy(unreadable('unreachable', `the layer ${layer.diffId} was cut off`)),
  };
}

async function readLayer({ diffId, blob }: NamedLayer, input: PassThrough, allowance: Allowance): Promise<LayerContents> {
  try {
    const tar = openTarReader(allowance);
    const [packed, unpacked] = [openMeter(blob?.digest ?? diffId), openMeter(diffId)];
    for await (const piece of unpack(packed.through(input))) {
      unpacked.count(piece);
      allowance.unpack(piece.length);
      allowance.ratio(packed.bytes(), unpacked.bytes());
      tar.push(piece);
    }
    if (blob) packed.refuseOther(blob.digest);
    unpacked.refuseOther(diffId);
    return { diffId, entries: tar.end() };
  } catch (error) {
    if (error instanceof AuditError) throw error;
    throw unreadable('malformed', `the layer ${diffId} cannot be unpacked`, { hint: 'Push the image again.', cause: error });
  }
}

/** Counts and hashes what goes through it. */
function openMeter(digest: Digest) {
  const algorithm = digest.slice(0, digest.indexOf(':'));
  const hash = createHash(algorithm);
  let bytes = 0;
  const count = (piece: Buffer) => {
    bytes += piece.length;
    hash.update(piece);
  };
  return {
    bytes: () => bytes,
    count,
    async *through(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const piece of pieces) {
        count(piece);
        yield piece;
      }
    },
    refuseOther(wanted: Digest) {
      const found = `${algorithm}:${hash.digest('hex')}`;
      if (found !== wanted)
        throw unreadable('untrusted', `a layer that is called ${wanted} is ${found}`, {
          hint: 'It does not hold what its digest says: find out who serves it, and do not deploy from there.',
        });
    },
  };
}
