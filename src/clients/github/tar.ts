import { unreadable } from '../../error.ts';

const BLOCK = 512;
const MOST_ENTRIES = 10_000;

/** The plain files of a tar archive in memory (POSIX ustar), by their names; a name twice, or a header that does not add up, is refused. */
export function untar(archive: Buffer): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  let entries = 0;
  for (let at = 0; at + BLOCK <= archive.length; entries++) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return files;
    if (entries >= MOST_ENTRIES || octal(header, 148, 8) !== sumOf(header)) throw broken();
    const size = octal(header, 124, 12);
    const start = at + BLOCK;
    if (start + size > archive.length) throw broken();
    const name = nameIn(header);
    if (isPlainFile(header) && files.has(name)) throw broken();
    if (isPlainFile(header)) files.set(name, archive.subarray(start, start + size));
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

function isPlainFile(header: Buffer): boolean {
  return header[156] === 0 || header[156] === 0x30;
}

function nameIn(header: Buffer): string {
  const isUstar = header.toString('latin1', 257, 262) === 'ustar';
  const prefix = isUstar ? text(header, 345, 155) : '';
  const name = text(header, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

function octal(header: Buffer, start: number, length: number): number {
  const digits = text(header, start, length).trim();
  if (!/^[0-7]{1,11}$/.test(digits)) throw broken();
  return Number.parseInt(digits, 8);
}

/** Of all bytes of the header, those of the sum itself taken for blanks. */
function sumOf(header: Buffer): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

function broken(): Error {
  return unreadable('malformed', 'it is no tar archive that can be read');
}
