import { kindOf } from './predicate.ts';
import type { Statement } from './statement.ts';
import { type TestResult, testResultOf } from './test-result.ts';
import { verificationOf } from './verification.ts';

/** What a statement says of gates, of a verification as whose verifier, and when they ended: when a log had it, else when it says so itself. */
export type GateResults = Readonly<{ results: readonly (TestResult & Readonly<{ verifier?: string }>)[]; at: string | undefined }>;

/** Reads what a test result or a verification says of gates, or why it says nothing. Of a proven verification only those count that are accepted. */
export function gateResultsOf(statement: Statement, accepted?: readonly string[]): GateResults | Readonly<{ unusable: string }> {
  const { predicateType, predicate, loggedAt } = statement;
  if (kindOf(predicateType) !== 'verification') {
    const told = testResultOf(predicate);
    return 'unusable' in told ? told : { results: [told], at: loggedAt };
  }
  const told = verificationOf(statement);
  if ('unusable' in told) return told;
  const { verifier, gates } = told;
  const counting = accepted ? gates.filter(({ gate }) => accepted.includes(gate)) : gates;
  return { results: counting.map((one) => ({ ...one, verifier })), at: loggedAt ?? told.at };
}
