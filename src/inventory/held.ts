import type { Presence } from '../domain/content.ts';
import { formatImageReference, parseImageReference } from '../domain/image-reference.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { RunningImage } from '../domain/observation.ts';
import { lineOf } from './image-class.ts';
import type { Pull } from './presence.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

/** Whether what a row pulls is still where it is pulled from, and how it is pulled. */
export type Held = Readonly<{ is: Presence['is']; by: 'digest' | 'tag'; declared: string; repository: string; digest: string }>;

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
  const presence = presenceOfPull(world, pull);
  if (!presence.known) return presence;
  const repository = `${spec.registry}/${spec.repository}`;
  const held = { is: presence.value, declared: formatImageReference(spec), repository, digest };
  if (spec.digest || presence.value === 'held') return known({ ...held, by: spec.digest ? 'digest' : 'tag' }, presence.evidence);
  // CRI-O reports repositories that never held a digest (internal/storage/image.go, makeRepoDigests): it has to be shown that this one did.
  const proof = world.presences.onceHeld(pull);
  return proof ? known({ ...held, by: 'tag' }, [...presence.evidence, proof]) : unknown('never-seen-there');
}

/** A mirror that nobody was to ask gives what its origin holds; one that says that it is gone is believed. */
export function presenceOfPull({ plan, presences }: Pick<World, 'plan' | 'presences'>, { image, digest }: Pull): Known<Presence['is']> {
  const here = presences.presenceOf({ image, digest });
  if (here.known || here.because !== 'not-configured') return here;
  const origin = parseImageReference(lineOf(image, plan));
  const there = origin && presences.presenceOf({ image: origin, digest });
  return there?.known && there.value === 'held' ? there : here;
}
