/** A set of hexadecimal texts of one length, as numbers: 44 bytes a digest, no strings and no objects. */
export type HexTable = Readonly<{
  /** How many digits a text has. */
  digits: number;
  size: number;
  keys: Uint32Array;
  /** Where a key begins, found by its first word; -1 where there is none. */
  slots: Int32Array;
}>;

const DIGITS_A_WORD = 8;
// Most questions are answered no: so roomy that the first look decides most of them, and still small.
const SLOTS_A_KEY = 3;
const WORD_SPAN = 2 ** 32;

const SCRATCH = Buffer.alloc(128);
const NIBBLE = new Uint8Array(256);
for (const digit of '0123456789abcdefABCDEF') NIBBLE[digit.charCodeAt(0)] = Number.parseInt(digit, 16);

/** Makes a table of the texts that have so many digits, as large as it has to be; others are not taken. */
export function hexTable(digits: 40 | 64 | 128, texts: readonly string[]): HexTable {
  const taken = texts.filter((text) => text.length === digits && /^[0-9a-f]+$/i.test(text));
  const words = digits / DIGITS_A_WORD;
  const keys = new Uint32Array(taken.length * words);
  const slots = new Int32Array(taken.length * SLOTS_A_KEY).fill(-1);
  let size = 0;
  for (const text of taken) {
    SCRATCH.write(text, 'latin1');
    if (holds({ digits, size, keys, slots }, SCRATCH, 0)) continue;
    for (let word = 0; word < words; word++) keys[size * words + word] = wordAt(SCRATCH, word * DIGITS_A_WORD);
    slots[freeSlot(wordAt(SCRATCH, 0), slots)] = size * words;
    size++;
  }
  return { digits, size, keys, slots };
}

/** Whether the digits that begin at a place are in the table, in whatever case; bytes that are no digits may pass for some. */
export function holds({ digits, size, keys, slots }: HexTable, bytes: Uint8Array, at: number): boolean {
  if (size === 0) return false;
  const first = wordAt(bytes, at);
  let slot = slotOf(first, slots);
  for (let key = keyIn(slot, slots); key >= 0; key = keyIn(slot, slots)) {
    if (keys[key] === first && isEqual(keys.subarray(key, key + digits / DIGITS_A_WORD), bytes, at)) return true;
    slot = nextSlot(slot, slots);
  }
  return false;
}

/** Whether a text is in the table, in whatever case; one that is no hexadecimal may pass for one that is. */
export function holdsText(table: HexTable, text: string): boolean {
  if (table.size === 0 || text.length !== table.digits) return false;
  SCRATCH.write(text, 'latin1');
  return holds(table, SCRATCH, 0);
}

/** How many bytes a table retains. */
export function bytesOf({ keys, slots }: HexTable): number {
  return keys.byteLength + slots.byteLength;
}

function isEqual(key: Uint32Array, bytes: Uint8Array, at: number): boolean {
  return key.every((word, index) => word === wordAt(bytes, at + index * DIGITS_A_WORD));
}

function slotOf(word: number, slots: Int32Array): number {
  return Math.floor((word / WORD_SPAN) * slots.length);
}

function nextSlot(slot: number, slots: Int32Array): number {
  return slot + 1 === slots.length ? 0 : slot + 1;
}

function freeSlot(word: number, slots: Int32Array): number {
  let slot = slotOf(word, slots);
  while (keyIn(slot, slots) >= 0) slot = nextSlot(slot, slots);
  return slot;
}

function keyIn(slot: number, slots: Int32Array): number {
  return slots[slot] ?? -1;
}

/** Eight digits as one unsigned number. */
function wordAt(bytes: Uint8Array, at: number): number {
  return ((byteAt(bytes, at) << 24) | (byteAt(bytes, at + 2) << 16) | (byteAt(bytes, at + 4) << 8) | byteAt(bytes, at + 6)) >>> 0;
}

function byteAt(bytes: Uint8Array, at: number): number {
  return (nibbleOf(bytes[at]) << 4) | nibbleOf(bytes[at + 1]);
}

function nibbleOf(byte = 0): number {
  return NIBBLE[byte] ?? 0;
}
