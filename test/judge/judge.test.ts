import { defineRule } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openLedger } from '../../src/inventory/ledger.ts';
import type { AnyRule } from '../../src/judge/define-rule.ts';
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

const asked = { needs: () => ({}), check: () => ({ outcome: 'pass' }) };

describe('a rule that comes to no verdict ends the audit, and is never a pass', () => {
  it.each<[string, object, string]>([
    ['throws while it asks', { needs: (row: { artifact: { base: string[] } }) => row.artifact.base.length }, "reading 'base'"],
    ['throws while it concludes', { check: (_: object, row: { missing: string }) => row.missing.length.toFixed() }, 'runs-at-all on prod'],
    ['throws what is no error', { check: () => throwing('no digest') }, 'no digest'],
    ['asks later', { needs: async () => ({}) }, 'needs is async, and must return answers'],
    ['concludes later', { check: async () => ({ outcome: 'pass' }) }, 'check is async, and must return a verdict'],
    ['fails later', { check: async () => throwing('too late') }, 'check is async'],
    ['returns nothing', { check: () => undefined }, 'check returned undefined'],
    ['returns another word', { check: () => ({ outcome: 'fine' }) }, 'check returned object'],
    ['needs what is no answer', { needs: () => ({ standing: 'selfsame' }) }, 'needs.standing is no answer of the ledger'],
    ['says what it has no sentence for', { check: () => ({ outcome: 'drift', message: 'walks', facts: {} }) }, 'no message "walks"'],
    ['skips without a reason', { check: () => ({ outcome: 'not-applicable', because: 'lunch' }) }, 'no skip "lunch"'],
    [
      'has a fact that is no text',
      { check: () => ({ outcome: 'drift', message: 'runs', facts: { where: 7 } }) },
      'its fact where is no text',
    ],
  ])('where it %s', (_, part, told) => {
    const given = scenario().at('09:00').deployed('payments:1.4', 'production/payments-api');
    // As a rule in JavaScript may be, which no compiler has seen.
    const rule = { ...running, ...asked, ...part } as unknown as AnyRule;

    const judging = () => judgeAll([rule], openLedger(given.recordings(), given.plan()), given.plan());

    expect(judging).toThrow(expect.objectContaining({ code: 'RULE_FAILED', exitCode: 4, message: expect.stringContaining(told) }));
  });
});

function throwing(reason: string): never {
  throw reason;
}
