import { z } from 'zod';
import { Digest } from './digest.ts';
import { parseImageReference } from './image-reference.ts';

/** What every neutral record names as its format. */
export const RECORD_SCHEMA = 'selfsame/record/v1';

const text = z.string().min(1);
const hash = z
  .string()
  .regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'is not a whole hash: write all 40 or 64 hexadecimal digits, in lower case');
// A time without its zone is another time on every machine: it is refused, never guessed.
const instant = z.iso.datetime({ offset: true, error: 'is not an instant: write 2026-03-02T09:00:00Z, with its zone' });
const image = text.transform((written, context) => {
  const reference = parseImageReference(written);
  if (!reference || reference.digest) context.addIssue('is not an image: write registry/repository[:tag], its digest under "digest"');
  return reference ?? z.NEVER;
});

const Run = z.object({
  platform: text.describe('The CI system: github-actions, gitlab-ci, jenkins, …'),
  id: text.describe('The run. A re-run keeps it and raises the attempt.'),
  attempt: z.int().positive().optional().describe('1 where it is left out.'),
  url: z
    .url({ protocol: /^https?$/, error: 'is not an http address' })
    .optional()
    .describe('Where a person sees the run.'),
  repository: text.optional(),
  workflow: z.string().optional(),
  job: z.string().optional(),
});

const shared = {
  schema: z.literal(RECORD_SCHEMA),
  digest: Digest.describe('What the registry answered when the image was pushed: of the index, where there is one.'),
  at: instant.describe('When it happened, with its zone.'),
  commit: hash.optional().describe('The commit that the image was built from.'),
  repository: text.optional().describe('The repository of the commit, acme/payments or its URL; that of the run where it is left out.'),
  ref: z.string().optional(),
  run: Run.optional(),
};

/** A line that records a build that was pushed. */
export const BuildLine = z.object({
  ...shared,
  kind: z.literal('build'),
  image: image.describe('What was pushed: registry/repository[:tag].'),
  platforms: z.record(text, Digest).optional().describe('The members of an index: os/architecture[/variant] to digest.'),
  tree: hash.optional().describe('The git tree of the build context.'),
  base: z
    .array(z.object({ image, digest: Digest.optional() }))
    .optional()
    .describe('The images it was built on.'),
  builder: z.string().optional(),
  arguments: z
    .record(z.string(), z.string())
    .optional()
    .describe('Build arguments. Values that look like a credential are redacted while reading.'),
});
export type BuildLine = z.infer<typeof BuildLine>;

/** A line that records the result of a check on a digest. */
export const TestLine = z.object({
  ...shared,
  kind: z.literal('test'),
  gate: text.describe('The name of the check, as the configuration calls it.'),
  result: z.enum(['passed', 'warned', 'failed']),
  image: image.optional(),
  startedAt: instant.optional().describe('When the check started: one that started before the push cannot have had the image.'),
  environment: z.string().optional(),
});
export type TestLine = z.infer<typeof TestLine>;

/** A line that records that a digest was let into an environment, or put there. */
export const MoveLine = z.object({
  ...shared,
  kind: z.enum(['promote', 'deploy']),
  image: image.optional(),
  environment: z.string().optional().describe('Where it was deployed.'),
  from: z.string().optional().describe('Where it was promoted from.'),
  to: z.string().optional().describe('Where it was promoted to.'),
  by: text.optional().describe('Who did it.'),
});
export type MoveLine = z.infer<typeof MoveLine>;

/** A line that records a person's word on a digest. */
export const ApproveLine = z.object({
  ...shared,
  kind: z.literal('approve'),
  image: image.optional(),
  environment: text.describe('Where it may go.'),
  by: text.describe('Who approved it, or rejected it.'),
  state: z.enum(['approved', 'rejected']).optional().describe('approved where it is left out.'),
  requestedBy: text.optional().describe('Who asked for it: an approval of one’s own counts for nothing.'),
});
export type ApproveLine = z.infer<typeof ApproveLine>;

/** One line of a neutral record file: a build, a test, an approval, a promotion or a deployment of one digest. Unknown keys are ignored. */
export const NeutralRecord = z.discriminatedUnion('kind', [BuildLine, TestLine, MoveLine, ApproveLine]);
export type NeutralRecord = z.infer<typeof NeutralRecord>;

/** An instant of any zone in UTC, to the second: the precision that clusters and CI systems share, so that texts compare as times. */
export function inUtc(instant: string): string {
  const utc = instant.endsWith('Z') ? instant : new Date(instant).toISOString();
  return `${utc.slice(0, 19)}Z`;
}

/** The published JSON Schema of one line. */
export function recordJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(NeutralRecord, { io: 'input' });
  const description =
    'One line of a JSON Lines file: a build, a test, an approval, a promotion or a deployment of one digest. Unknown keys are ignored.';
  return { $schema, title: RECORD_SCHEMA, description, ...schema };
}
