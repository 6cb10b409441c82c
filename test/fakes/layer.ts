import { buffer } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import type { Digest } from '../../src/domain/digest.ts';
import { digestOf } from './registry.ts';

/** An entry of a layer: what its header says, and its bytes. */
export type Part = readonly [header: Partial<Header> & { name: string; pax?: Record<string, string> }, body?: string | Buffer];

/** A layer as a registry holds it, and what it is unpacked. */
export type FakeLayer = Readonly<{ body: Buffer; digest: Digest; diffId: Digest; size: number; tar: Buffer }>;

/** When every entry of a layer was written, unless it says otherwise. */
export const WRITTEN = new Date('2026-03-01T09:00:00Z');

/** A tar file of these entries. */
export function tarOf(parts: readonly Part[]): Promise<Buffer> {
  const packing = pack();
  for (const [header, body = ''] of parts) packing.entry({ mtime: WRITTEN, ...header }, body);
  packing.finalize();
  return buffer(packing);
}

const PACKED = { gzip: gzipSync, zstd: zstdCompressSync, none: (tar: Buffer) => tar } as const;

/** A layer of a tar file. */
export function layerOf(tar: Buffer, how: keyof typeof PACKED = 'gzip'): FakeLayer {
  const body = PACKED[how](tar);
  return { body, digest: digestOf(body), diffId: digestOf(tar), size: body.length, tar };
}
