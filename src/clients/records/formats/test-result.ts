import { z } from 'zod';
import type { Digest } from '../../../domain/digest.ts';
import { type Facts, type TestFact, unusable } from './format.ts';

const names = z.array(z.string()).nullish();

// github.com/in-toto/attestation, spec/predicates/test-result.md, v0.1: it has no name for the check and no time.
const TestResult = z.object({
  result: z.enum(['PASSED', 'WARNED', 'FAILED']),
  configuration: z.array(z.object({ name: z.string().nullish() })).nullish(),
  passedTests: names,
  warnedTests: names,
  failedTests: names,
});
type TestResult = z.infer<typeof TestResult>;

const RESULTS = { PASSED: 'passed', WARNED: 'warned', FAILED: 'failed' } as const;

/** The tests of every digest that a test result speaks of: when, by which run, and how far that can be trusted, the predicate does not say. */
export function testFacts(
  predicate: unknown,
  subjects: readonly Digest[],
  told: Pick<TestFact, 'at' | 'run' | 'trust' | 'signature'>,
): Facts {
  const parsed = TestResult.safeParse(predicate);
  if (!parsed.success)
    return unusable(['test'], `predicate.${parsed.error.issues[0]?.path.join('.')}: is not what a test result has there`);
  const result = resultOf(parsed.data);
  if (result === undefined) return unusable(['test'], 'it passed, and lists that no test ran');
  // What failed is told even where it cannot be placed in time: dated by its reading, it is later than every deployment.
  if (told.at === undefined && result !== 'failed') return unusable(['test'], 'its test names no time', 'unsupported');
  const gate = parsed.data.configuration?.[0]?.name || 'test-result';
  const tests = subjects.map((digest): TestFact => ({ kind: 'test', ...told, gate, subject: { digest }, result }));
  return { facts: tests, left: [] };
}

/** What it says, unless what it lists says worse; undefined where it lists tests and there is none. */
function resultOf({ result, passedTests, warnedTests, failedTests }: TestResult): TestFact['result'] | undefined {
  if (failedTests && failedTests.length > 0) return 'failed';
  const isEmpty = passedTests?.length === 0 && (warnedTests?.length ?? 0) === 0;
  if (isEmpty && result !== 'FAILED') return undefined;
  return result === 'PASSED' && warnedTests && warnedTests.length > 0 ? 'warned' : RESULTS[result];
}
