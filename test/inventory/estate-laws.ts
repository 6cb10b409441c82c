import { judgeRecorded, Observation, type Plan, type Recording, type Report } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { expect } from 'vitest';
import { identify } from '../../src/domain/identify.ts';
import type { Scope, Vouchable } from '../../src/domain/statement.ts';
import { openLedger } from '../../src/inventory/ledger.ts';
import { openWorld } from '../../src/inventory/open-world.ts';
import { rankOf } from '../../src/inventory/pairing.ts';
import type { Row } from '../../src/inventory/row.ts';
import { sceneOf } from '../../src/inventory/scene.ts';
import { judgeAll, judgeFiles } from '../../src/judge/judge.ts';
import { loadAll } from '../../src/registry.ts';
import { assembleReport } from '../../src/report/assemble.ts';

/** What a report is made of: every law is about what happens to the report when these change. */
export type Judged = Readonly<{ recordings: readonly Recording[]; plan: Plan }>;

const RULES = await loadAll('rules');
const ACQUITTED: ReadonlySet<string> = new Set(['selfsame', 'equivalent', 'vendor']);
const VOUCHED: Readonly<Partial<Record<Observation['kind'], Vouchable>>> = {
  'running-image': 'running-image',
  'declared-image': 'running-image',
  build: 'build',
  test: 'test',
  deployment: 'deployment',
  approval: 'approval',
  tag: 'tag',
  index: 'content',
  manifest: 'content',
  config: 'content',
  presence: 'content',
  attachments: 'content',
  'lifecycle-policy': 'content',
};

/** The kind that is vouched for where a record is; undefined for what is no record. */
export function vouchedAs({ kind }: Observation): Vouchable | undefined {
  return VOUCHED[kind];
}

/** Every record of an estate, once. */
export function recordsOf({ recordings }: Judged): readonly Observation[] {
  const records = recordings.flatMap(({ observations }) => observations).filter((seen) => vouchedAs(seen));
  return [...new Map(records.map((record) => [identify(record), record])).values()];
}

/** The report by every rule there is. */
export function judge({ recordings, plan }: Judged): Report {
  return judgeRecorded(recordings, plan, RULES, '0.0.0');
}

type Concluded = Readonly<{ report: Report; standings: ReadonlyMap<string, string> }>;

/** The report, with the standing of everything that runs by what was observed of it: an artifact may go by another name once a record is lost. */
export function conclude({ recordings, plan }: Judged): Concluded {
  const ledger = openLedger(recordings, plan);
  const report = assembleReport({
    recordings,
    ledger,
    rules: RULES,
    judged: judgeAll(RULES, ledger, plan),
    judgedFiles: judgeFiles(RULES, ledger, plan),
    plan,
    version: '0.0.0',
  });
  const observed = (row: (typeof ledger.rows)[number]) => row.running.map((image) => `${row.where} ${identify(image)}`);
  const standings = new Map(ledger.rows.flatMap((row) => observed(row).map((name) => [name, ledger.standing(row).is] as const)));
  return { report, standings };
}

/**
 * A record that is lost takes the vouching for its kind with it, since a source that missed one cannot vouch for all: nobody is
 * acquitted by that, no row of the last rank goes, unless it was what ran there, and no exit becomes 0.
 */
export function losingAcquitsNobody(given: Judged, lost: Observation, before = conclude(given)): void {
  const name = identify(lost);
  const isVouching = (seen: Observation) => seen.kind === 'coverage' && seen.of === vouchedAs(lost);

  const after = conclude(everywhere(given, (seen) => seen.filter((one) => identify(one) !== name && !isVouching(one))));

  const places = new Set(after.report.rows.map(({ where }) => where));
  const gone = before.report.rows.filter(({ last, where }) => last && !places.has(where)).map(({ where }) => where);
  expect(newlyAcquitted(before, after)).toEqual([]);
  if (lost.kind !== 'running-image') expect(gone).toEqual([]);
  if (before.report.exitCode !== 0) expect(after.report.exitCode).not.toBe(0);
}

/** Recordings and observations may come in any order. */
export function orderIsIrrelevant(given: Judged, turn: number): void {
  const reversed = everywhere(given, (seen) => seen.toReversed());
  const rotated = everywhere(given, (seen) => [...seen.slice(turn % seen.length), ...seen.slice(0, turn % seen.length)]);

  for (const other of [{ ...reversed, recordings: reversed.recordings.toReversed() }, rotated]) {
    // The first tells what differs, the second also sees the order of keys.
    expect(judge(other)).toEqual(judge(given));
    expect(JSON.stringify(judge(other))).toBe(JSON.stringify(judge(given)));
  }
}

/** An unrelated workload leaves every other row as it was. */
export function bystanderChangesNothing(given: Judged): void {
  const crowded = everywhere(given, (seen) => {
    const asked = new Set(seen.flatMap((one) => (one.kind === 'expected' ? [one.of] : [])));
    return [...seen, ...bystander(given.plan).filter((one) => asked.has(vouchedAs(one) ?? 'tag'))];
  });

  const others = judge(crowded).rows.filter(({ where }) => !where.includes('bystander'));

  expect(others).toEqual(judge(given).rows);
}

function bystander({ promotion }: Plan): readonly Observation[] {
  const built = scenario({ promotion }).at('08:00').built('bystander@Q', { run: '99', commit: 'decade' });
  const placed = promotion.flat().reduce((so, environment) => so.deployed('bystander@Q', `${environment}/bystander`), built);
  return placed.recordings().flatMap(({ observations }) => observations.filter((seen) => vouchedAs(seen)));
}

/** Every slot and artifact is one row, and all rows together are what runs downstream: each image of it in the row of its artifact. */
export function rowsArePopulation({ recordings, plan }: Judged): void {
  const ledger = openLedger(recordings, plan);
  const scene = sceneOf(openWorld(recordings, plan));
  const started = scene.filter(({ image }) => rankOf(image.environment, plan) > 0 && image.phase !== 'waiting');
  const rows = ledger.rows.filter(({ pending }) => !pending);
  const unknown = (row: Row) => row.running.map(({ digest, platform }) => `${digest} ${platform}`).join();

  const names = ledger.rows.map((row) => `${row.where} ${row.artifact?.key ?? unknown(row)}`);
  const placed = rows.flatMap((row) => row.running.map((image) => `${row.where} ${row.artifact?.key} ${identify(image)}`));

  expect(new Set(names).size).toBe(names.length);
  expect(placed.toSorted()).toEqual(started.map(({ slot, artifact, image }) => `${slot} ${artifact?.key} ${identify(image)}`).toSorted());
  expect(rows.reduce((sum, row) => sum + row.instances, 0)).toBe(started.reduce((sum, { image }) => sum + image.instances, 0));
}

/** A source that is asked and answers nothing acquits nobody, accuses nobody, and turns no exit to 0. */
export function askingOnlyAddsDoubt(given: Judged, { of, scope, always }: { of: Vouchable; scope: Partial<Scope>; always: boolean }): void {
  const origin = { source: 'silent', locator: 'configuration' };
  const asked = Observation.parse({ at: '2026-03-02T00:00:00Z', origin, kind: 'expected', of, scope: { ...scope, source: 'silent' } });
  const newest = given.recordings.length - 1;
  const doubtful = everywhere(given, (seen, at) => (always || at === newest ? [...seen, asked] : seen));

  const [before, after] = [conclude(given), conclude(doubtful)];

  expect(newlyAcquitted(before, after)).toEqual([]);
  if (before.report.exitCode === 0) expect(after.report.exitCode).not.toBe(1);
  else expect(after.report.exitCode).not.toBe(0);
}

/** An environment may be vouched for whole, or namespace by namespace. */
export function vouchingMayBeSplit(given: Judged): void {
  const split = everywhere(given, (seen) => seen.flatMap((one) => splitByNamespace(one, namespacesOf(given))));

  const [whole, parts] = [judge(given), judge(split)];

  expect(parts.rows).toEqual(whole.rows);
  expect([parts.exitCode, parts.because]).toEqual([whole.exitCode, whole.because]);
}

function namespacesOf({ recordings }: Judged): readonly string[] {
  const named = recordings.flatMap(({ observations }) =>
    observations.flatMap((seen) => {
      if ('workload' in seen) return [seen.workload.namespace];
      return seen.kind === 'gap' && seen.scope.namespace ? [seen.scope.namespace] : [];
    }),
  );
  return [...new Set(['default', ...named])];
}

function splitByNamespace(seen: Observation, namespaces: readonly string[]): readonly Observation[] {
  if ((seen.kind !== 'expected' && seen.kind !== 'coverage') || seen.of !== 'running-image') return [seen];
  return namespaces.map((namespace) => ({ ...seen, scope: { ...seen.scope, namespace } }));
}

/** Judging twice gives the same bytes, and leaves what was judged as it was. */
export function judgingLeavesInputAlone(given: Judged): void {
  const before = JSON.stringify(given);

  expect(JSON.stringify(judge(given))).toBe(JSON.stringify(judge(given)));
  expect(JSON.stringify(given)).toBe(before);
}

function newlyAcquitted({ standings: before }: Concluded, { standings: after }: Concluded): string[] {
  const fresh = [...after].filter(([name, is]) => ACQUITTED.has(is) && !ACQUITTED.has(before.get(name) ?? is));
  return fresh.map(([name, is]) => `${name}: ${before.get(name)} becomes ${is}`);
}

function everywhere({ recordings, plan }: Judged, change: (seen: readonly Observation[], at: number) => readonly Observation[]): Judged {
  return { plan, recordings: recordings.map((recording, at) => ({ ...recording, observations: change(recording.observations, at) })) };
}
