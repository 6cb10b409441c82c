import { listedNow } from './history.ts';
import type { Slot } from './pairing.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

/** The counterparts of a row that nothing unseen could stand in place of: where upstream could not be listed, only those found by name. */
export function sureCounterparts(
  world: World,
  { where, environment, counterparts }: Pick<Row, 'where' | 'environment' | 'counterparts'>,
): readonly Slot[] {
  const slot = world.slots.get(where);
  if (!slot || listedNow(world, { environment })) return counterparts;
  return counterparts.filter((counterpart) => world.pairing.isByName(slot, counterpart));
}
