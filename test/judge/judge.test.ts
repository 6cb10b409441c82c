import { defineRule } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { openLedger } from '../../src/inventory/ledger.ts';
import { judgeAll } from '../../src/judge/judge.ts';

/** Speaks of every container but those that it is told to leave alone. */
const running = defineRule({
  id: 'runs-at-all',
  title: 'A container runs',
  severity: 'low',
  since: '0.1.0',
  judges: 'deployed',
  messages: { runs: '{where} runs.' },
  skips: { left: 'it is left alone' },
  fix: 'Stop it.',
  options: z.strictObject({ leave: z.array(z.string()).default([]) }),
  needs: () => ({}),
  check: (_, { where, workload }, say, { leave }) => (leave.includes(workload.name) ? say.skip('left') : say.drift('runs', { where })),
});

function outcomeWith(rules: object): string | undefined {
  const given = scenario({ rules: { 'runs-at-all': rules } })
    .at('09:00')
    .deployed('payments@A', 'production/payments-api');
  return judgeAll([running], openLedger(given.recordings(), given.plan()), given.plan())[0]?.verdict.outcome;
}

it('a rule is told its options, and their defaults where nothing is set', () => {
  expect(outcomeWith({})).toBe('drift');
  expect(outcomeWith({ options: { leave: ['payments-api'] } })).toBe('not-applicable');
});

it('options that a rule cannot read are refused before anything is judged', () => {
  expect(() => outcomeWith({ options: { leave: 'payments-api' } })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining('rules.runs-at-all.options.leave') }),
  );
});
