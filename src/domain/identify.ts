import { createHash } from 'node:crypto';
import type { Observation } from './observation.ts';
import { byText, rememberOf } from './order.ts';

/** Kinds that record an event: when it happened is part of the fact. All others are states, seen at some time. */
const EVENTS: ReadonlySet<string> = new Set(['build', 'test', 'deployment', 'approval']);

/** JSON with its keys in code-unit order and no undefined members: equal facts, equal bytes (RFC 8785 for the values we hold). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members
    .toSorted(([a], [b]) => byText(a, b))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
    .join(',')}}`;
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
