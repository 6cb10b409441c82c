import { RECORD_SCHEMA } from '../../domain/record.ts';
import { type Block, LONGEST_LINE } from './read-blocks.ts';

/** What can be asked of a line's bytes before it is parsed; false only where no parser could find anything wanted in it. */
export type RawFilter = Readonly<{
  /** Whether some hexadecimal value of the line is wanted. */
  holdsHash(bytes: Buffer, start: number, end: number): boolean;
  /** Whether the image whose key ends at a place may be of a wanted line; left out where no lines are wanted. */
  mayNameLine?: ((bytes: Buffer, at: number) => boolean) | undefined;
  /** Whether something is wanted that bytes cannot be asked for. */
  takesAll: boolean;
}>;

/** What a scan tells of the lines of a block, by their number in it, from 0. */
export type Visitor = Readonly<{
  /** A line that may be wanted, by its bytes; or one that is no neutral record, whose bytes may be those of something enclosed. */
  candidate(nth: number, line: Readonly<{ start: number; end: number; isAsked: boolean }>): void;
  broken(nth: number): void;
}>;

const IMAGE_KEY = '"image"';
// As JSON.stringify, printf and most others write it; a neutral record that begins otherwise is parsed, which is slower and no less right.
const NEUTRAL = Buffer.from('{"schema":"selfsame/record/');
const NEUTRAL_SPACED = Buffer.from('{"schema": "selfsame/record/');
const NAMED = ['build', 'test'].map((kind) => Buffer.from(`{"schema":"${RECORD_SCHEMA}","kind":"${kind}","digest":"sha256:`));
const DIGEST_KEY = '"digest"';
const SHA256 = Buffer.from('"sha256:');
const [NEWLINE, RETURN, SPACE, TAB, BACKSLASH, OPEN, CLOSE, COLON, QUOTE] = [10, 13, 32, 9, 92, 123, 125, 58, 34];
const IS_DIGIT = new Uint8Array(256);
for (const digit of '0123456789abcdef') IS_DIGIT[digit.charCodeAt(0)] = 1;

/** How many lines a block has, and how many of them are blank. */
export type Counts = Readonly<{ lines: number; blank: number }>;

/** Walks the lines of a block, counts them, and tells those that are no object and those that may be wanted. */
export function scanBlock(block: Block, { takesAll, holdsHash, mayNameLine }: RawFilter, visitor: Visitor): Counts {
  const { bytes, end } = block;
  const nextEscape = cursor(bytes.subarray(0, end), BACKSLASH);
  const namesLine = mayNameLine ? lineNamer(block, mayNameLine) : () => false;
  const namesDigest = digestNamer(block);
  let escape = -1;
  let [nth, blank] = [0, 0];
  for (let start = 0, newline = 0; start < end; start = newline + 1, nth++) {
    newline = bytes.indexOf(NEWLINE, start);
    const first = bytes[start] === OPEN ? start : skipForward(bytes, start, newline);
    const last = bytes[newline - 1] === CLOSE ? newline : skipBack(bytes, first, newline);
    if (escape < first) escape = nextEscape(first);
    const isObject = bytes[first] === OPEN && bytes[last - 1] === CLOSE && last - first <= LONGEST_LINE;
    if (first === last) blank++;
    else if (!isObject) visitor.broken(nth);
    // A key may be written with escapes, and so may a digest: such a line is always parsed.
    else if (takesAll || escape < last || holdsHash(bytes, first, last) || namesLine(first, last) || !namesDigest(first, last))
      visitor.candidate(nth, { start: first, end: last, isAsked: true });
    else if (!beginsWith(bytes, first, NEUTRAL) && !beginsWith(bytes, first, NEUTRAL_SPACED))
      visitor.candidate(nth, { start: first, end: last, isAsked: false });
  }
  return { lines: nth, blank };
}

/**
 * Whether every digest of a line is written as one: a line whose digest is misspelt is found by no digest, and must not pass for one
 * that speaks of something else. Any other spelling is left to the parser.
 */
function digestNamer({ bytes, end }: Block): (first: number, last: number) => boolean {
  const nextKey = cursor(bytes.subarray(0, end), DIGEST_KEY);
  return (first, last) => {
    if (isNamedPlainly(bytes, first)) return true;
    let at = nextKey(first);
    if (at >= last) return false;
    for (; at < last; at = nextKey(at + 1)) if (!isDigestAt(bytes, at + DIGEST_KEY.length)) return false;
    return true;
  };
}

/** Whether a line begins as most are written, with a digest that is one: asked first, because a search costs twice as much. */
function isNamedPlainly(bytes: Buffer, first: number): boolean {
  const beginning = NAMED.find((one) => beginsWith(bytes, first, one));
  return beginning !== undefined && endsAsDigest(bytes, first + beginning.length);
}

function isDigestAt(bytes: Buffer, keyEnd: number): boolean {
  const colon = skipForward(bytes, keyEnd, bytes.length);
  const value = skipForward(bytes, colon + 1, bytes.length);
  return bytes[colon] === COLON && beginsWith(bytes, value, SHA256) && endsAsDigest(bytes, value + SHA256.length);
}

/** Whether 64 digits stand at a place, in lower case, and a quote behind them. */
function endsAsDigest(bytes: Buffer, start: number): boolean {
  const end = start + 64;
  if (bytes[end] !== QUOTE) return false;
  for (let at = start; at < end; at++) if (IS_DIGIT[bytes[at] ?? 0] === 0) return false;
  return true;
}

function beginsWith(bytes: Buffer, start: number, beginning: Buffer): boolean {
  for (let at = 0; at < beginning.length; at++) if (bytes[start + at] !== beginning[at]) return false;
  return true;
}

function lineNamer({ bytes, end }: Block, mayNameLine: NonNullable<RawFilter['mayNameLine']>): (first: number, last: number) => boolean {
  const nextImage = cursor(bytes.subarray(0, end), IMAGE_KEY);
  return (first, last) => {
    for (let at = nextImage(first); at < last; at = nextImage(at + 1)) if (mayNameLine(bytes, at + IMAGE_KEY.length)) return true;
    return false;
  };
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
