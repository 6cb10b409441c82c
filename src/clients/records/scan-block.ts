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
const [NEWLINE, RETURN, SPACE, TAB, BACKSLASH, OPEN, CLOSE] = [10, 13, 32, 9, 92, 123, 125];

/** How many lines a block has, and how many of them are blank. */
export type Counts = Readonly<{ lines: number; blank: number }>;

/** Walks the lines of a block, counts them, and tells those that are no object and those that may be wanted. */
export function scanBlock(block: Block, { takesAll, holdsHash, mayNameLine }: RawFilter, visitor: Visitor): Counts {
  const { bytes, end } = block;
  const nextEscape = cursor(bytes.subarray(0, end), BACKSLASH);
  const namesLine = mayNameLine ? lineNamer(block, mayNameLine) : () => false;
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
    else if (takesAll || escape < last || holdsHash(bytes, first, last) || namesLine(first, last))
      visitor.candidate(nth, { start: first, end: last, isAsked: true });
    else if (!beginsWith(bytes, first, NEUTRAL) && !beginsWith(bytes, first, NEUTRAL_SPACED))
      visitor.candidate(nth, { start: first, end: last, isAsked: false });
  }
  return { lines: nth, blank };
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
