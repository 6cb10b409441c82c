import type { Observation } from '../domain/observation.ts';
import { byText } from '../domain/order.ts';
import type { Plan } from '../domain/plan.ts';

type Told = Readonly<{ recordings: readonly Readonly<{ observations: readonly Observation[] }>[]; plan: Plan }>;

/** The configured gates that no record names, where records name others: a name may be misspelt. */
export type UnheardGates = Readonly<{ configured: readonly string[]; recorded: readonly string[] }>;

/** Compares the gates of a world's plan with those that its records name. */
export function unheardGatesOf({ recordings, plan }: Told): UnheardGates | undefined {
  const recorded = new Set(
    recordings.flatMap(({ observations }) => observations.flatMap((seen) => (seen.kind === 'test' ? seen.gate : []))),
  );
  const configured = plan.gates.map(({ name }) => name).filter((name) => !recorded.has(name));
  return recorded.size === 0 || configured.length === 0 ? undefined : { configured, recorded: [...recorded].toSorted(byText) };
}
