import { formatCoverage } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { expect, it } from 'vitest';
import { judgeAll } from '../decisions/outcome.ts';

it('says once, whichever environments there are, how many rules are dormant', () => {
  const report = judgeAll(
    scenario({ promotion: [['staging'], ['production-eu', 'production-us']] })
      .at('08:00')
      .deployed('payments@A', 'staging/payments-api')
      .at('09:00')
      .deployed('payments@A', 'production-eu/payments-api')
      .deployed('payments@A', 'production-us/payments-api'),
  );

  const lines = report.coverage.map((one) => formatCoverage(one, report));

  expect(lines.map((line) => line.split(' ')[0])).toEqual(['production-eu', 'production-us']);
  expect(lines.map((line) => line.includes('rules dormant'))).toEqual([true, false]);
});
