import fc from 'fast-check';
import { scenario } from 'selfsame/testing';
import { expect, it } from 'vitest';
import { openLedger } from '../../src/inventory/ledger.ts';
import type { Together } from '../../src/inventory/together.ts';
import type { Test } from '../../src/testing/events.ts';
import { oneOf } from './random-plan.ts';

type Pass = Readonly<{ image: string; by: Test }>;

const PAYMENTS = ['payments@A', 'payments@B'] as const;
const REFUNDS = ['refunds@A', 'refunds@B'] as const;
const pass: fc.Arbitrary<Pass> = fc.record({
  image: oneOf<string>(...PAYMENTS, ...REFUNDS),
  by: fc.record({
    gate: oneOf('e2e', 'e2e', 'load', 'lint'),
    run: oneOf('61', '62', '63'),
    result: oneOf<Test['result']>('passed', 'passed', 'warned', 'failed'),
    trust: oneOf<Test['trust']>('recorded', 'recorded', 'declared'),
  }),
});

/** What is said of the first of two services that run, after these tests. */
function togetherOf(passes: readonly Pass[], running: readonly [string, string]): string {
  const built = [...PAYMENTS, ...REFUNDS].reduce(
    (so, image, nth) => so.built(image, { run: `${nth}`, commit: `c0ffee${nth}`, repository: `acme/${image.split('@')[0]}` }),
    scenario({ gates: ['e2e', 'load'] }).at('09:00'),
  );
  const tested = passes.reduce((so, { image, by }, nth) => so.at(`10:${String(nth).padStart(2, '0')}`).tested(image, by), built);
  const given = tested.at('14:00').deployed(running[0], 'production/payments').deployed(running[1], 'production/refunds');
  const ledger = openLedger(given.recordings(), given.plan());
  const [row] = ledger.rows.filter(({ where }) => where.includes('/payments/'));
  const answer = row && ledger.togetherOf(row, [['*/payments', '*/refunds']]);
  if (!answer) return 'nothing';
  return answer.known ? answer.value.is : answer.because;
}

/** The same, counted by hand. */
function countedBy(passes: readonly Pass[], running: readonly [string, string]): Together['is'] {
  const counting = passes.filter(({ by }) => by.gate !== 'lint' && by.result !== 'failed' && by.trust === 'recorded');
  const [mine, theirs] = running.map((image) => counting.filter((one) => one.image === image).map(({ by }) => `${by.gate} ${by.run}`));
  if (mine?.some((set) => theirs?.includes(set))) return 'together';
  return mine?.length === 0 || theirs?.length === 0 ? 'not-passed' : 'apart';
}

it('two services were tested together where one run of one gate passed on both, however they were tested besides', () => {
  const runs = fc.property(fc.array(pass, { maxLength: 12 }), oneOf(...PAYMENTS), oneOf(...REFUNDS), (passes, mine, theirs) => {
    expect(togetherOf(passes, [mine, theirs])).toBe(countedBy(passes, [mine, theirs]));
  });

  fc.assert(runs, { seed: 20260302, numRuns: 500 });
});
