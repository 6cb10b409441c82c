import { z } from 'zod';
import { Plan } from '../domain/plan.ts';

/** `selfsame.yaml`: the plan, with a rank written as one environment or a list of siblings. */
export const Config = Plan.extend({
  version: z.literal('1'),
  promotion: z
    .array(
      z.union([
        z
          .string()
          .min(1)
          .transform((environment) => [environment]),
        z.array(z.string().min(1)).min(1),
      ]),
    )
    .min(2, 'needs at least two ranks, upstream first: [staging, production]'),
});
