import type { Digest } from '../domain/digest.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { BuildRecord, TestRecord } from '../domain/observation.ts';
import { indexBy, remember, sortedBy } from '../domain/order.ts';
import { testsSilence } from './absence.ts';
import { allRead } from './all-read.ts';
import type { Artifact } from './artifact.ts';
import { doesCount, testsBoundTo } from './rehearsal.ts';
import { type Identified, isIdentified, type Row } from './row.ts';
import { sourceKeysOf } from './source-key.ts';
import type { Line, World } from './world.ts';

/** A gate's pass on another digest of the source that a row's artifact is of, with the build of that digest where it is recorded. */
export type NearMiss = Readonly<{
  test: TestRecord;
  digest: Digest;
  isIndex: boolean;
  commit: string | undefined;
  build: BuildRecord | undefined;
}>;

type Pass = Readonly<{ test: TestRecord; digest: Digest; keys: readonly string[] }>;
type Passes = Readonly<{ ofSource: ReadonlyMap<string, readonly Pass[]>; ofNone: readonly Pass[] }>;

/**
 * Opens the near misses of a world's rows: of each the newest pass of a gate that has no record of the row's artifact, on another digest
 * of its source; undefined only where the tests and builds were listed.
 */
export function openNearMisses(world: World): (row: Row) => Known<NearMiss | undefined> {
  const passesOf = remember(
    ({ line, platform }: Line) => `${line} ${platform}`,
    (line: Line) => passesBySource(world, line),
  );
  return (row) => {
    if (!isIdentified(row)) return unknown(row.missing ?? 'no-digest');
    // That a gate has no record of it can be said only where all of its records were read.
    const tests = testsSilence(world, row);
    if (!tests.covered) return unknown(tests.because === 'not-configured' ? 'not-configured' : 'tests-not-covered');
    return missOf(world, row, passesOf);
  };
}

function missOf(world: World, row: Identified, passesOf: (line: Line) => Passes): Known<NearMiss | undefined> {
  const { artifact, lines } = row;
  const source = world.sourceOf(artifact);
  if (!source) return unknown('source-not-recorded');
  const ofLines = lines.map((line) => passesOf({ line, platform: artifact.platform }));
  const isMissed = missedBy(world, artifact);
  const missed = ofLines.flatMap(({ ofSource }) => source.keys.flatMap((key) => ofSource.get(key) ?? [])).filter(isMissed);
  // What was not read may be this very artifact under another digest.
  const isRead = ({ digest }: Pass) => world.closure.roleOf(digest) !== 'unknown';
  const newest = sortedBy(missed.filter(isRead), ({ test, digest }) => `${test.at} ${test.gate} ${digest}`).at(-1);
  if (newest) return known(toNearMiss(world, newest), [newest.test, ...(world.buildsOf.get(newest.digest) ?? [])]);
  if (missed.length > 0) return unknown('content-unknown');
  if (ofLines.some(({ ofNone }) => ofNone.some(isMissed))) return unknown('source-not-recorded');
  return allRead(world, row, ['build', 'content']);
}

/** The passes that count, on digests of a line, by what those were made from. */
function passesBySource(world: World, { line, platform }: Line): Passes {
  const configured = new Set(world.plan.gates.map(({ name }) => name));
  const outputs = (world.buildsOfLine.get(line) ?? []).flatMap((build) => build.outputs);
  const digests = new Set(outputs.flatMap(({ digest }) => [digest, ...aboveOf(world, digest, platform)]));
  const named = [...[...digests].flatMap((digest) => world.testsOf.get(digest) ?? []), ...(world.testsOfLine.get(line) ?? [])];
  const counting = [...new Set(named)].filter((test) => doesCount(test) && (configured.size === 0 || configured.has(test.gate)));
  const passes = counting.flatMap((test) => {
    const digest = test.subject.digest ?? test.subject.image?.digest;
    return digest ? [{ test, digest, keys: keysOf(world, digest, platform) }] : [];
  });
  return { ofSource: indexBy(passes, ({ keys }) => keys), ofNone: passes.filter(({ keys }) => keys.length === 0) };
}

function aboveOf({ closure }: World, digest: Digest, platform: string | undefined): Iterable<string> {
  const artifact = closure.artifactOf(digest, platform);
  return typeof artifact === 'string' ? [] : closure.familyOf(artifact);
}

/** What a digest was made from: by the builds that name it, or as the image that it leads to says. */
function keysOf({ buildsOf, closure, sourceOf }: World, digest: Digest, platform: string | undefined): readonly string[] {
  const recorded = (buildsOf.get(digest) ?? []).flatMap(sourceKeysOf);
  const artifact = closure.artifactOf(digest, platform);
  const source = typeof artifact === 'string' ? undefined : sourceOf(artifact);
  return [...new Set([...recorded, ...(source?.keys ?? [])])];
}

/** Whether a pass is of another artifact, by a gate that has nothing on record of this one. */
function missedBy(world: World, artifact: Artifact): (pass: Pass) => boolean {
  const family = world.closure.familyOf(artifact);
  const recorded = new Set(testsBoundTo(world, artifact).map(({ gate }) => gate));
  return ({ test, digest }) => {
    if (family.has(digest) || recorded.has(test.gate)) return false;
    const named = world.closure.artifactOf(digest, artifact.platform);
    return typeof named === 'string' || named.key !== artifact.key;
  };
}

function toNearMiss({ buildsOf, closure }: World, { test, digest, keys }: Pass): NearMiss {
  const [build] = buildsOf.get(digest) ?? [];
  const commit =
    build?.source?.commit ??
    keys
      .find((key) => !key.startsWith('tree '))
      ?.split(' ')
      .at(-1);
  return { test, digest, isIndex: closure.roleOf(digest) === 'index', commit, build };
}
