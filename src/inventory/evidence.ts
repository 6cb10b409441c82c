import { type Known, known, unknown } from '../domain/known.ts';
import type { RunningImage } from '../domain/observation.ts';
import { sortedBy } from '../domain/order.ts';
import { lineOf } from './image-class.ts';
import type { Pull } from './presence.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

/** What hangs on one digest in two repositories: the one it was rehearsed from, and the one it runs from. */
export type Evidence = Readonly<{
  digest: string;
  upstream: string;
  repository: string;
  before: readonly string[];
  now: readonly string[];
}>;

/** Compares the two where a promotion copied a digest, and only there: what hangs on another digest was never to be copied. */
export function evidenceOf(world: World, row: Row): Known<Evidence | 'one-repository' | 'not-promoted'> {
  const mine = row.running.flatMap(pullOf);
  if (mine.length === 0) return unknown(row.missing ?? 'no-digest');
  const theirs = row.counterparts.flatMap(({ key }) => (world.sightingsIn.get(key) ?? []).flatMap(({ image }) => pullOf(image)));
  const pairs = mine.flatMap((down) => theirs.filter(({ digest }) => digest === down.digest).map((up) => ({ up, down })));
  if (pairs.length === 0) return known('not-promoted', row.running);
  // A mirror is no copy: what hangs on an image is asked of its origin.
  const isMirror = ({ up, down }: (typeof pairs)[number]) =>
    nameOf(up) === nameOf(down) || lineOf(up.image, world.plan) === lineOf(down.image, world.plan);
  // What one environment of several pulls from the same repository was not copied for this one.
  const [copy] = pairs.some(isMirror) ? [] : sortedBy(pairs, ({ up, down }) => `${down.digest} ${nameOf(down)} ${nameOf(up)}`);
  if (!copy) return known('one-repository', row.running);
  const [before, now] = [world.presences.attachmentsOf(copy.up), world.presences.attachmentsOf(copy.down)];
  if (!before.known) return before;
  if (!now.known) return now;
  const told = { digest: copy.down.digest, upstream: nameOf(copy.up), repository: nameOf(copy.down) };
  return known({ ...told, before: before.value.types, now: now.value.types }, [before.value, now.value]);
}

function pullOf({ declared, digest }: RunningImage): Pull[] {
  const pulled = declared.spec.digest ?? digest;
  return pulled ? [{ image: declared.spec, digest: pulled }] : [];
}

function nameOf({ image: { registry, repository } }: Pull): string {
  return `${registry}/${repository}`;
}
