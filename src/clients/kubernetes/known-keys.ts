// A uid as the API server writes it: 32 lower-case hexadecimal digits in five groups (RFC 9562).
const LENGTH = 36;
const DASHES: ReadonlySet<number> = new Set([8, 13, 18, 23]);
const DASH = 45;

type Table = { words: Uint32Array; readonly four: Uint32Array; size: number };

const FIRST_SLOTS = 1 << 10;
const FULLEST = 0.7;

/**
 * Opens a memory of keys, which says of each whether it comes for the first time. Of a uid eight bytes are kept, of any other key its text:
 * among a million uids, two are taken for one in one of thirty million scans.
 */
export function openKnownKeys(): (key: string) => boolean {
  const others = new Set<string>();
  const table: Table = { words: new Uint32Array(FIRST_SLOTS * 2), four: new Uint32Array(4), size: 0 };
  return (key) => {
    if (readUid(key, table.four)) return addUid(table);
    const before = others.size;
    return others.add(key).size > before;
  };
}

/** Whether it is a uid, whose words are then read. */
function readUid(key: string, four: Uint32Array): boolean {
  if (key.length !== LENGTH) return false;
  let word = 0;
  let digits = 0;
  for (let at = 0; at < LENGTH; at++) {
    const code = key.charCodeAt(at);
    if (DASHES.has(at)) {
      if (code !== DASH) return false;
      continue;
    }
    const digit = digitOf(code);
    if (digit < 0) return false;
    word = (word << 4) | digit;
    digits += 1;
    if ((digits & 7) === 0) four[(digits >> 3) - 1] = word;
  }
  return true;
}

function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : -1;
}

function addUid(table: Table): boolean {
  const { words } = table;
  const [a = 0, b = 0, c = 0, d = 0] = table.four;
  const high = mix(a, c);
  // Nothing but zeros is an empty slot.
  const low = mix(b, d) || 1;
  const slot = slotOf(words, high, low);
  if (words[slot + 1] !== 0) return false;
  words[slot] = high;
  words[slot + 1] = low;
  table.size += 1;
  if (table.size * 2 > words.length * FULLEST) table.words = widened(words);
  return true;
}

function mix(word: number, other: number): number {
  const mixed = Math.imul(word, 0x9e_37_79_b1) ^ other;
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** Where two words stand, or would. */
function slotOf(words: Uint32Array, high: number, low: number): number {
  const mask = words.length - 1;
  for (let slot = (mix(high, low) << 1) & mask; ; slot = (slot + 2) & mask) {
    const there = words[slot + 1];
    if (there === 0 || (there === low && words[slot] === high)) return slot;
  }
}

function widened(words: Uint32Array): Uint32Array {
  const wider = new Uint32Array(words.length * 2);
  for (let from = 0; from < words.length; from += 2) {
    const [high = 0, low = 0] = [words[from], words[from + 1]];
    if (low !== 0) wider.set([high, low], slotOf(wider, high, low));
  }
  return wider;
}
