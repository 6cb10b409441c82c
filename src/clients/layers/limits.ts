import { unreadable } from '../../error.ts';

/** How much of layers is unpacked at most. */
export type LayerLimits = Readonly<{
  /** Entries of all layers together. */
  entries: number;
  /** Bytes of all their names together. */
  nameBytes: number;
  /** Bytes of one entry. */
  entryBytes: number;
  /** Bytes of all layers together, unpacked. */
  totalBytes: number;
  /** How many times its packed size a layer may have, once it is larger than `ratioFromBytes`. */
  ratio: number;
  ratioFromBytes: number;
}>;

const MIB = 1024 * 1024;

/** What suffices for every image that people run, and for no bomb. */
export const LAYER_LIMITS: LayerLimits = {
  entries: 500_000,
  nameBytes: 128 * MIB,
  entryBytes: 4096 * MIB,
  totalBytes: 16_384 * MIB,
  ratio: 200,
  ratioFromBytes: 64 * MIB,
};

/** What is left of the limits; each call spends some, and throws where nothing is left. */
export type Allowance = Readonly<{
  entry(name: string, bytes: number): void;
  unpack(bytes: number): void;
  /** Of one layer: how much it was packed, and how much is unpacked of it. */
  ratio(packedBytes: number, unpackedBytes: number): void;
}>;

/** Opens one allowance for all layers of a comparison. */
export function openAllowance(limits: LayerLimits): Allowance {
  let [entries, nameBytes, bytes] = [0, 0, 0];
  return {
    entry(name, size) {
      entries += 1;
      nameBytes += name.length;
      if (entries > limits.entries) throw tooMuch(`more than ${limits.entries} entries`);
      if (nameBytes > limits.nameBytes) throw tooMuch(`names of more than ${limits.nameBytes} bytes`);
      if (size > limits.entryBytes) throw tooMuch(`an entry of more than ${limits.entryBytes} bytes`);
    },
    unpack(more) {
      bytes += more;
      if (bytes > limits.totalBytes) throw tooMuch(`more than ${limits.totalBytes} bytes, unpacked`);
    },
    ratio(packed, unpacked) {
      if (unpacked > limits.ratioFromBytes && unpacked > packed * limits.ratio) throw tooMuch(`more than ${limits.ratio} times its size`);
    },
  };
}

function tooMuch(what: string): Error {
  return unreadable('too-large', `it unpacks to ${what}`, { hint: 'See what it is: no image that people run is like that.' });
}
