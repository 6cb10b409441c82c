import { z } from 'zod';
import { Digest } from './digest.ts';

/** An instant, ISO 8601 in UTC. */
export const Instant = z.iso.datetime();

/** Where a fact was read, so that a reader can go and look; `bytes` is the digest of the raw response, where it was kept. */
export const Origin = z.object({ source: z.string(), locator: z.string(), bytes: Digest.optional() });
export type Origin = z.infer<typeof Origin>;

/** What every observation has: `at` is when it happened (builds, tests) or when it was seen (states). */
export const seen = { at: Instant, origin: Origin };
