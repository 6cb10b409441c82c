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

/** What follows from an answer, with the evidence of both; from no answer nothing follows. */
export function andThen<A, B>(answer: Known<A>, follow: (value: A) => Known<B>): Known<B> {
  if (!answer.known) return answer;
  const next = follow(answer.value);
  return next.known ? known(next.value, [...new Set([...answer.evidence, ...next.evidence])]) : next;
}
