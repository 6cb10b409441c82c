import { crc32, inflateRawSync } from 'node:zlib';
import { unreadable } from '../../error.ts';

/** A file of an archive. Its name is a text: nothing is ever written under it. */
export type Entry = Readonly<{ name: string; bytes: Buffer }>;

/** How much of an archive is read: how many entries it may list, and how many bytes all that are read may have. */
export type Caps = Readonly<{ entries: number; bytes: number }>;

type Listed = Readonly<{
  name: string;
  flags: number;
  method: number;
  checksum: number;
  packed: number;
  size: number;
  at: number;
  mode: number;
}>;

const END = 0x06054b50;
const LISTED = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const [STORED, DEFLATED] = [0, 8];
const ENCRYPTED = 1;
const UTF8 = 0x800;
const [KIND_OF_FILE, PLAIN_FILE] = [0o170000, 0o100000];
// Deflate reaches 1,032 to 1, and no text that is worth reading comes near.
const MOST_RATIO = 200;

/**
 * Reads the wanted files of a zip archive in memory, as its central directory lists them. Everything that readers understand differently is
 * refused: names twice, entries that overlap, links, encryption, two beginnings, sizes or sums that are not as they are said to be.
 */
export function unzip(archive: Buffer, isWanted: (name: string) => boolean, caps: Caps): readonly Entry[] {
  const listed = directoryOf(archive, caps);
  if (new Set(listed.map(({ name }) => name)).size < listed.length) throw refused('it holds a name twice');
  if (listed.reduce((sum, { packed }) => sum + packed, 0) > archive.length) throw refused('its entries overlap');
  const wanted = listed.filter(({ name }) => !name.endsWith('/') && isWanted(name));
  if (wanted.reduce((sum, { size }) => sum + size, 0) > caps.bytes) throw tooLarge(`more than ${caps.bytes} bytes`);
  return wanted.map((one) => ({ name: one.name, bytes: unpack(archive, one) }));
}

function directoryOf(archive: Buffer, caps: Caps): readonly Listed[] {
  const end = endOf(archive);
  const count = archive.readUInt16LE(end + 10);
  const [bytes, start] = [archive.readUInt32LE(end + 12), archive.readUInt32LE(end + 16)];
  if (count > caps.entries) throw tooLarge(`more than ${caps.entries} entries`);
  if (archive.readUInt16LE(end + 8) !== count || archive.readUInt32LE(end + 4) !== 0) throw refused('it is one of several parts');
  if (start + bytes !== end) throw refused('its list of entries does not stand before its end');
  const listed: Listed[] = [];
  let at = start;
  while (listed.length < count) {
    if (at + 46 > end || archive.readUInt32LE(at) !== LISTED) throw refused('its list of entries is cut');
    const lengths = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    const next = at + 46 + lengths.reduce((sum, length) => sum + length, 0);
    if (next > end) throw refused('its list of entries is cut');
    listed.push(listedAt(archive, at, lengths[0] ?? 0));
    at = next;
  }
  if (at !== end) throw refused('its list has more entries than it says');
  return listed;
}

/** The record at the very end, after which nothing but its comment stands: of two that fit, readers would take different ones. */
function endOf(archive: Buffer): number {
  const earliest = Math.max(0, archive.length - END_BYTES - LONGEST_COMMENT);
  const found: number[] = [];
  for (let at = archive.length - END_BYTES; at >= earliest; at--)
    if (archive.readUInt32LE(at) === END && at + END_BYTES + archive.readUInt16LE(at + 20) === archive.length) found.push(at);
  const [end, ...more] = found;
  if (end === undefined) throw refused('it has no end');
  if (more.length > 0) throw refused('it has two ends');
  return end;
}

function listedAt(archive: Buffer, at: number, nameLength: number): Listed {
  const flags = archive.readUInt16LE(at + 8);
  return {
    name: archive.toString((flags & UTF8) === 0 ? 'latin1' : 'utf8', at + 46, at + 46 + nameLength),
    flags,
    method: archive.readUInt16LE(at + 10),
    checksum: archive.readUInt32LE(at + 16),
    packed: archive.readUInt32LE(at + 20),
    size: archive.readUInt32LE(at + 24),
    at: archive.readUInt32LE(at + 42),
    mode: archive.readUInt16LE(at + 40),
  };
}

function unpack(archive: Buffer, { name, flags, method, checksum, packed, size, at, mode }: Listed): Buffer {
  const kind = mode & KIND_OF_FILE;
  if (kind !== 0 && kind !== PLAIN_FILE) throw refused('an entry of it is a link, or no file');
  if ((flags & ENCRYPTED) !== 0) throw refused('it is encrypted', 'unsupported');
  if (method !== STORED && method !== DEFLATED) throw refused('it is packed as nobody else packs', 'unsupported');
  if (size > packed * MOST_RATIO) throw tooLarge(`more than ${MOST_RATIO} bytes in each of its own`);
  const start = startOf(archive, at, name);
  if (start + packed > archive.length) throw refused('an entry of it is cut');
  const bytes = inflate(archive.subarray(start, start + packed), method, size);
  if (bytes.length !== size || crc32(bytes) !== checksum) throw refused('an entry of it is not what its list says');
  return bytes;
}

/** Where the bytes of an entry begin; before them it says its name once more. */
function startOf(archive: Buffer, at: number, name: string): number {
  if (at + 30 > archive.length || archive.readUInt32LE(at) !== LOCAL) throw refused('an entry of it is not where its list says');
  const [flags, nameLength] = [archive.readUInt16LE(at + 6), archive.readUInt16LE(at + 26)];
  const own = archive.toString((flags & UTF8) === 0 ? 'latin1' : 'utf8', at + 30, at + 30 + nameLength);
  if (own !== name) throw refused('an entry of it has two names');
  return at + 30 + nameLength + archive.readUInt16LE(at + 28);
}

function inflate(packed: Buffer, method: number, size: number): Buffer {
  if (method === STORED) return packed;
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch (cause) {
    throw unreadable('malformed', 'an archive cannot be read: an entry of it does not unpack to what its list says', { cause });
  }
}

function refused(why: string, because: 'malformed' | 'unsupported' = 'malformed'): Error {
  return unreadable(because, `an archive cannot be read: ${why}`, {
    hint: 'Look at it: no tool that uploads artifacts writes such a one.',
  });
}

function tooLarge(what: string): Error {
  return unreadable('too-large', `an archive holds ${what}`, { hint: 'Look at what it holds: records of builds are small.' });
}
