import { formatImageReference } from '../domain/image-reference.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { DeclaredImage } from '../domain/observation.ts';
import { sortedBy } from '../domain/order.ts';
import type { Row } from './row.ts';
import { pulledOn } from './sparse.ts';
import type { World } from './world.ts';

/** What a roll-back would bring, and whether its repository still holds it: all of it, or, where `member-gone`, the index alone. */
export type Rollback = Readonly<{
  is: 'held' | 'gone' | 'member-gone' | 'by-tag' | 'none';
  digest: string;
  repository: string;
  revision: string;
  platform: string;
}>;

const NONE: Rollback = { is: 'none', digest: '', repository: '', revision: '', platform: '' };

/** The newest revision before the one that runs that declares another image: what a roll-back is for. */
export function rollbackTargetOf({ declaredIn, sightingsIn }: Pick<World, 'declaredIn' | 'sightingsIn'>, slot: string) {
  const seen = sightingsIn.get(slot) ?? [];
  // What ran last night is what a roll-back of tonight is for.
  const newest = Math.max(...seen.map(({ recording }) => recording));
  const running = seen.filter(({ recording }) => recording === newest);
  const now = new Set(running.map(({ image: { declared } }) => formatImageReference(declared.spec)));
  const current = Math.max(...running.map(({ image }) => image.revision?.number ?? Number.NEGATIVE_INFINITY));
  const older = (declaredIn.get(slot) ?? []).filter((image) => {
    const number = image.revision?.number;
    return image.because === 'revision' && number !== undefined && number < current && !now.has(formatImageReference(image.declared));
  });
  return sortedBy(older, orderOf).at(-1);
}

function orderOf({ revision, at, declared }: DeclaredImage): string {
  return [String(revision?.number ?? 0).padStart(12, '0'), at, formatImageReference(declared)].join(' ');
}

/** Whether the row could be rolled back; a tag may name anything by then. */
export function rollbackOf(world: World, row: Row): Known<Rollback> {
  if (!(world.declaredIn.get(row.where) ?? []).some(({ because }) => because === 'revision')) return known(NONE, row.running);
  if (row.running.every(({ revision }) => revision?.number === undefined)) return unknown('revision-not-known');
  const target = rollbackTargetOf(world, row.where);
  if (!target) return known(NONE, row.running);
  const { declared, revision } = target;
  const repository = `${declared.registry}/${declared.repository}`;
  // What it runs on now it is rolled back on.
  const platform = row.running.find((image) => image.platform !== undefined)?.platform;
  const told = { repository, revision: `${revision?.number ?? ''}`, platform: platform ?? 'its platform' };
  if (!declared.digest) return known({ is: 'by-tag', digest: '', ...told }, [target]);
  const pulled = pulledOn(world, { image: declared, digest: declared.digest }, platform);
  if (!pulled.known) return pulled;
  const is = pulled.value.isMember ? 'member-gone' : pulled.value.is;
  return known({ is, digest: declared.digest, ...told }, [target, ...pulled.evidence]);
}
