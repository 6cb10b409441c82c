import { createHash } from 'node:crypto';
import type { Observation } from './observation.ts';
import { byText, rememberOf } from './order.ts';

/** Kinds that record an event: when it happened is part of the fact. All others are states, seen at some time. */
const EVENTS: ReadonlySet<string> = new Set(['build', 'test', 'deployment', 'approval']);

// Most texts are names, digests and times: looking is cheaper than escaping.
const IS_PLAIN = /^[\w.:/@ -]*$/;

/** JSON with its keys in code-unit order and no undefined members: equal facts, equal bytes (RFC 8785 for the values we hold). */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  let members = '';
  for (const key of Object.keys(value).toSorted(byText)) {
    // A key that an object has can be asked of it.
    const member = value[key as keyof typeof value] as unknown;
    if (member !== undefined) members += `${members && ','}${quoted(key)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

function quoted(text: string): string {
  return IS_PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** The SHA-256 of a text, in lower-case hexadecimal. */
export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** An observation's id: the first 32 hexadecimal digits of the SHA-256 of its fact, so that two scans of one fact agree. */
export const identify = rememberOf((observation: Observation): string => {
  const { at, origin: _, ...fact } = observation;
  return sha256(canonicalJson(EVENTS.has(observation.kind) ? { ...fact, at } : fact)).slice(0, 32);
});
