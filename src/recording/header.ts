import { z } from 'zod';
import { Instant, KINDS } from '../domain/observation.ts';

export const SCHEMA = 'selfsame/recording/v1';
export const HEADER = 'recording.json';
export const CHECKSUMS = 'SHA256SUMS';
export const FOLDER = 'observations';

/** The head of a recording: who took it, when, and every file it has. */
export const Header = z.object({
  schema: z.literal(SCHEMA),
  tool: z.object({ name: z.literal('selfsame'), version: z.string() }),
  takenAt: z.object({ from: Instant, to: Instant }),
  files: z.array(z.object({ path: z.string(), kind: z.enum(KINDS), lines: z.int(), bytes: z.int(), sha256: z.string() })),
});
export type Header = z.infer<typeof Header>;
