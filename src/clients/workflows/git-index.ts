const SIGNATURE = 'DIRC';
const HEADER_BYTES = 12;
/** Of an entry before its hash: times, device, mode, owner and size (git, Documentation/gitformat-index). */
const STATUS_BYTES = 40;
const EXTENDED = 0x4000;
const MOST = 5_000_000;

type Entry = Readonly<{ name: string; hash: string; next: number }>;

/**
 * The contents that git has noted of a checkout, by their paths, of those that are wanted; undefined where the note is of a form that is not
 * known, or not whole.
 */
export function indexedIn(index: Buffer, hashBytes: number, isWanted: (name: string) => boolean): ReadonlyMap<string, string> | undefined {
  const version = index.length < HEADER_BYTES ? 0 : index.readUInt32BE(4);
  if (index.toString('latin1', 0, 4) !== SIGNATURE || version < 2 || version > 4) return undefined;
  const count = index.readUInt32BE(8);
  const found = new Map<string, string>();
  let [at, before] = [HEADER_BYTES, ''];
  for (let nth = 0; nth < Math.min(count, MOST); nth++) {
    const entry = entryAt(index, at, { version, hashBytes, before });
    if (!entry) return undefined;
    if (isWanted(entry.name)) found.set(entry.name, entry.hash);
    [at, before] = [entry.next, entry.name];
  }
  // An index may be split in two, and this be the part that changed.
  const isSplit = index.toString('latin1', at, at + 4) === 'link';
  return isSplit || count > MOST ? undefined : found;
}

type Form = Readonly<{ version: number; hashBytes: number; before: string }>;

function entryAt(index: Buffer, at: number, { version, hashBytes, before }: Form): Entry | undefined {
  const hashEnd = at + STATUS_BYTES + hashBytes;
  if (hashEnd + 2 > index.length) return undefined;
  const isExtended = version > 2 && (index.readUInt16BE(hashEnd) & EXTENDED) !== 0;
  const hash = index.toString('hex', at + STATUS_BYTES, hashEnd);
  const start = hashEnd + (isExtended ? 4 : 2);
  const { value: dropped, next: from } = version === 4 ? numberAt(index, start) : { value: before.length, next: start };
  const end = index.indexOf(0, from);
  if (end < 0) return undefined;
  // Names are bytes: as latin1 each byte stays one character.
  const name = before.slice(0, before.length - dropped) + index.toString('latin1', from, end);
  const length = end - at;
  return { name, hash, next: version === 4 ? end + 1 : at + length + (8 - (length % 8)) };
}

/** A number as git writes offsets: seven bits a byte, one added for every further byte. */
function numberAt(index: Buffer, at: number): Readonly<{ value: number; next: number }> {
  let next = at;
  let byte = index[next++] ?? 0;
  let value = byte & 127;
  while (byte & 128 && next < index.length && next - at < 5) {
    byte = index[next++] ?? 0;
    value = (value + 1) * 128 + (byte & 127);
  }
  return { value, next };
}
