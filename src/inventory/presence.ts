import type { Attachments, Presence } from '../domain/content.ts';
import type { Digest } from '../domain/digest.ts';
import { formatImageReference, type ImageReference } from '../domain/image-reference.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { Observation } from '../domain/observation.ts';
import { groupBy, sortedBy } from '../domain/order.ts';
import type { Recording } from '../domain/recording.ts';
import type { Expected } from '../domain/statement.ts';
import { meets } from './silence.ts';

/** A digest and the repository that it is pulled from. */
export type Pull = Readonly<{ image: Pick<ImageReference, 'registry' | 'repository'>; digest: Digest }>;

/** What registries said of whether they still hold what is pulled. */
export type Presences = Readonly<{
  /** As the newest recording has it in which the registry was to be read. */
  presenceOf(pull: Pull): Known<Presence['is']>;
  /** What hangs on a digest in a repository, as the newest recording has it in which the registry was to be read. */
  attachmentsOf(pull: Pull): Known<Attachments>;
  /** What shows that a repository once held a digest. */
  onceHeld(pull: Pull): Observation | undefined;
  /** What listings say of when any of these digests was pushed, wherever to. */
  pushesOf(digests: readonly Digest[]): readonly Pushed[];
}>;

/** A presence that says when it was pushed. */
export type Pushed = Presence & Readonly<{ pushedAt: string }>;

/** Opens what all recordings say of presence; a digest that is held is held as of its recording, and no longer. */
export function openPresences(recordings: readonly Recording[]): Presences {
  const newestFirst = recordings.map(({ observations }) => toSaid(observations)).toReversed();
  const proofs = new Map<string, Observation>();
  const pushes = pushesIn(recordings);
  for (const { observations } of recordings)
    for (const seen of observations) for (const name of holdersIn(seen)) proofs.set(name, earlier(proofs.get(name), seen));
  return {
    presenceOf(pull) {
      const said = newestFirst.find(({ asked }) => asked.some(({ scope }) => meets(scope, pull.image)));
      // A recording that says nothing of presence at all was made by sources that do not ask for it.
      if (!said || said.presences.size === 0) return unknown('not-configured');
      const presence = said.presences.get(nameOf(pull));
      return presence ? known(presence.is, [presence]) : unknown('presence-not-read');
    },
    attachmentsOf(pull) {
      const said = newestFirst.find(({ asked }) => asked.some(({ scope }) => meets(scope, pull.image)));
      if (!said || said.attachments.size === 0) return unknown('not-configured');
      const attachments = said.attachments.get(nameOf(pull));
      return attachments ? known(attachments, [attachments]) : unknown('attachments-not-read');
    },
    onceHeld: (pull) => proofs.get(nameOf(pull)),
    pushesOf: (digests) => digests.flatMap((digest) => pushes.get(digest) ?? []),
  };
}

/** Of every place one is enough: a digest is pushed to a repository once. */
function pushesIn(recordings: readonly Recording[]): ReadonlyMap<string, readonly Pushed[]> {
  const seen = recordings.flatMap(({ observations }) => observations.filter((one) => one.kind === 'presence').filter(isPushed));
  const newestFirst = sortedBy(seen, ({ at, origin }) => `${at} ${origin.source} ${origin.locator}`).toReversed();
  const byPlace = new Map(newestFirst.map((one) => [`${nameOf(one)} ${one.pushedAt}`, one]));
  return groupBy(byPlace.values(), ({ digest }) => digest);
}

function isPushed(presence: Presence): presence is Pushed {
  return presence.pushedAt !== undefined;
}

type Said = Readonly<{
  asked: readonly Expected[];
  presences: ReadonlyMap<string, Presence>;
  attachments: ReadonlyMap<string, Attachments>;
}>;

function toSaid(observations: readonly Observation[]): Said {
  const asked = observations.filter((seen) => seen.kind === 'expected').filter(({ of }) => of === 'content');
  const presences = new Map<string, Presence>();
  const attachments = new Map<string, Attachments>();
  for (const seen of observations) {
    if (seen.kind === 'attachments') attachments.set(nameOf(seen), fuller(attachments.get(nameOf(seen)), seen));
    if (seen.kind !== 'presence') continue;
    const before = presences.get(nameOf(seen));
    // Of what was said at one time the better is believed: two logins may not see alike.
    if (!before || before.at < seen.at || (before.at === seen.at && seen.is === 'held')) presences.set(nameOf(seen), seen);
  }
  return { asked, presences, attachments };
}

/** What one login sees and another does not is there. */
function fuller(before: Attachments | undefined, seen: Attachments): Attachments {
  const readOf = ({ types, at, origin }: Attachments) =>
    [String(types.length).padStart(6, '0'), at, origin.source, origin.locator].join(' ');
  return before && readOf(before) >= readOf(seen) ? before : seen;
}

function nameOf({ image: { registry, repository }, digest }: Pull): string {
  return formatImageReference({ registry, repository, digest });
}

/** Whatever order they were read in. */
function earlier(before: Observation | undefined, seen: Observation): Observation {
  const readOf = ({ at, kind, origin }: Observation) => [at, kind, origin.source, origin.locator].join(' ');
  return before && readOf(before) <= readOf(seen) ? before : seen;
}

/** The repositories that an observation shows to have held a digest, by its name there. */
function holdersIn(seen: Observation): string[] {
  if (seen.kind === 'index' || seen.kind === 'manifest') return [nameOf(seen)];
  if (seen.kind === 'presence') return seen.is === 'held' ? [nameOf(seen)] : [];
  return seen.kind === 'build' && seen.pushed === 'yes' ? seen.outputs.map(nameOf) : [];
}
