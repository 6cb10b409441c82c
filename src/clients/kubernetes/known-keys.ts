// A uid as the API server writes it: 32 lower-case hexadecimal digits in five groups (RFC 9562).
const LENGTH = 36;
const DASHES: ReadonlySet<number> = new Set([8, 13, 18, 23]);
const DASH = 45;

type Table = { words: Uint32Array; readonly four: Uint32Array; size: number };

const FIRST_SLOTS = 1 << 10;
const FULLEST = 0.7;

/** Opens a memory of keys, which says of each whether it comes for the first time; of a uid sixteen bytes are kept, of any other key its text. */
export function openKnownKeys(): (key: string) => boolean {
  const others = new Set<string>();
  const table: Table = { words: new Uint32Array(FIRST_SLOTS * 4), four: new Uint32Array(4), size: 0 };
  return (key) => {
    if (readUid(key, table.four)) return addUid(table);
    const before = others.size;
    return others.add(key).size > before;
  };
}

/** Whether it is a uid, whose words are then read; that of nothing but zeros is taken for another key, since zeros are an empty slot. */
function readUid(key: string, four: Uint32Array): boolean {
  if (key.length !== LENGTH) return false;
  let word = 0;
  let digits = 0;
  let anything = 0;
  for (let at = 0; at < LENGTH; at++) {
    const code = key.charCodeAt(at);
    if (DASHES.has(at)) {
      if (code !== DASH) return false;
      continue;
    }
    const digit = code >= 48 && code <= 57 ? code - 48 : code - 87;
    if (digit < 0 || digit > 15 || (code > 57 && code < 97)) return false;
    word = (word << 4) | digit;
    anything |= digit;
    digits += 1;
    if ((digits & 7) === 0) four[(digits >> 3) - 1] = word;
  }
  return anything !== 0;
}

function addUid(table: Table): boolean {
  const { words, four } = table;
  const slot = slotOf(words, four, 0);
  if (isThere(words, slot)) return false;
  words.set(four, slot);
  table.size += 1;
  if (table.size * 4 > words.length * FULLEST) grow(table);
  return true;
}

/** Where four words stand, or would. */
function slotOf(words: Uint32Array, four: Uint32Array, from: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [four[from], four[from + 1], four[from + 2], four[from + 3]];
  const mixed = Math.imul(a ^ Math.imul(b ^ Math.imul(c ^ d, 0x85_eb_ca_6b), 0xc2_b2_ae_35), 0x9e_37_79_b1);
  const mask = words.length - 1;
  for (let slot = ((mixed ^ (mixed >>> 15)) << 2) & mask; ; slot = (slot + 4) & mask) {
    if (!isThere(words, slot)) return slot;
    if (words[slot] === a && words[slot + 1] === b && words[slot + 2] === c && words[slot + 3] === d) return slot;
  }
}

function isThere(words: Uint32Array, slot: number): boolean {
  return ((words[slot] ?? 0) | (words[slot + 1] ?? 0) | (words[slot + 2] ?? 0) | (words[slot + 3] ?? 0)) !== 0;
}

function grow(table: Table): void {
  const { words } = table;
  const wider = new Uint32Array(words.length * 2);
  for (let from = 0; from < words.length; from += 4)
    if (isThere(words, from)) wider.set(words.subarray(from, from + 4), slotOf(wider, words, from));
  table.words = wider;
}
