import { z } from 'zod';

/** When a node asks a registry for an image that it is to run: with `IfNotPresent` and `Never` it runs what it has under that name. */
export const PullPolicy = z.enum(['Always', 'IfNotPresent', 'Never']);
export type PullPolicy = z.infer<typeof PullPolicy>;
