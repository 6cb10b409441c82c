import { malformed, readTag, readVarint, type Wire } from './wire.ts';

const LONGEST_VARINT = 10;

/** How many bytes the field has that begins at a place, its tag included; 0 while too little of it is there to tell. */
export function extentOf({ bytes, memory, at }: Wire): number {
  const tagEnd = endOfVarint(bytes, at);
  if (tagEnd === 0) return 0;
  const wire = { bytes, memory, at };
  switch (readTag(wire, tagEnd) & 7) {
    case 0: {
      const valueEnd = endOfVarint(bytes, tagEnd);
      return valueEnd === 0 ? 0 : valueEnd - at;
    }
    case 1:
      return tagEnd - at + 8;
    case 2: {
      const lengthEnd = endOfVarint(bytes, tagEnd);
      return lengthEnd === 0 ? 0 : lengthEnd - at + readVarint(wire, lengthEnd);
    }
    case 5:
      return tagEnd - at + 4;
    default:
      throw malformed('a field written in a way that Kubernetes does not use');
  }
}

function endOfVarint(bytes: Buffer, start: number): number {
  const end = Math.min(bytes.length, start + LONGEST_VARINT);
  for (let at = start; at < end; at++) if ((bytes[at] ?? 0) < 0x80) return at + 1;
  if (end === start + LONGEST_VARINT) throw malformed('a number of more than 64 bits');
  return 0;
}
