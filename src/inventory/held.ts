import type { Presence } from '../domain/content.ts';
import { formatImageReference } from '../domain/image-reference.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { RunningImage } from '../domain/observation.ts';
import type { Row } from './row.ts';
import { pulledOn } from './sparse.ts';
import type { World } from './world.ts';

/** Whether what a row pulls is still where it is pulled from, and how it is pulled; `isMember` where only the index is left of it. */
export type Held = Readonly<{
  is: Presence['is'];
  by: 'digest' | 'tag';
  declared: string;
  repository: string;
  digest: string;
  isMember: boolean;
  platform: string;
}>;

/** Of all images of a row the one that is gone, if any is; held only where every one is known to be. */
export function heldOf(world: World, row: Row): Known<Held> {
  const answers = row.running.map((image) => heldFor(world, image));
  const gone = answers.find((answer) => answer.known && answer.value.is === 'gone');
  return gone ?? answers.find((answer) => !answer.known) ?? answers[0] ?? unknown('no-digest');
}

function heldFor(world: World, image: RunningImage): Known<Held> {
  const { spec } = image.declared;
  const digest = spec.digest ?? image.digest;
  if (!digest) return unknown('no-digest');
  const pull = { image: spec, digest };
  const pulled = pulledOn(world, pull, image.platform);
  if (!pulled.known) return pulled;
  const { value, evidence } = pulled;
  const place = { declared: formatImageReference(spec), repository: `${spec.registry}/${spec.repository}` };
  const held = { ...value, ...place, platform: image.platform ?? 'its platform' };
  if (spec.digest || value.is === 'held' || value.isMember) return known({ ...held, by: spec.digest ? 'digest' : 'tag' }, evidence);
  // CRI-O reports repositories that never held a digest (internal/storage/image.go, makeRepoDigests): it has to be shown that this one did.
  const proof = world.presences.onceHeld(pull);
  return proof ? known({ ...held, by: 'tag' }, [...evidence, proof]) : unknown('never-seen-there');
}
