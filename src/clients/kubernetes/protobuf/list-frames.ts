import { extentOf } from './field-extent.ts';
import type { Memory } from './memory.ts';
import { malformed, readTag, readVarint, type Wire } from './wire.ts';

/** Where a frame belongs: to the envelope around a list, or to the list. */
export type Part = 'envelope' | 'list';

/** Cuts an answer into the fields of a list as its pieces arrive; it holds no more than the field that has not ended yet. */
export type ListFrames = Readonly<{ push(piece: Buffer): void; end(): void }>;

type State = { part: 'magic' | Part; left: number; isRead: boolean; pieces: Buffer[]; held: number; wanted: number };
/** Reads the field that a wire stands before. */
type Take = (part: Part, wire: Wire, end: number) => void;

// k8s.io/apimachinery pkg/runtime/serializer/protobuf and pkg/runtime/generated.proto, v0.37.0-beta.0: four bytes, then
// Unknown { typeMeta = 1, raw = 2 }, and raw is the list itself.
const MAGIC = Buffer.from('k8s\0', 'latin1');
const RAW_TAG = (2 << 3) | 2;

/** Opens a reader of one answer, which hands each field over when it is whole. */
export function openListFrames(take: Take, memory: Memory): ListFrames {
  const state: State = { part: 'magic', left: 0, isRead: false, pieces: [], held: 0, wanted: 0 };
  const consume = (bytes: Buffer, at: number) => keep(state, bytes, consumeFrom({ bytes, memory, at }, state, take));
  return {
    push(piece) {
      let at = 0;
      while (state.held > 0) {
        const missing = Math.min(state.wanted - state.held, piece.length - at);
        state.pieces.push(piece.subarray(at, at + missing));
        state.held += missing;
        at += missing;
        if (state.held < state.wanted) return;
        consume(Buffer.concat(state.pieces, state.held), 0);
      }
      consume(piece, at);
    },
    end() {
      if (state.held > 0 || state.part !== 'envelope' || !state.isRead) throw malformed('it ends before its end');
    },
  };
}

/** Of what is not whole yet, the bytes are kept until the rest of it comes. */
function keep(state: State, bytes: Buffer, at: number): void {
  state.pieces = at < bytes.length ? [bytes.subarray(at)] : [];
  state.held = bytes.length - at;
}

/** Reads every field that is whole, and says where it stopped; `wanted` is how many bytes from there it needs to go on. */
function consumeFrom(wire: Wire, state: State, take: Take): number {
  const { bytes } = wire;
  if (state.part === 'magic') {
    state.wanted = MAGIC.length;
    if (bytes.length - wire.at < MAGIC.length) return wire.at;
    if (bytes.compare(MAGIC, 0, MAGIC.length, wire.at, wire.at + MAGIC.length) !== 0) throw malformed('it does not begin as one');
    wire.at += MAGIC.length;
    state.part = 'envelope';
  }
  while (wire.at < bytes.length) {
    if (state.part === 'list' && state.left === 0) state.part = 'envelope';
    const extent = extentOf(wire);
    const isThere = extent > 0 && (startsList(wire, state) || wire.at + extent <= bytes.length);
    state.wanted = extent || bytes.length - wire.at + 1;
    if (state.part === 'list' && extent > state.left) throw malformed('a field that is longer than what holds it');
    if (!isThere) return wire.at;
    if (startsList(wire, state)) enter(wire, state);
    else takeField({ wire, state, take, end: wire.at + extent });
  }
  if (state.part === 'list' && state.left === 0) state.part = 'envelope';
  return wire.at;
}

function startsList({ bytes, at }: Wire, { part }: State): boolean {
  return part === 'envelope' && bytes[at] === RAW_TAG;
}

function enter(wire: Wire, state: State): void {
  if (state.isRead) throw malformed('two lists in one');
  readTag(wire, wire.bytes.length);
  state.left = readVarint(wire, wire.bytes.length);
  state.part = 'list';
  state.isRead = true;
}

function takeField({ wire, state, take, end }: { wire: Wire; state: State; take: Take; end: number }): void {
  const part = state.part === 'list' ? 'list' : 'envelope';
  if (part === 'list') state.left -= end - wire.at;
  take(part, wire, end);
  wire.at = end;
}
