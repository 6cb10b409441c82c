import { testResultOf } from '../../../attestation/test-result.ts';
import type { Digest } from '../../../domain/digest.ts';
import { type Facts, type TestFact, unusable } from './format.ts';

/** The tests of every digest that a test result speaks of: when, by which run, and how far that can be trusted, the predicate does not say. */
export function testFacts(
  predicate: unknown,
  subjects: readonly Digest[],
  told: Pick<TestFact, 'at' | 'run' | 'trust' | 'signature'>,
): Facts {
  const said = testResultOf(predicate);
  if ('unusable' in said) return unusable(['test'], said.unusable);
  // What failed is told even where it cannot be placed in time: dated by its reading, it is later than every deployment.
  if (told.at === undefined && said.result !== 'failed') return unusable(['test'], 'its test names no time', 'unsupported');
  return { facts: subjects.map((digest): TestFact => ({ kind: 'test', ...told, ...said, subject: { digest } })), left: [] };
}
