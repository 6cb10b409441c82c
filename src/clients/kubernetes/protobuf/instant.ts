import { malformed, readEnd, readInteger, readTag, skipField, type Wire } from './wire.ts';

// Time of k8s.io/apimachinery pkg/apis/meta/v1/generated.proto, v0.37.0-beta.0: seconds = 1. Its JSON has whole seconds only.
const SECONDS = 1;
// The years that RFC 3339 can write, as the API documents them.
const FIRST = -62_135_596_800;
const LAST = 253_402_300_799;

let lastSeconds = Number.NaN;
let lastInstant = '';

/** An instant as the API writes it in JSON; null where nobody set it. */
export function readInstant(wire: Wire, tag: number, outer: number): string | null {
  const end = readEnd(wire, tag, outer);
  // The zero of Go's Time is written as nothing at all.
  if (wire.at === end) return null;
  let seconds = 0;
  while (wire.at < end) {
    const field = readTag(wire, end);
    if (field >>> 3 === SECONDS) seconds = readInteger(wire, field, end);
    else skipField(wire, field, end);
  }
  if (seconds < FIRST || seconds > LAST) throw malformed('an instant in no year of four digits');
  return instantOf(seconds);
}

/** The instants of a pod are often one and the same. */
function instantOf(seconds: number): string {
  if (seconds === lastSeconds) return lastInstant;
  lastSeconds = seconds;
  lastInstant = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  return lastInstant;
}
