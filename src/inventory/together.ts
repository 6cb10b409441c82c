import { matches } from '../domain/glob.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { Observation, TestRecord } from '../domain/observation.ts';
import { groupBy, remember, rememberOf } from '../domain/order.ts';
import { mayBePassedUnseen } from './absence.ts';
import { allRead } from './all-read.ts';
import { buildsOfArtifact } from './origin.ts';
import { doesCount } from './rehearsal.ts';
import { type Identified, isIdentified, type Row } from './row.ts';
import { isSettledIn, runOf, testedSetsOf } from './tested-sets.ts';
import type { World } from './world.ts';

/** Whether what runs beside each other passed a gate together; a group is told at the first of its members that runs. */
export type Together = Readonly<
  | { is: 'not-asked' | 'alone' | 'told-elsewhere' | 'not-passed' | 'together' }
  | { is: 'apart'; mine: TestRecord; theirs: TestRecord; partner: Identified; beside: readonly string[] }
>;

type Members = readonly (readonly Row[])[];
type Patterns = readonly string[];

/** A group as it runs in a cluster of an environment. */
type Here = Readonly<{ environment: string; cluster: string; patterns: Patterns }>;

/** What is said of a group, and the rows of the first of its members that runs. */
type Said = Readonly<{ answer: Known<Together>; tellers: ReadonlySet<Row> }>;

/** Opens what was tested together, over the rows that there are; a group is judged once for all rows of a cluster. */
export function openTogether(world: World, rows: readonly Row[]): (row: Row, groups: readonly Patterns[]) => Known<Together> {
  const byEnvironment = groupBy(rows, ({ environment }) => environment);
  const said = remember(
    (here: Here) => JSON.stringify([here.environment, here.cluster, here.patterns]),
    (here: Here) => saidOf(world, here.environment, membersOf(byEnvironment.get(here.environment) ?? [], here)),
  );
  return (row, groups) => {
    if (groups.length === 0) return unknown('not-configured');
    const own = groups.filter((patterns) => patterns.some((pattern) => isOf(row, pattern)));
    const answers = own.map((patterns): Known<Together> => {
      const { answer, tellers } = said({ environment: row.environment, cluster: row.workload.cluster, patterns });
      const isElsewhere = answer.known && answer.value.is === 'apart' && !tellers.has(row);
      return isElsewhere ? known({ is: 'told-elsewhere' }, answer.evidence) : answer;
    });
    return inOne(answers);
  };
}

function isOf({ lines }: Row, pattern: string): boolean {
  return lines.some((line) => matches(pattern, line));
}

/** The rows of every member of a group: in a cluster, or in the environment where the cluster has none. */
function membersOf(rows: readonly Row[], { cluster, patterns }: Here): Members {
  return patterns.map((pattern) => {
    const ofMember = rows.filter((row) => isOf(row, pattern));
    const near = ofMember.filter(({ workload }) => workload.cluster === cluster);
    return near.length > 0 ? near : ofMember;
  });
}

/** Of several groups: apart in one is apart; else whatever cannot be told, else together. */
function inOne(answers: readonly Known<Together>[]): Known<Together> {
  const apart = answers.find((answer) => answer.known && answer.value.is === 'apart');
  const open = answers.find((answer) => !answer.known);
  const together = answers.find((answer) => answer.known && answer.value.is === 'together');
  return apart ?? open ?? together ?? answers[0] ?? known({ is: 'not-asked' });
}

function saidOf(world: World, environment: string, members: Members): Said {
  const running = members.filter((ofMember) => ofMember.length > 0);
  const isWhole = world.plan.only.length === 0 && world.listingOf(environment) !== undefined;
  const isOpen = running.length < members.length && !isWhole;
  return { answer: isOpen ? unknown('environment-not-listed') : answerOf(world, running), tellers: new Set(running[0]) };
}

function answerOf(world: World, running: Members): Known<Together> {
  if (running.length < 2) return known({ is: 'alone' });
  const set: Identified[] = [];
  for (const ofMember of running) {
    const one = onlyOne(ofMember);
    if (typeof one === 'string') return unknown(one);
    set.push(one);
  }
  return verdictOn(world, set);
}

/** What a member runs, where it runs one thing: while it changes, anything may run beside anything for a moment. */
function onlyOne(ofMember: readonly Row[]): Identified | string {
  const identified = ofMember.filter(isIdentified);
  const [first] = identified;
  if (!first || identified.length < ofMember.length) return ofMember.find((row) => !isIdentified(row))?.missing ?? 'no-digest';
  if (ofMember.some(({ pending }) => pending)) return 'not-started';
  return identified.every(({ artifact }) => artifact.key === first.artifact.key) ? first : 'runs-several';
}

function verdictOn(world: World, set: readonly Identified[]): Known<Together> {
  const [first, ...others] = set;
  if (!first) return known({ is: 'alone' });
  const running = set.flatMap((row) => row.running);
  const common = inOneSet(world, first, others);
  if (common) return common.known ? known({ is: 'together' }, [...running, ...common.evidence]) : common;

  const doubt = doubtOf(world, set);
  if (!doubt.known) return doubt;
  const mine = testedSetsOf(world, first).newest;
  // With each of the others it may have been tested, only never with all: one of them was not in this run.
  const partner = mine && others.find((other) => !testedSetsOf(world, other).byRun.has(runOf(mine) ?? ''));
  const theirs = partner && testedSetsOf(world, partner).newest;
  if (!mine || !theirs || set.some((row) => !testedSetsOf(world, row).newest))
    return known({ is: 'not-passed' }, [...running, ...doubt.evidence]);
  const beside = besideIn(world, mine, partner);
  if (beside.includes(partner.artifact.digest)) return unknown('run-executed-again');
  return known({ is: 'apart', mine, theirs, partner, beside }, [...running, mine, theirs, ...doubt.evidence]);
}

/** The passes of one run with all of them: in one attempt, or in several of which each ran a part; else that attempts differ in what they had. */
function inOneSet(world: World, first: Identified, others: readonly Identified[]): Known<undefined> | undefined {
  const sets = [first, ...others].map((row) => testedSetsOf(world, row));
  const [mine, ...theirs] = sets;
  const set = [...(mine?.bySet.keys() ?? [])].find((name) => theirs.every(({ bySet }) => bySet.has(name)));
  if (set !== undefined)
    return known(
      undefined,
      sets.flatMap(({ bySet }) => bySet.get(set) ?? []),
    );
  const runs = [...(mine?.byRun.keys() ?? [])].filter((name) => theirs.every(({ byRun }) => byRun.has(name)));
  const run = runs.find((name) => [first, ...others].every((row) => isSettledIn(world, row, name)));
  if (run === undefined) return runs.length > 0 ? unknown('run-executed-again') : undefined;
  return known(
    undefined,
    sets.flatMap(({ byRun }) => byRun.get(run) ?? []),
  );
}

/** What of a partner's lines passed in the run of a test. */
function besideIn(world: World, test: TestRecord, { lines }: Identified): readonly string[] {
  const ofLines = lines.flatMap((line) => world.testsOfLine.get(line) ?? []).filter((other) => runOf(other) === runOf(test));
  return [...new Set(ofLines.filter(doesCount).flatMap(({ subject }) => subject.digest ?? subject.image?.digest ?? []))].toSorted();
}

/** That no gate passed with all of them can be said only where every test was listed, and each says what it had. */
function doubtOf(world: World, set: readonly Identified[]): Known<undefined> {
  const evidence: Observation[] = [];
  for (const row of set) {
    const read = allRead(world, row, ['test', 'build', 'content']);
    if (!read.known) return read;
    if (mayBePassedUnseen(world, row)) return unknown('build-not-known');
    if (testedSetsOf(world, row).hasUnnamed) return unknown('run-not-recorded');
    evidence.push(...read.evidence);
  }
  return mayNameNoDigest(world, set) ? unknown('gate-names-no-digest') : known(undefined, evidence);
}

/** Whether a gate passed that names no digest, and may have had all of them. */
function mayNameNoDigest(world: World, set: readonly Identified[]): boolean {
  const commits = set.flatMap(({ artifact }) => buildsOfArtifact(world, artifact).flatMap(({ source }) => source?.commit ?? []));
  const named = namelessPassesOf(world);
  return named.has(undefined) || commits.some((commit) => named.has(commit));
}

/** The commits of passes that name no digest; undefined among them where one names nothing at all. */
const namelessPassesOf = rememberOf((world: World): ReadonlySet<string | undefined> => {
  const configured = world.plan.gates.map(({ name }) => name);
  const tests = [...world.testsOfGate].flatMap(([gate, ofGate]) => (configured.length === 0 || configured.includes(gate) ? ofGate : []));
  const nameless = tests.filter((test) => doesCount(test) && test.subject.digest === undefined && test.subject.image?.digest === undefined);
  return new Set(nameless.map(({ subject }) => subject.commit));
});
