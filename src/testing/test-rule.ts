import { isDeepStrictEqual } from 'node:util';
import { openLedger } from '../inventory/ledger.ts';
import type { AnyRule, DefinedRule, Facts, Sentences, Verdict } from '../judge/define-rule.ts';
import { judge, judgeFiles } from '../judge/judge.ts';
import { optionsOf } from '../judge/policy.ts';
import { fillMessage } from '../report/words.ts';
import {
  bystanderChangesNothing,
  fail,
  inputIsLeftAlone,
  type Judge,
  losingEvidenceNeverAcquits,
  orderIsIrrelevant,
  type Verdicts,
} from './laws.ts';
import { readSketch } from './observe.ts';
import type { Scenario } from './scenario.ts';

type Found<M extends Sentences> = { [Id in keyof M & string]: { where: string; says: Id; with: Partial<Facts<M[Id]>> } }[keyof M & string];

/** One bucket per outcome; a case's name is a sentence about the world. */
export type Cases<M extends Sentences, S extends Sentences> = Readonly<{
  passes: Readonly<Record<string, Scenario>>;
  reports: Readonly<Record<string, { given: Scenario; finds: readonly Found<M>[] }>>;
  cannotTell: Readonly<Record<string, { given: Scenario; because: string }>>;
  skips: Readonly<Record<string, { given: Scenario; because: keyof S & string }>>;
}>;

/** The test runner's own functions, where they are not global. */
export type Runner = Readonly<{ describe: (name: string, body: () => void) => void; it: (name: string, body: () => void) => void }>;
type Expected = Readonly<{ where: string; says: string; with: Readonly<Record<string, string>> }>;

/** Runs a rule's cases, and the laws that every rule obeys, in the test runner at hand. */
export function testRule<M extends Sentences, S extends Sentences>(rule: DefinedRule<M, S>, cases: Cases<M, S>, runner?: Runner): void {
  // vitest and jest put them there when asked for globals.
  const { describe, it } = runner ?? (globalThis as unknown as Runner);
  const judgeBy = judgeWith(rule);
  const of = (given: Scenario) => judgeBy(given.recordings(), given.plan());
  describe(rule.id, () => {
    for (const [name, given] of Object.entries(cases.passes)) it(`passes: ${name}`, () => everyOutcomeIs('pass', of(given), given));
    for (const [name, { given, because }] of Object.entries(cases.skips))
      it(`skips: ${name}`, () => everyOutcomeIs(because, of(given), given));
    for (const [name, { given, because }] of Object.entries(cases.cannotTell))
      it(`cannot tell: ${name}`, () => isUnknown(because, of(given), given));
    for (const [name, { given, finds }] of Object.entries(cases.reports)) {
      it(`reports: ${name}`, () => findsExactly(finds as readonly Expected[], of(given), given));
      it(`law, losing evidence never acquits: ${name}`, () => losingEvidenceNeverAcquits(judgeBy, given));
    }
    const everyCase = [
      ...Object.entries(cases.passes),
      ...[cases.reports, cases.cannotTell, cases.skips].flatMap((bucket) =>
        Object.entries(bucket).map(([name, { given }]) => [name, given] as const),
      ),
    ];
    for (const [name, given] of everyCase)
      it(`laws, order, bystanders and input: ${name}`, () => {
        orderIsIrrelevant(judgeBy, given);
        bystanderChangesNothing(judgeBy, given);
        inputIsLeftAlone(judgeBy, given);
      });
    it('law, every sentence is exercised', () => {
      const verdicts = Object.values(cases.reports).flatMap(({ given }) => [...of(given).values()]);
      everySentenceIsSaid(rule, cases, verdicts);
    });
    it('has cases in every bucket', () => everyBucketIsFilled(rule, cases));
  });
}

function judgeWith(rule: AnyRule): Judge {
  return (recordings, plan) => {
    const ledger = openLedger(recordings, plan);
    const options = optionsOf(rule, plan);
    if (rule.judges !== 'deployed')
      return new Map(judgeFiles([rule], ledger, plan).map(({ subject, verdict }) => [`${nameIn(subject.where)} `, verdict]));
    return new Map(
      ledger.rows.map((row) => [`${row.environment}/${row.workload.name} ${row.artifact?.key ?? ''}`, judge(rule, row, ledger, options)]),
    );
  };
}

/** A place in a file as cases name it: `deploy.yml#release`. */
function nameIn(where: string): string {
  return where.split('/').at(-1) ?? where;
}

function everyOutcomeIs(expected: string, verdicts: Verdicts, given: Scenario): void {
  if (verdicts.size === 0) fail('there is nothing to judge in', given);
  for (const [where, verdict] of verdicts) {
    const outcome = verdict.outcome === 'not-applicable' ? verdict.because : verdict.outcome;
    if (outcome !== expected) fail(`${where} should be ${expected}, is ${JSON.stringify(verdict)} in`, given);
  }
}

function isUnknown(because: string, verdicts: Verdicts, given: Scenario): void {
  const reasons = [...verdicts.values()].flatMap((verdict) =>
    verdict.outcome === 'unknown' ? verdict.because : [`not unknown but ${verdict.outcome}`],
  );
  if (!reasons.includes(because)) fail(`should not be able to tell because "${because}"; it says [${reasons.join('; ')}] in`, given);
}

function findsExactly(expected: readonly Expected[], verdicts: Verdicts, given: Scenario): void {
  const drifts = [...verdicts].flatMap(([where, verdict]) =>
    verdict.outcome === 'drift' ? [{ where: where.split(' ')[0] ?? '', verdict }] : [],
  );
  const places = drifts.map(({ where }) => where).toSorted();
  if (!isDeepStrictEqual(places, expected.map(({ where }) => where).toSorted()))
    fail(
      `drift was found at [${places.join(', ')}]: ${JSON.stringify([...verdicts.values()].map((one) => ({ ...one, evidence: [] })))} in`,
      given,
    );
  for (const { where, says, with: facts } of expected) {
    const found = drifts.find((drift) => drift.where === where && drift.verdict.message === says)?.verdict;
    if (!found) fail(`${where} should say "${says}" in`, given);
    if (found.evidence.length === 0) fail(`${where} cites no evidence in`, given);
    for (const [fact, value] of Object.entries(facts)) {
      const plain = /@[A-Z]$/.test(value) ? readSketch(value).digest : value;
      if (found.facts[fact] !== plain) fail(`${where}: ${fact} should be ${value}, is ${found.facts[fact]} in`, given);
    }
  }
}

function everySentenceIsSaid<M extends Sentences, S extends Sentences>(
  rule: DefinedRule<M, S>,
  cases: Cases<M, S>,
  verdicts: readonly Verdict[],
): void {
  const said = Object.values(cases.reports).flatMap(({ finds }) => finds.map(({ says }): string => says));
  const besides = verdicts.flatMap((verdict) => (verdict.outcome === 'not-applicable' ? [verdict.because] : []));
  const skipped = [...besides, ...Object.values(cases.skips).map(({ because }): string => because)];
  const silent = [...Object.keys(rule.messages), ...Object.keys(rule.skips)].filter((id) => !said.includes(id) && !skipped.includes(id));
  if (silent.length > 0) fail(`no case says ${silent.join(', ')}`);
  const open = Object.values(rule.messages)
    .map((message) => fillMessage(message, {}))
    .filter((text) => /\{\W/.test(text));
  if (open.length > 0) fail(`a placeholder is malformed in ${open.join(', ')}`);
}

function everyBucketIsFilled(rule: AnyRule, { passes, reports, cannotTell, skips }: Cases<Sentences, Sentences>): void {
  const empty = Object.entries({ passes, reports }).filter(([, bucket]) => Object.keys(bucket).length === 0);
  if (empty.length > 0) fail(`nothing in ${empty.map(([name]) => name).join(', ')}`);
  const needsNothing = /^\(\) => \(\{\}\)$/.test(rule.needs.toString());
  if (Object.keys(cannotTell).length === 0 && !needsNothing) fail('a rule that needs something must say when it cannot tell');
  if (Object.keys(skips).length === 0 && Object.keys(rule.skips).length > 0) fail('no case shows a skip');
}
