import { formatImageReference, type ImageReference } from '../domain/image-reference.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { Row } from './row.ts';
import { reasonOfSilence } from './tag-now.ts';
import type { World } from './world.ts';

/** Whether what a row is declared by can name something else tomorrow, as its registry tells. */
export type Mobility = Readonly<{ is: 'pinned' | 'immutable' | 'movable'; declared: string; repository: string }>;

/** Of several references of one row the one that can move stands for all. */
export function mobilityOf(world: World, row: Row): Known<Mobility> {
  const all = row.running.map(({ declared }) => mobilityBy(world, declared.spec));
  const of = (is: Mobility['is']) => all.find((one) => one.known && one.value.is === is);
  return of('movable') ?? all.find((one) => !one.known) ?? of('immutable') ?? all[0] ?? unknown('no-digest');
}

function mobilityBy(world: World, spec: ImageReference): Known<Mobility> {
  const told = { declared: formatImageReference(spec), repository: `${spec.registry}/${spec.repository}` };
  if (spec.digest) return known({ is: 'pinned', ...told });
  // A reference without a tag is pulled as `latest`.
  const tag = world.tags.get(formatImageReference({ ...spec, tag: spec.tag ?? 'latest' }));
  if (!tag) return unknown(reasonOfSilence(world, spec.registry, spec.repository));
  if (tag.immutable === undefined) return unknown('registry-does-not-tell');
  return known({ is: tag.immutable ? 'immutable' : 'movable', ...told }, [tag]);
}
