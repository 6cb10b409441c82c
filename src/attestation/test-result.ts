import { z } from 'zod';

/** What a test result says: the check, and how it ended. */
export type TestResult = Readonly<{ gate: string; result: 'passed' | 'warned' | 'failed' }>;

const names = z.array(z.string()).nullish();

// github.com/in-toto/attestation, spec/predicates/test-result.md, v0.1: it has no name for the check and no time.
const Predicate = z.object({
  result: z.enum(['PASSED', 'WARNED', 'FAILED']),
  configuration: z.array(z.object({ name: z.string().nullish() })).nullish(),
  passedTests: names,
  warnedTests: names,
  failedTests: names,
});
type Predicate = z.infer<typeof Predicate>;

const RESULTS = { PASSED: 'passed', WARNED: 'warned', FAILED: 'failed' } as const;

/** Reads a test result, or says why it is none. */
export function testResultOf(predicate: unknown): TestResult | Readonly<{ unusable: string }> {
  const parsed = Predicate.safeParse(predicate);
  if (!parsed.success) return { unusable: `predicate.${parsed.error.issues[0]?.path.join('.')}: is not what a test result has there` };
  const result = resultOf(parsed.data);
  if (result === undefined) return { unusable: 'it passed, and lists that no test ran' };
  return { gate: parsed.data.configuration?.[0]?.name || 'test-result', result };
}

/** What it says, unless what it lists says worse; undefined where it lists tests and there is none. */
function resultOf({ result, passedTests, warnedTests, failedTests }: Predicate): TestResult['result'] | undefined {
  if (failedTests && failedTests.length > 0) return 'failed';
  const isEmpty = passedTests?.length === 0 && (warnedTests?.length ?? 0) === 0;
  if (isEmpty && result !== 'FAILED') return undefined;
  return result === 'PASSED' && warnedTests && warnedTests.length > 0 ? 'warned' : RESULTS[result];
}
