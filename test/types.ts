import { defineReporter, defineRule, defineSource } from 'selfsame';
import { scenario, testRule } from 'selfsame/testing';
import { z } from 'zod';

/** What the compiler refuses; it is also what runs these tests: a line that became legal is an error of `tsc`. */
const law = { severity: 'low', since: '0.1.0', judges: 'deployed', fix: 'Pin {running}.' } as const;

const stale = defineRule({
  ...law,
  id: 'stale-image',
  title: 'What runs is old',
  messages: { old: '{where} runs {running} since {day}.' },
  skips: { vendor: 'built outside this audit' },
  needs: (row, ledger) => ({ origin: ledger.originOf(row) }),
  check({ origin }, row, say) {
    if (origin === 'not-ours') return say.skip('vendor');
    // @ts-expect-error an origin is one of few words
    if (origin === 'ours-perhaps') return say.pass();
    // @ts-expect-error there is no such skip
    if (row.where === '') return say.skip('tooYoung');
    // @ts-expect-error there is no such message
    if (row.line === '') return say.drift('ancient', { where: row.where, running: 'payments@A', day: '2026-03-02' });
    // @ts-expect-error the sentence also names a day
    if (row.container === '') return say.drift('old', { where: row.where, running: 'payments@A' });
    // @ts-expect-error the sentence names no owner
    if (row.environment === '') return say.drift('old', { where: row.where, running: 'payments@A', day: '2026-03-02', owner: 'ada' });
    return say.drift('old', { where: row.where, running: 'payments@A', day: '2026-03-02' });
  },
});

defineRule({
  ...law,
  id: 'misspelt-need',
  title: 'A need is read by another name',
  messages: {},
  skips: {},
  needs: (row, ledger) => ({ standing: ledger.standingOf(row) }),
  // @ts-expect-error it asked for `standing`
  check: ({ standings }, _, say) => (standings ? say.pass() : say.pass()),
});

defineRule({
  ...law,
  id: 'unknown-fact',
  title: 'The ledger is asked what it does not answer',
  messages: {},
  skips: {},
  // @ts-expect-error the ledger knows no weather
  needs: (row, ledger) => ({ weather: ledger.weatherOf(row) }),
  check: (_, __, say) => say.pass(),
});

defineRule({
  ...law,
  id: 'bare-need',
  title: 'A need is a fact without its doubt',
  messages: {},
  skips: {},
  // @ts-expect-error what a rule needs is known or not: a plain value never says why it is missing
  needs: (row) => ({ line: row.line }),
  check: (_, __, say) => say.pass(),
});

defineRule({
  ...law,
  id: 'unheard-severity',
  title: 'Its severity is none',
  // @ts-expect-error there is no such severity
  severity: 'dire',
  messages: {},
  skips: {},
  needs: () => ({}),
  check: (_, __, say) => say.pass(),
});

defineRule({
  ...law,
  id: 'older-than-said',
  title: 'What runs is older than it may be',
  messages: {},
  skips: {},
  options: z.strictObject({ days: z.coerce.number() }),
  // @ts-expect-error it is told days and no weeks
  needs: (row, ledger, { weeks }) => (weeks > 2 ? { origin: ledger.originOf(row) } : {}),
  // @ts-expect-error days are a number
  check: (_, __, say, { days }) => (days.startsWith('3') ? say.pass() : say.pass()),
});

testRule(stale, {
  passes: {},
  reports: {
    'an image is old': {
      given: scenario(),
      // @ts-expect-error the rule says `old`
      finds: [{ where: 'production/api', says: 'aged', with: {} }],
    },
  },
  cannotTell: {},
  // @ts-expect-error the rule skips for `vendor`
  skips: { 'the image is young': { given: scenario(), because: 'young' } },
});

defineSource({
  id: 'ledger-office',
  title: 'Builds as an office keeps them',
  config: z.strictObject({ office: z.string() }),
  asks: ['commits'],
  // @ts-expect-error its configuration has an office and no bureau
  expects: ({ bureau }) => [{ of: 'build', scope: { repository: bureau } }],
  async *observe({ office }, { commits }) {
    yield { kind: 'coverage', of: 'build', scope: { repository: office }, locator: `${office}: ${commits.length} commits` };
  },
});

defineSource({
  id: 'wishful-office',
  title: 'It asks for what nobody wants',
  config: z.strictObject({}),
  // @ts-expect-error nothing is wanted by author
  asks: ['authors'],
  expects: () => [],
  // oxlint-disable-next-line require-yield
  async *observe() {},
});

defineSource({
  id: 'undated-office',
  title: 'It yields what is no observation',
  config: z.strictObject({}),
  asks: [],
  expects: () => [],
  // @ts-expect-error a verdict is no observation
  async *observe() {
    yield { kind: 'drift', locator: 'office' };
  },
});

defineReporter({
  id: 'late',
  title: 'A report that is awaited',
  mediaType: 'text/plain',
  // @ts-expect-error a report is made without waiting
  render: async () => ['late'],
});
