import type { ImageReference } from '../domain/image-reference.ts';
import { type Known, known } from '../domain/known.ts';
import type { DeclaredImage, RunningImage } from '../domain/observation.ts';
import { indexBy, sortedBy } from '../domain/order.ts';
import type { Plan } from '../domain/plan.ts';
import { lineOf } from './image-class.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

/**
 * How a row came to run what nobody declared: its pods were changed on the way from their template, its workload from its manifest, or
 * its container was put in. `not-declared` where there is neither template nor manifest to compare with.
 */
export type OutOfBand =
  | 'as-declared'
  | 'not-declared'
  | 'injected'
  | 'rolling'
  | Readonly<{ by: 'pod' | 'workload'; declared: ImageReference; runs: ImageReference; at: string }>;

/** Opens the comparison of what runs with what templates and rendered manifests declare, as of the newest recording that has some. */
export function openOutOfBand(world: World): (row: Row) => Known<OutOfBand> {
  const newest = world.recordings.findLast(({ observations }) => observations.some(isManifest));
  const manifests = indexBy((newest?.observations ?? []).filter(isManifest), placeOf);
  return (row) => {
    if (row.running.some(({ injected }) => injected)) return known('injected', row.running);
    const declaring = sortedBy(manifests.get(placeOf(row)) ?? [], ({ origin }) => origin.locator);
    return known(outOfBand(row, declaring, world.plan), [...row.running, ...declaring]);
  };
}

function isManifest(seen: World['recordings'][number]['observations'][number]): seen is DeclaredImage {
  return seen.kind === 'declared-image' && seen.because === 'manifest';
}

/** Manifests know of no cluster: what they declare is for every one of the environment. */
function placeOf({ environment, workload, container }: Pick<RunningImage, 'environment' | 'workload' | 'container'>): string {
  return [environment, workload.namespace, workload.kind, workload.name, container].join(' ');
}

function outOfBand({ running }: Row, manifests: readonly DeclaredImage[], plan: Plan): OutOfBand {
  for (const { declared, origin } of running)
    if (declared.template && !isAs(declared.template, declared.spec, plan))
      return { by: 'pod', declared: declared.template, runs: declared.spec, at: origin.locator };

  const [first] = manifests;
  // On its way from one revision to the next a workload runs what its manifest said before.
  if (first && running.some(({ rollout }) => rollout !== 'settled')) return 'rolling';
  for (const { declared } of running) {
    const deployed = declared.template ?? declared.spec;
    if (first && !manifests.some((manifest) => isAs(manifest.declared, deployed, plan)))
      return { by: 'workload', declared: first.declared, runs: deployed, at: first.origin.locator };
  }
  return first || running.every(({ declared }) => declared.template) ? 'as-declared' : 'not-declared';
}

/** Admission may write a mirror's name for a registry's, and add the digest to a tag or put it in its place: that changes nothing. */
function isAs(declared: ImageReference, actual: ImageReference, plan: Plan): boolean {
  if (lineOf(declared, plan) !== lineOf(actual, plan)) return false;
  if (declared.digest) return declared.digest === actual.digest;
  const isPinnedOnly = actual.tag === undefined && actual.digest !== undefined;
  return isPinnedOnly || (declared.tag ?? 'latest') === (actual.tag ?? 'latest');
}
