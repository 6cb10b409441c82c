import { formatImageReference, type ImageReference } from '../domain/image-reference.ts';
import type { RunningImage } from '../domain/observation.ts';
import { byText, groupBy, sortedBy } from '../domain/order.ts';
import type { Kept } from '../domain/report.ts';
import { classOf, lineOf } from './image-class.ts';
import { rollbackTargetOf } from './rollback.ts';
import type { Sighting, World } from './world.ts';

/** Why a digest is kept, strongest first. */
const REASONS: readonly Kept['because'][] = ['runs', 'declared', 'rollback', 'part'];

/** What has to be kept, and of how much of it nobody read what it holds. */
export type Keep = Readonly<{ digests: readonly Kept[]; unread: number; nameless: number }>;

/** Every digest of ours that something runs or would pull again, in every repository that it may be pulled from, with all that lies under it. */
export function keepOf(world: World): Keep {
  const now = sightingsNow(world);
  const direct = [...runningOf(world, now), ...declaredOf(world), ...rollbacksOf(world)];
  const parts = direct.flatMap((kept) => partsOf(world, kept));
  const byName = groupBy([...direct, ...parts], ({ repository, digest }) => `${repository}@${digest}`);
  const strongest = [...byName.values()].map((group) => {
    const [first] = group.toSorted((a, b) => REASONS.indexOf(a.because) - REASONS.indexOf(b.because));
    const where = group.filter(({ because }) => because === first?.because).flatMap((one) => one.where);
    return first ? [{ ...first, where: [...new Set(where)].toSorted(byText) }] : [];
  });
  const unread = new Set(direct.map(({ digest }) => digest).filter((digest) => world.closure.roleOf(digest) === 'unknown'));
  const digests = sortedBy(strongest.flat(), ({ repository, digest }) => `${repository}@${digest}`);
  return {
    digests,
    unread: unread.size,
    nameless: now.filter(({ image }) => !image.digest && !image.declared.spec.digest).length,
  };
}

/** Of every environment of every cluster what the newest recording saw there: another may have been taken for each. */
function sightingsNow(world: World): readonly Sighting[] {
  const placeOf = ({ environment, workload }: RunningImage) => `${environment} ${workload.cluster}`;
  const newest = new Map<string, number>();
  for (const { image, recording } of world.sightings) newest.set(placeOf(image), Math.max(recording, newest.get(placeOf(image)) ?? 0));
  return world.sightings.filter(
    ({ image, line, recording }) => newest.get(placeOf(image)) === recording && classOf(line, world.plan) === 'ours',
  );
}

function runningOf(world: World, now: readonly Sighting[]): Kept[] {
  return now.flatMap(({ image: { digest, declared }, slot }) => {
    const digests = [digest, declared.spec.digest].filter((one) => one !== undefined);
    return digests.flatMap((one) => keptIn(world, declared.spec, { digest: one, because: 'runs', where: [slot] }));
  });
}

/** What is declared and does not run: scaled to zero, or suspended. A tag keeps what it names. */
function declaredOf(world: World): Kept[] {
  const idle = [...world.declaredIn].flatMap(([slot, images]) => images.map((image) => ({ slot, image })));
  return idle
    .filter(({ image }) => image.because !== 'revision')
    .flatMap(({ slot, image: { declared } }) => {
      const digest = declared.digest ?? world.tags.get(formatImageReference({ ...declared, tag: declared.tag ?? 'latest' }))?.digest;
      return digest ? keptIn(world, declared, { digest, because: 'declared', where: [slot] }) : [];
    });
}

function rollbacksOf(world: World): Kept[] {
  return [...world.declaredIn.keys()].flatMap((slot) => {
    const declared = rollbackTargetOf(world, slot)?.declared;
    return declared?.digest ? keptIn(world, declared, { digest: declared.digest, because: 'rollback', where: [slot] }) : [];
  });
}

/** By the name it is pulled by, and by that of its origin where it is a mirror's. */
function keptIn({ plan }: World, image: ImageReference, kept: Omit<Kept, 'repository'>): Kept[] {
  if (classOf(lineOf(image, plan), plan) !== 'ours') return [];
  const names = [`${image.registry}/${image.repository}`, lineOf(image, plan)];
  return [...new Set(names)].map((repository) => ({ repository, ...kept }));
}

/** Whatever is under an index goes with it: a clean-up that deletes what has no tag would take its members. */
function partsOf({ closure }: World, { repository, digest }: Kept): Kept[] {
  return closure.under(digest).map((part) => ({ repository, digest: part, because: 'part' as const, where: [] }));
}
