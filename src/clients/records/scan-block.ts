import { RECORD_SCHEMA } from '../../domain/record.ts';
import { type Block, LONGEST_LINE } from './read-blocks.ts';

/** What can be asked of a line's bytes before it is parsed; false only where no parser could find anything wanted in it. */
export type RawFilter = Readonly<{
  /** Whether the 64 digits at a place are those of a wanted digest. */
  isDigestWanted(bytes: Buffer, at: number): boolean;
  /** Whether some hexadecimal value between two places is wanted. */
  holdsHash(bytes: Buffer, start: number, end: number): boolean;
  /** Since when records of the image are wanted whose key ends at a place: "" since ever. Left out where no lines are wanted. */
  sinceOfImage?: ((bytes: Buffer, keyEnd: number) => string | undefined) | undefined;
  /** Whether something is wanted that bytes cannot be asked for. */
  takesAll: boolean;
}>;

/** What a scan tells of the lines of a block, by their number in it, from 0. */
export type Visitor = Readonly<{
  /** A line that may be wanted, by its bytes; or one that is no neutral record, whose bytes may be those of something enclosed. */
  candidate(nth: number, line: Readonly<{ start: number; end: number; isAsked: boolean }>): void;
  broken(nth: number): void;
}>;

// Searched for from a letter that is rare: a key is searched for by its first byte, and a quote stands at every word.
const IMAGE_KEY = { begin: Buffer.from('"i'), end: 'mage"' };
const TIME_KEY = '"at"';
const LAST_MEMBER = Buffer.from('"at":"');
const INSTANT = Buffer.from('0000-00-00T00:00:00');
// As JSON.stringify, printf and most others write it; a neutral record that begins otherwise is parsed, which is slower and no less right.
const NEUTRAL = Buffer.from('{"schema":"selfsame/record/');
const NEUTRAL_SPACED = Buffer.from('{"schema": "selfsame/record/');
const NAMED = ['build', 'test'].map((kind) => beginning(`{"schema":"${RECORD_SCHEMA}","kind":"${kind}","digest":"sha256:`));
const DIGEST_KEY = '"digest"';
const SHA256 = Buffer.from('"sha256:');
const DIGEST_DIGITS = 64;
const [NEWLINE, RETURN, SPACE, TAB, BACKSLASH, OPEN, CLOSE, COLON, QUOTE, ZULU] = [10, 13, 32, 9, 92, 123, 125, 58, 34, 90];
const [DIGIT_0, DIGIT_9] = [48, 57];
// Two digits are looked at together, and no look decides alone: a branch for every digit costs more than all of the looks.
const ARE_DIGITS = new Uint8Array(1 << 16);
for (const first of '0123456789abcdef')
  for (const second of '0123456789abcdef') ARE_DIGITS[first.charCodeAt(0) | (second.charCodeAt(0) << 8)] = 1;

/** How many lines a block has, and how many of them are blank. */
export type Counts = Readonly<{ lines: number; blank: number }>;

/** Walks the lines of a block, counts them, and tells those that are no object and those that may be wanted. */
export function scanBlock(block: Block, filter: RawFilter, visitor: Visitor): Counts {
  const { bytes, end } = block;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const nextEscape = cursor(bytes.subarray(0, end), BACKSLASH);
  const namesLine = lineNamer(block, filter);
  const namesDigest = digestNamer(block, view);
  let escape = -1;
  let [nth, blank] = [0, 0];
  for (let start = 0, newline = 0; start < end; start = newline + 1, nth++) {
    newline = bytes.indexOf(NEWLINE, start);
    const first = bytes[start] === OPEN ? start : skipForward(bytes, start, newline);
    const last = bytes[newline - 1] === CLOSE ? newline : skipBack(bytes, first, newline);
    if (escape < first) escape = nextEscape(first);
    const isObject = bytes[first] === OPEN && bytes[last - 1] === CLOSE && last - first <= LONGEST_LINE;
    if (!isObject) {
      if (first === last) blank++;
      else visitor.broken(nth);
      continue;
    }
    const digest = plainDigest(view, first);
    const isPlain = digest > 0;
    // A key may be written with escapes, and so may a digest: such a line is always parsed.
    const isAsked =
      filter.takesAll ||
      escape < last ||
      (isPlain && filter.isDigestWanted(bytes, digest)) ||
      filter.holdsHash(bytes, isPlain ? digest + DIGEST_DIGITS : first, last) ||
      namesLine(first, last) ||
      !(isPlain || namesDigest(first, last));
    if (isAsked || !(isPlain || isNeutralAt(bytes, first))) visitor.candidate(nth, { start: first, end: last, isAsked });
  }
  return { lines: nth, blank };
}

/** A text as numbers of eight bytes each; the last of them ends where the text does. */
type Beginning = Readonly<{ length: number; eights: Float64Array; lastAt: number; last: number }>;

function beginning(text: string): Beginning {
  const bytes = Buffer.from(text);
  const eights = Float64Array.from({ length: bytes.length >> 3 }, (_, nth) => bytes.readDoubleLE(8 * nth));
  return { length: bytes.length, eights, lastAt: bytes.length - 8, last: bytes.readDoubleLE(bytes.length - 8) };
}

/** Where the digits of a line's digest begin, where it begins as most are written and the digest is one; else -1. */
function plainDigest(view: DataView, first: number): number {
  for (const named of NAMED) {
    if (!beginsAs(view, first, named)) continue;
    const digest = first + named.length;
    return areDigits(view, digest) ? digest : -1;
  }
  return -1;
}

function beginsAs(view: DataView, first: number, { eights, lastAt, last }: Beginning): boolean {
  // No text in ASCII is the number that equals nothing, nor one of the two zeros that equal one another.
  for (let nth = 0; nth < eights.length; nth++) if (view.getFloat64(first + 8 * nth, true) !== eights[nth]) return false;
  return view.getFloat64(first + lastAt, true) === last;
}

/** Whether 64 digits stand at a place, in lower case, and a quote behind them. */
function areDigits(view: DataView, start: number): boolean {
  const end = start + DIGEST_DIGITS;
  if (view.getUint8(end) !== QUOTE) return false;
  let all = 1;
  for (let at = start; at < end; at += 2) all &= ARE_DIGITS[view.getUint16(at, true)] ?? 0;
  return all === 1;
}

function isNeutralAt(bytes: Buffer, first: number): boolean {
  return beginsWith(bytes, first, NEUTRAL) || beginsWith(bytes, first, NEUTRAL_SPACED);
}

function beginsWith(bytes: Buffer, start: number, expected: Buffer): boolean {
  for (let at = 0; at < expected.length; at++) if (bytes[start + at] !== expected[at]) return false;
  return true;
}

/**
 * Whether every digest of a line is written as one: a line whose digest is misspelt is found by no digest, and must not pass for one
 * that speaks of something else. Any other spelling is left to the parser.
 */
function digestNamer({ bytes, end }: Block, view: DataView): (first: number, last: number) => boolean {
  const nextKey = cursor(bytes.subarray(0, end), DIGEST_KEY);
  return (first, last) => {
    let at = nextKey(first);
    if (at >= last) return false;
    for (; at < last; at = nextKey(at + 1)) {
      const value = valueOf(bytes, at + DIGEST_KEY.length);
      if (value < 0 || !beginsWith(bytes, value, SHA256) || !areDigits(view, value + SHA256.length)) return false;
    }
    return true;
  };
}

/** Whether a line may be a record of a wanted image, and new enough. */
function lineNamer({ bytes, end }: Block, { sinceOfImage }: RawFilter): (first: number, last: number) => boolean {
  if (!sinceOfImage) return () => false;
  const nextImage = cursor(bytes.subarray(0, end), IMAGE_KEY.end);
  const isOlder = timeReader(bytes.subarray(0, end));
  return (first, last) => {
    for (let at = nextImage(first); at < last; at = nextImage(at + 1)) {
      const since = beginsWith(bytes, at - IMAGE_KEY.begin.length, IMAGE_KEY.begin)
        ? sinceOfImage(bytes, at + IMAGE_KEY.end.length)
        : undefined;
      if (since !== undefined && !isOlder(since, first, last)) return true;
    }
    return false;
  };
}

/** Whether a line is surely of a time before an instant: its last member says so, or all do that may, plainly and in UTC. */
function timeReader(bytes: Buffer): (since: string, first: number, last: number) => boolean {
  const nextTime = cursor(bytes, TIME_KEY);
  return (since, first, last) => {
    if (since === '') return false;
    const instant = last - '2026-03-02T09:00:00Z"}'.length;
    if (beginsWith(bytes, instant - LAST_MEMBER.length, LAST_MEMBER)) return isInstantBefore(bytes, instant, since);
    let at = nextTime(first);
    if (at >= last) return false;
    for (; at < last; at = nextTime(at + 1)) {
      const value = valueOf(bytes, at + TIME_KEY.length);
      if (value < 0 || !isInstantBefore(bytes, value + 1, since)) return false;
    }
    return true;
  };
}

/** Whether an instant in UTC stands at a place, and is before another; both are texts that compare as times. */
function isInstantBefore(bytes: Buffer, start: number, since: string): boolean {
  const end = bytes.indexOf(QUOTE, start);
  if (end - start <= INSTANT.length || bytes[end - 1] !== ZULU) return false;
  let order = 0;
  for (let at = 0; at < INSTANT.length; at++) {
    const byte = bytes[start + at] ?? 0;
    if (INSTANT[at] === DIGIT_0 ? byte < DIGIT_0 || byte > DIGIT_9 : byte !== INSTANT[at]) return false;
    if (order === 0) order = byte - since.charCodeAt(at);
  }
  return order < 0;
}

/** Where the string begins that is the value of the key that ends at a place; -1 where none does. */
function valueOf(bytes: Buffer, keyEnd: number): number {
  const colon = skipForward(bytes, keyEnd, bytes.length);
  const value = skipForward(bytes, colon + 1, bytes.length);
  return bytes[colon] === COLON && bytes[value] === QUOTE ? value : -1;
}

/** Finds a needle at or after a place, where places only grow: what was found lying ahead is not searched for again. */
function cursor(bytes: Buffer, needle: number | string): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found >= from) return found;
    const at = bytes.indexOf(needle, from);
    found = at < 0 ? Number.POSITIVE_INFINITY : at;
    return found;
  };
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB || byte === RETURN;
}

function skipForward(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at])) at++;
  return at;
}

function skipBack(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && isBlank(bytes[at - 1])) at--;
  return at;
}
