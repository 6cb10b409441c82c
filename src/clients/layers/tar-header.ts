import type { EntryType } from '../../domain/layer.ts';
import { textIn, unlikeTar } from './tar-text.ts';

/** What a block of 512 bytes begins: an entry, or what is said beforehand of the next. */
export type TarHeader = Readonly<{
  is: 'entry' | 'pax' | 'global-pax' | 'long-name' | 'long-link';
  type: EntryType;
  name: string;
  link: string;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  mtime: number;
  device: string;
}>;

const SPECIAL: Readonly<Record<string, TarHeader['is']>> = { x: 'pax', g: 'global-pax', L: 'long-name', K: 'long-link' };
const TYPES: Readonly<Record<string, EntryType>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'link',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
};

/** Reads a header of POSIX or GNU tar; what Go's unpacker, which all runtimes use, could read otherwise is refused. */
export function readTarHeader(block: Buffer): TarHeader {
  const flag = String.fromCharCode(block[156] ?? 0);
  const is = Object.hasOwn(SPECIAL, flag) ? (SPECIAL[flag] ?? 'entry') : 'entry';
  if (numberIn(block, 148, 8) !== sumOf(block)) throw unlikeTar('has a header whose sum is wrong');
  const dialect = block.toString('latin1', 257, 265);
  const isPosix = dialect === 'ustar\u000000';
  if ((!isPosix && dialect !== 'ustar  \0') || block.toString('latin1', 508, 512) === 'tar\0')
    throw unlikeTar('has a header of neither POSIX nor GNU tar');
  const prefix = isPosix ? textIn(block.subarray(345, 500)) : '';
  const short = textIn(block.subarray(0, 100));
  const name = prefix === '' ? short : `${prefix}/${short}`;
  return {
    is,
    type: typeOf(flag, is, name),
    name,
    link: textIn(block.subarray(157, 257)),
    mode: numberIn(block, 100, 8) & 0o7777,
    uid: numberIn(block, 108, 8),
    gid: numberIn(block, 116, 8),
    size: numberIn(block, 124, 12),
    mtime: numberIn(block, 136, 12),
    device: `${numberIn(block, 329, 8)}:${numberIn(block, 337, 8)}`,
  };
}

function typeOf(flag: string, is: TarHeader['is'], name: string): EntryType {
  if (is !== 'entry') return 'file';
  const type = Object.hasOwn(TYPES, flag) ? TYPES[flag] : undefined;
  if (type === undefined) throw unlikeTar(`has an entry of the type ${JSON.stringify(flag)}`);
  if (!name.endsWith('/') || type !== 'file') return type;
  if (flag === '0') throw unlikeTar('has a file whose name is that of a folder');
  return 'directory';
}

function sumOf(block: Buffer): number {
  let sum = 8 * 0x20;
  // Counted by its place: an iterator over every header of a large layer takes longer than unpacking it.
  for (let at = 0; at < block.length; at++) sum += at < 148 || at >= 156 ? (block[at] ?? 0) : 0;
  return sum;
}

/** Octal digits, or, where the first bit is set, the number itself. */
function numberIn(block: Buffer, at: number, length: number): number {
  const field = block.subarray(at, at + length);
  if ((field[0] ?? 0) >= 0x80) return binaryIn(field);
  const [digits] = /^[ \0]*([0-7]*)[ \0]*$/.exec(field.toString('latin1'))?.slice(1) ?? [];
  if (digits === undefined) throw unlikeTar('has a number that is none');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function binaryIn(field: Buffer): number {
  const number = BigInt(`0x${field.toString('hex')}`) - (0x80n << BigInt(8 * (field.length - 1)));
  if (number > BigInt(Number.MAX_SAFE_INTEGER)) throw unlikeTar('has a number without end, or below zero');
  return Number(number);
}
