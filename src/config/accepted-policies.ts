import { z } from 'zod';
import { byText } from '../domain/order.ts';
import type { Plan } from '../domain/plan.ts';
import type { SourceEntry } from './schema.ts';

/** The policies that some source accepts verifications of: a gate of that name is met by nothing else, wherever it was read. */
export function acceptedPolicies(sources: readonly SourceEntry[]): Pick<Plan, 'policies'> {
  const named = new Set(sources.flatMap((source) => Accepting.parse(source).trust.accept.flatMap(({ policies }) => policies)));
  return named.size > 0 ? { policies: [...named].toSorted(byText) } : {};
}

// What is wrong with it is told by the schema of the source; one mistake hides none of the other policies.
const Policies = z
  .looseObject({ policies: z.array(z.string().catch('')) })
  .transform(({ policies }) => ({ policies: policies.filter((name) => name !== '') }))
  .catch({ policies: [] });
const Accepting = z.looseObject({
  trust: z.looseObject({ accept: z.array(Policies).catch([]) }).catch({ accept: [] }),
});
