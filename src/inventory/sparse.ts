import type { Presence } from '../domain/content.ts';
import { parseImageReference } from '../domain/image-reference.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import { lineOf } from './image-class.ts';
import type { Pull } from './presence.ts';
import type { World } from './world.ts';

/** Whether a pull would succeed on a platform: what of it is there, or gone; of an index that is there, the image for that platform. */
export type Pulled = Readonly<{ is: Presence['is']; digest: string; isMember: boolean }>;

/** An index may outlive its images: a clean-up of what has no tag takes them one by one. */
export function pulledOn(world: World, pull: Pull, platform: string | undefined): Known<Pulled> {
  const presence = presenceOfPull(world, pull);
  if (!presence.known) return presence;
  const whole = { is: presence.value, digest: pull.digest, isMember: false };
  if (presence.value === 'gone') return known(whole, presence.evidence);
  const role = world.closure.roleOf(pull.digest);
  if (role === 'unknown') return unknown('content-unknown');
  if (role !== 'index') return known(whole, presence.evidence);
  const members = world.closure.membersFor(pull.digest, platform);
  const answers = members.map((digest) => ({ digest, held: presenceOfPull(world, { image: pull.image, digest }) }));
  const open = answers.map(({ held }) => held).find((held) => !held.known);
  if (open) return open;
  const evidence = [...presence.evidence, ...answers.flatMap(({ held }) => (held.known ? held.evidence : []))];
  const gone = answers.filter(({ held }) => held.known && held.value === 'gone');
  const [first] = gone;
  if (!first) return members.length === 0 ? unknown('content-unknown') : known(whole, evidence);
  return gone.length < members.length ? unknown('ambiguous-member') : known({ is: 'gone', digest: first.digest, isMember: true }, evidence);
}

/** A mirror that nobody was to ask gives what its origin holds; one that says that it is gone is believed. */
function presenceOfPull({ plan, presences }: Pick<World, 'plan' | 'presences'>, { image, digest }: Pull): Known<Presence['is']> {
  const here = presences.presenceOf({ image, digest });
  if (here.known || here.because !== 'not-configured') return here;
  const origin = parseImageReference(lineOf(image, plan));
  const there = origin && presences.presenceOf({ image: origin, digest });
  return there?.known && there.value === 'held' ? there : here;
}
