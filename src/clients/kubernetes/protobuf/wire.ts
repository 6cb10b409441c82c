import { type AuditError, unreadable } from '../../../error.ts';
import type { Memory } from './memory.ts';

/** Where a reader stands in bytes of the protobuf encoding. */
export type Wire = { readonly bytes: Buffer; readonly memory: Memory; at: number };

// https://protobuf.dev/programming-guides/encoding/, read 2026-11-25: the low three bits of a tag say how its value is written.
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const LONGEST_VARINT = 10;
const HIGH_BITS = 2 ** 56;
const MIDDLE_BITS = 2 ** 28;

/** What bytes leave that are not written as the encoding demands; it names nothing of what they hold. */
export function malformed(what: string): AuditError {
  return unreadable('malformed', `the protobuf of a list of pods: ${what}`, {
    hint: 'Scan again; if it stays, look at what stands between here and the API server: it answers with what is no Kubernetes protobuf.',
  });
}

/** The number of the next field, with the way its value is written in the low three bits. */
export function readTag(wire: Wire, end: number): number {
  const tag = readVarint(wire, end);
  if (tag < 8 || tag > 0xff_ff_ff_ff) throw malformed('a field with no number');
  return tag;
}

/** An unsigned number; above 2^53 it is rounded, which only lengths and tags that are refused can be. */
export function readVarint(wire: Wire, end: number): number {
  const { bytes } = wire;
  let at = wire.at;
  let value = 0;
  let worth = 1;
  const last = at + LONGEST_VARINT;
  for (;;) {
    if (at >= end) throw malformed('it ends within a number');
    // Within the bytes, as just checked.
    const byte = bytes[at++] as number;
    // The tenth byte has room for one bit.
    if (at === last && byte > 1) throw malformed('a number of more than 64 bits');
    value += (byte & 0x7f) * worth;
    if (byte < 0x80) break;
    worth *= 0x80;
  }
  wire.at = at;
  return value;
}

/** A signed number, as int32 and int64 are written: in two's complement of 64 bits. */
export function readInteger(wire: Wire, tag: number, end: number): number {
  demand(tag, VARINT);
  const start = wire.at;
  const value = readVarint(wire, end);
  return value < 2 ** 53 ? value : readWide(wire.bytes, start);
}

/** The number that starts there, which has been found to be a whole one: eight groups of seven bits, then what is above them. */
function readWide(bytes: Buffer, start: number): number {
  const parts = [0, 0, 0];
  for (let nth = 0, byte = 0x80; byte >= 0x80; nth++) {
    byte = bytes[start + nth] ?? 0;
    const part = nth >> 2;
    parts[part] = (parts[part] ?? 0) + (byte & 0x7f) * 2 ** (7 * (nth & 3));
  }
  const [low = 0, middle = 0, high = 0] = parts;
  if (high < 0x80) return high * HIGH_BITS + middle * MIDDLE_BITS + low;
  return -((0xff - high) * HIGH_BITS + (MIDDLE_BITS - 1 - middle) * MIDDLE_BITS + (MIDDLE_BITS - low));
}

/** True or false. */
export function readFlag(wire: Wire, tag: number, end: number): boolean {
  demand(tag, VARINT);
  return readVarint(wire, end) !== 0;
}

/** Where the message ends that begins where the reader then stands. */
export function readEnd(wire: Wire, tag: number, end: number): number {
  demand(tag, BYTES);
  const length = readVarint(wire, end);
  const inner = wire.at + length;
  if (inner > end) throw malformed('a field that is longer than what holds it');
  return inner;
}

/** A text; one that was read lately is not made again. */
export function readText(wire: Wire, tag: number, end: number): string {
  const inner = readEnd(wire, tag, end);
  const text = wire.memory.text(wire.bytes, wire.at, inner);
  wire.at = inner;
  return text;
}

/** A text that is no other's. */
export function readOwnText(wire: Wire, tag: number, end: number): string {
  const inner = readEnd(wire, tag, end);
  const text = wire.bytes.toString('utf8', wire.at, inner);
  wire.at = inner;
  return text;
}

/** Steps over a field that nobody asks for, whatever it is. */
export function skipField(wire: Wire, tag: number, end: number): void {
  switch (tag & 7) {
    case VARINT:
      readVarint(wire, end);
      return;
    case BYTES:
      wire.at = readEnd(wire, tag, end);
      return;
    case FIXED64:
      step(wire, 8, end);
      return;
    case FIXED32:
      step(wire, 4, end);
      return;
    default:
      // Groups, which Kubernetes never writes: without them nothing is nested deeper than the reader knows.
      throw malformed('a field written in a way that Kubernetes does not use');
  }
}

function step(wire: Wire, length: number, end: number): void {
  wire.at += length;
  if (wire.at > end) throw malformed('a field that is longer than what holds it');
}

function demand(tag: number, way: number): void {
  if ((tag & 7) !== way) throw malformed('a field written in another way than the API describes');
}
