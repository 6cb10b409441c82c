import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { digestOf } from './registry.ts';

/** A file in a zip archive; what a test says of it wrongly stands in the list of the archive, whatever it is. */
export type Zipped = Readonly<{
  name: string;
  text: string | Buffer;
  localName?: string;
  isStored?: boolean;
  flags?: number;
  method?: number;
  mode?: number;
  size?: number;
  checksum?: number;
}>;

/** A zip archive (APPNOTE 6.3) of these files. */
export function zipOf(files: readonly Zipped[], end: Readonly<{ count?: number; comment?: string; start?: number }> = {}): Buffer {
  const locals: Buffer[] = [];
  const listed: Buffer[] = [];
  let at = 0;
  for (const file of files) {
    const { name, text, localName = name, isStored = false, flags = 0, mode = 0o100644 } = file;
    const bytes = Buffer.from(text);
    const packed = isStored ? bytes : deflateRawSync(bytes);
    const { method = isStored ? 0 : 8, size = bytes.length, checksum = crc32(bytes) } = file;
    const about = (names: string) => {
      const head = Buffer.alloc(22);
      head.writeUInt16LE(flags, 0);
      head.writeUInt16LE(method, 2);
      head.writeUInt32LE(checksum, 8);
      head.writeUInt32LE(packed.length, 12);
      head.writeUInt32LE(size, 16);
      head.writeUInt16LE(Buffer.byteLength(names), 20);
      return head;
    };
    const local = Buffer.concat([
      Buffer.from('PK\u0003\u0004'),
      Buffer.from([20, 0]),
      about(localName),
      Buffer.from([0, 0]),
      Buffer.from(localName),
      packed,
    ]);
    const tail = Buffer.alloc(16);
    tail.writeUInt32LE((mode << 16) >>> 0, 8);
    tail.writeUInt32LE(at, 12);
    listed.push(Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 3, 20, 0]), about(name), tail, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(listed);
  const { count = files.length, comment = '', start = at } = end;
  const last = Buffer.alloc(22);
  last.write('PK\u0005\u0006', 'latin1');
  last.writeUInt16LE(count, 8);
  last.writeUInt16LE(count, 10);
  last.writeUInt32LE(directory.length, 12);
  last.writeUInt32LE(start, 16);
  last.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...locals, directory, last, Buffer.from(comment, 'latin1')]);
}

/** A tar archive (POSIX ustar) of these files. */
export function tarOf(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const header = Buffer.alloc(512);
    const bytes = Buffer.from(text);
    header.write(name, 0);
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('        0', 148);
    header.write('ustar\0', 257);
    const sum = header.reduce((all, byte) => all + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** What docker/build-push-action uploads of a build, as BuildKit keeps its history. */
export function dockerbuildOf(record: object): Buffer {
  const config = JSON.stringify(record);
  const manifest = JSON.stringify({
    config: { mediaType: 'application/vnd.buildkit.historyrecord.v0', digest: digestOf(config) },
    layers: [],
  });
  const index = JSON.stringify({ manifests: [{ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digestOf(manifest) }] });
  const blob = (text: string) => `blobs/${digestOf(text).replace(':', '/')}`;
  return gzipSync(tarOf({ [blob(config)]: config, [blob(manifest)]: manifest, 'index.json': index, 'oci-layout': '{}' }));
}

/** The history of a build that was pushed by attempt 2 of run 57, but for what is given. */
export function pushedRecord(
  digest: string,
  { names = 'ghcr.io/acme/payments:1.4', run = '57/attempts/2', ...fields }: Readonly<Record<string, unknown>> = {},
): object {
  return {
    FrontendAttrs: {
      'attest:provenance': `mode=max,builder-id=https://github.com/acme/payments/actions/runs/${String(run)}`,
      'build-arg:NPM_TOKEN': 'npm_earlgreyhotearlgreyhotearlgreyhot',
      'vcs:revision': 'c0ffee'.padEnd(40, '0'),
      'vcs:source': 'https://github.com/acme/payments.git',
    },
    Exporters: [{ Type: 'image', Attrs: { name: names, push: 'true' } }],
    CompletedAt: '2026-03-01T09:10:30.123456789Z',
    Result: { Results: { 0: { media_type: 'application/vnd.oci.image.index.v1+json', digest, size: 1609 } } },
    ...fields,
  };
}
