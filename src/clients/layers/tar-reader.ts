import { createHash, type Hash } from 'node:crypto';
import type { LayerEntry } from '../../domain/layer.ts';
import type { Allowance } from './limits.ts';
import { readPaxRecords } from './pax-records.ts';
import { readTarHeader, type TarHeader } from './tar-header.ts';
import { textIn, unlikeTar } from './tar-text.ts';
import { toLayerEntry } from './to-layer-entry.ts';

const BLOCK = 512;
const LARGEST_NOTE_BYTES = 1024 * 1024;
const NOTHING = Buffer.alloc(0);

/** Takes the bytes of a tar file as they come; `end` gives what it held. */
export type TarReader = Readonly<{ push(piece: Buffer): void; end(): readonly LayerEntry[] }>;

/** What is said beforehand of the next entry. */
type Notes = { pax?: ReadonlyMap<string, string>; name?: string; link?: string };

/** What the bytes are that come next: `left` of them are the entry's, then `padding` that means nothing. */
type Open = { readonly header: TarHeader; left: number; padding: number; readonly hash: Hash | undefined; readonly pieces: Buffer[] };

/**
 * Opens a reader of entries without their bytes, none of which are kept. It reads only what all unpackers read alike: what it took for
 * equal while a runtime unpacks something else would be a false proof.
 */
export function openTarReader(allowance: Allowance): TarReader {
  const entries: LayerEntry[] = [];
  let rest: Buffer = NOTHING;
  let zeros = 0;
  let open: Open | undefined;
  let notes: Notes = {};

  const close = ({ header, hash, pieces }: Open) => {
    open = undefined;
    if (header.is === 'entry') {
      entries.push(toLayerEntry(header, notes, hash?.digest('hex') ?? ''));
      notes = {};
    } else notes = noted(notes, header.is, Buffer.concat(pieces));
  };
  const begin = (block: Buffer) => {
    if (block.every((byte) => byte === 0)) return void (zeros += 1);
    if (zeros > 0) throw unlikeTar('goes on after its end');
    const opened = opening(readTarHeader(block), notes, allowance);
    if (opened.left + opened.padding === 0) close(opened);
    else open = opened;
  };
  /** How many bytes of the piece were taken. */
  const take = (piece: Buffer): number => {
    if (!open) return begin(piece.subarray(0, BLOCK)) ?? BLOCK;
    const data = piece.subarray(0, open.left);
    const padding = Math.min(piece.length - data.length, open.padding);
    open.hash?.update(data);
    if (open.header.is !== 'entry') open.pieces.push(Buffer.from(data));
    open.left -= data.length;
    open.padding -= padding;
    if (open.left + open.padding === 0) close(open);
    return data.length + padding;
  };

  const isEnough = (bytes: number) => bytes > 0 && (open !== undefined || bytes >= BLOCK);
  return {
    push(piece) {
      let left = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
      while (isEnough(left.length)) left = left.subarray(take(left));
      rest = left;
    },
    end() {
      if (open || rest.length > 0 || notes.pax || notes.name !== undefined || notes.link !== undefined)
        throw unlikeTar('ends in the middle');
      return entries;
    },
  };
}

function opening(header: TarHeader, notes: Notes, allowance: Allowance): Open {
  const stated = notes.pax?.get('size');
  if (stated !== undefined && !/^\d{1,15}$/.test(stated)) throw unlikeTar('has a size that is none');
  const isEntry = header.is === 'entry';
  const size = isEntry && stated !== undefined ? Number(stated) : header.size;
  if (isEntry) allowance.entry(notes.pax?.get('path') ?? notes.name ?? header.name, size);
  if (isEntry && header.type !== 'file' && size > 0) throw unlikeTar(`has bytes in a ${header.type}`);
  if (!isEntry && size > LARGEST_NOTE_BYTES) throw unlikeTar('has an extended header without end');
  const hash = isEntry && header.type === 'file' ? createHash('sha256') : undefined;
  return { header: { ...header, size }, left: size, padding: (BLOCK - (size % BLOCK)) % BLOCK, hash, pieces: [] };
}

function noted(notes: Notes, is: Exclude<TarHeader['is'], 'entry'>, body: Buffer): Notes {
  // Go hands a global header on and applies it to nothing; others apply it. What all do alike is a comment, as git writes.
  if (is === 'global-pax' && [...readPaxRecords(body).keys()].some((key) => key !== 'comment')) throw unlikeTar('has a global header');
  if (is === 'global-pax') return notes;
  const isSaidTwice = is === 'pax' ? notes.pax || notes.name !== undefined || notes.link !== undefined : notes.pax;
  if (isSaidTwice || (is === 'long-name' && notes.name !== undefined) || (is === 'long-link' && notes.link !== undefined))
    throw unlikeTar('names one entry twice');
  if (is === 'pax') return { pax: readPaxRecords(body) };
  return is === 'long-name' ? { ...notes, name: textIn(body) } : { ...notes, link: textIn(body) };
}
