import { DAY_MS } from '../domain/day.ts';
import type { ImageReference } from '../domain/image-reference.ts';
import type { RunningImage } from '../domain/observation.ts';
import { byText, sortedBy } from '../domain/order.ts';
import type { Plan } from '../domain/plan.ts';
import { tierOf } from '../domain/trust.ts';
import type { Wanted } from '../domain/wanted.ts';
import type { Artifact } from './artifact.ts';
import { artifactRunBy } from './artifact-run.ts';
import { lineOf } from './image-class.ts';
import { passesOn, thresholdOf } from './rehearsal.ts';
import type { World } from './world.ts';

/** A line of something that runs, and since when what is recorded of it may be of that; since ever where nobody knows what made it. */
type Since = Readonly<{ line: string; since: string | undefined }>;

/**
 * The lines of what runs, by every name: whole where something of them lacks a dated build or the pass of a gate, and else since the
 * oldest build of what runs. A record that is older is of another artifact, by whatever digest it names it.
 */
export function wantedLines(world: World, running: readonly RunningImage[]): Wanted['lines'] {
  const oldest = new Map<string, Since>();
  for (const found of running.flatMap((image) => sinceOf(world, image))) {
    const before = oldest.get(found.line);
    if (!before || isOlder(found, before)) oldest.set(found.line, found);
  }
  return sortedBy([...oldest.values()], ({ line }) => line).map(({ line, since }) => ({ line, ...(since ? { since } : {}) }));
}

function sinceOf(world: World, image: RunningImage): readonly Since[] {
  const found = artifactRunBy(image, world.closure);
  if (typeof found === 'string') return [];
  const family = [...world.closure.familyOf(found)];
  const [oldest] = family
    .flatMap((digest) => world.buildsOf.get(digest) ?? [])
    .flatMap(({ pushedAt }) => pushedAt ?? [])
    .toSorted(byText);
  const since = oldest !== undefined && isTestedEnough(world, found) ? dayBefore(oldest) : undefined;
  return namesOf(image.declared.spec, world.plan).map((line) => ({ line, since }));
}

/** Whether its own records rehearse it wherever it arrives, so that no sibling has to be found that was tested in its place. */
function isTestedEnough(world: World, artifact: Artifact): boolean {
  const least = thresholdOf(world.plan);
  if (least === 'observed') return true;
  const passes = passesOn(world, artifact, { counterparts: [] }).map(({ test }) => test);
  const counting = least === 'attested' ? passes.filter(({ trust }) => tierOf(trust) === 'attested') : passes;
  const { gates } = world.plan;
  return counting.length > 0 && gates.every(({ name }) => counting.some(({ gate }) => gate === name));
}

function isOlder({ since }: Since, before: Since): boolean {
  return before.since !== undefined && (since === undefined || since < before.since);
}

// Clocks differ, and a run that takes all day makes one image in the morning and the next at night.
function dayBefore(at: string): string {
  return `${new Date(Date.parse(at) - DAY_MS).toISOString().slice(0, 19)}Z`;
}

/** A line by every name that records may write it: as the cluster does, and as its mirror's origin. */
function namesOf(reference: ImageReference, plan: Plan): readonly string[] {
  return [...new Set([`${reference.registry}/${reference.repository}`, lineOf(reference, plan)])];
}
