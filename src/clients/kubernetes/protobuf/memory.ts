import type { Pod } from '../objects.ts';

type Metadata = Pod['metadata'];
type Containers = Pod['spec']['containers'];

/** What was read lately, so that what pods repeat is made once: their names, labels, images, nodes, owners and what starts them. */
export type Memory = Readonly<{
  /** The text of the UTF-8 between two places; it holds nothing but its own characters. */
  text(bytes: Buffer, start: number, end: number): string;
  labels: Remembered<Metadata['labels']>;
  owners: Remembered<Metadata['ownerReferences']>;
  command: Remembered<string[]>;
  args: Remembered<string[]>;
  /** The containers that were read of the pod before. */
  containers: { value: Containers };
}>;

/** One value, and the bytes that it was read from. */
export type Remembered<T> = { bytes: Buffer; value: T };

const PLACES = 1 << 14;
const SAMPLE = 12;
/** A longer text is a script, and no name: to keep thousands would take more than making it again. */
const LONGEST_KNOWN = 1024;

/** Opens a memory that never grows: a text that falls on the place of another takes it. */
export function openMemory(): Memory {
  const known: string[] = Array.from({ length: PLACES }, () => '');
  const text: Memory['text'] = (bytes, start, end) => {
    if (end - start > LONGEST_KNOWN) return bytes.toString('utf8', start, end);
    const place = placeOf(bytes, start, end);
    const there = known[place] ?? '';
    if (isWritten(there, bytes, start, end)) return there;
    if (!isAscii(bytes, start, end)) return bytes.toString('utf8', start, end);
    const made = bytes.toString('latin1', start, end);
    known[place] = made;
    return made;
  };
  const nothing = Buffer.alloc(0);
  return {
    text,
    labels: { bytes: nothing, value: {} },
    owners: { bytes: nothing, value: [] },
    command: { bytes: nothing, value: [] },
    args: { bytes: nothing, value: [] },
    containers: { value: [] },
  };
}

/** Names differ at their ends, paths and digests too; a few bytes from the front tell the rest apart. */
function placeOf(bytes: Buffer, start: number, end: number): number {
  let hash = end - start;
  for (let at = Math.max(start, end - SAMPLE); at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
  const front = Math.min(end, start + SAMPLE);
  for (let at = start; at < front; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
  return (hash ^ (hash >>> 15)) & (PLACES - 1);
}

function isAscii(bytes: Buffer, start: number, end: number): boolean {
  let all = 0;
  for (let at = start; at < end; at++) all |= bytes[at] ?? 0;
  return all < 0x80;
}

/** What is known is ASCII: as many characters as bytes, and each the same. */
function isWritten(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let nth = 0; nth < text.length; nth++) if (text.charCodeAt(nth) !== bytes[start + nth]) return false;
  return true;
}
