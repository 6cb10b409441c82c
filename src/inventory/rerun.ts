import { type Known, known, unknown } from '../domain/known.ts';
import type { BuildRecord } from '../domain/observation.ts';
import { sortedBy } from '../domain/order.ts';
import { allRead } from './all-read.ts';
import { type Artifact, isResolved } from './artifact.ts';
import { buildsOfArtifact } from './origin.ts';
import type { Reference, References } from './references.ts';
import { rehearsalOf } from './rehearsal.ts';
import { isIdentified, type Row } from './row.ts';
import type { World } from './world.ts';

/** Two attempts of one run that made two artifacts: the one that was shipped, and the one that was rehearsed. */
export type Rerun = Readonly<{ shipped: Attempt; rehearsed: Attempt; tested: Artifact; upstream: string }>;

type Attempt = Readonly<{ run: NonNullable<BuildRecord['run']>; build: BuildRecord }>;

/** Another attempt of the run that built a row's artifact, whose artifact was rehearsed; undefined only where all builds were read. */
export function rerunOf(world: World, references: References, row: Row): Known<Rerun | undefined> {
  if (!isIdentified(row)) return unknown(row.missing ?? 'no-digest');
  const shipped = attemptsOf(world, row.artifact);
  const compared = references(row).filter((reference) => isResolved(reference.artifact));
  const [found] = compared.flatMap((reference) => rerunsAmong(world, row, shipped, reference));
  if (found) return known(found, [found.shipped.build, found.rehearsed.build]);
  return allRead(world, row, ['build', 'test', 'content']);
}

function attemptsOf(world: World, artifact: Artifact): readonly Attempt[] {
  const attempts = buildsOfArtifact(world, artifact).flatMap((build) => (build.run ? [{ run: build.run, build }] : []));
  return sortedBy(attempts, ({ run, build }) => `${String(run.attempt).padStart(6, '0')} ${build.at} ${build.origin.locator}`);
}

function rerunsAmong(world: World, row: Row, shipped: readonly Attempt[], { artifact, upstream }: Reference): readonly Rerun[] {
  return shipped.flatMap((mine) => {
    const other = attemptsOf(world, artifact).find((theirs) => isRerun(mine.run, theirs.run));
    const tested = other && rehearsalOf(world, artifact, row);
    return other ? [{ shipped: mine, rehearsed: other, tested: artifact, upstream: tested?.upstream ?? upstream }] : [];
  });
}

/** A re-run keeps the run's id and raises the attempt. */
function isRerun(one: Attempt['run'], other: Attempt['run']): boolean {
  const isOneRun = one.platform === other.platform && one.repository === other.repository && one.id === other.id;
  return isOneRun && one.attempt !== other.attempt;
}
