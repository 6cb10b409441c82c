import { z } from 'zod';
import { KINDS } from '../domain/observation.ts';
import { Instant } from '../domain/seen.ts';

export const SCHEMA = 'selfsame/recording/v1';
export const HEADER = 'recording.json';
export const CHECKSUMS = 'SHA256SUMS';
export const FOLDER = 'observations';
/** What to do where a recording is not what it was. */
export const COLLECT_AGAIN = 'Take the copy that was sealed, or collect again: a recording that was changed proves nothing.';

/** The head of a recording: who took it, when, and every file it has. */
export const Header = z.object({
  schema: z.literal(SCHEMA),
  tool: z.object({ name: z.literal('selfsame'), version: z.string() }),
  takenAt: z.object({ from: Instant, to: Instant }),
  /** The places that the collection was narrowed to, where it was. */
  only: z.array(z.string()).optional(),
  /** The digest of the recording before it in the same folder, so that a missing night shows. */
  previous: z.string().optional(),
  files: z.array(z.object({ path: z.string(), kind: z.enum(KINDS), lines: z.int(), bytes: z.int(), sha256: z.string() })),
});
export type Header = z.infer<typeof Header>;
