import type { Observation } from './observation.ts';

/** An answer that either cites what it rests on or says why there is none. */
export type Known<T> = Readonly<{ known: true; value: T; evidence: readonly Observation[] }> | Readonly<{ known: false; because: string }>;

/** A known answer with the observations it rests on. */
export function known<T>(value: T, evidence: readonly Observation[] = []): Known<T> {
  return { known: true, value, evidence };
}

/** No answer, and why. */
export function unknown(because: string): Known<never> {
  return { known: false, because };
}
