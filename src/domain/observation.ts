import { z } from 'zod';
import { Digest, DigestRole } from './digest.ts';
import { ImageReference } from './image-reference.ts';
import { Trust } from './trust.ts';

/** An instant, ISO 8601 in UTC. */
export const Instant = z.iso.datetime();

/** Where a fact was read, so that a reader can go and look; `bytes` is the digest of the raw response, where it was kept. */
export const Origin = z.object({ source: z.string(), locator: z.string(), bytes: Digest.optional() });
export type Origin = z.infer<typeof Origin>;

// `at` is when it happened (builds, tests) or when it was seen (states).
const seen = { at: Instant, origin: Origin };

/** One execution of a CI workflow. A re-run keeps the id and changes the attempt: the pair is its identity. */
export const Run = z.object({
  platform: z.string(),
  repository: z.string().optional(),
  workflow: z.string().optional(),
  job: z.string().optional(),
  id: z.string(),
  attempt: z.number().int().positive().default(1),
  url: z.url().optional(),
});
export type Run = z.infer<typeof Run>;

export const Workload = z.object({
  cluster: z.string(),
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string().optional(),
});
export type Workload = z.infer<typeof Workload>;

/** One generation of a workload's template: a ReplicaSet, a ControllerRevision. */
export const Revision = z.object({ name: z.string(), number: z.number().int().optional(), created: Instant.optional() });
export type Revision = z.infer<typeof Revision>;

const slot = {
  environment: z.string(),
  workload: Workload,
  container: z.string(),
  role: z.enum(['app', 'init', 'sidecar', 'ephemeral', 'volume']).default('app'),
  /** Only the keys that pairing names. */
  labels: z.record(z.string(), z.string()).default({}),
};

/** What one container of one workload runs, as one digest, with the number of its instances. */
export const RunningImage = z.object({
  ...seen,
  kind: z.literal('running-image'),
  ...slot,
  /** The workload's template and, after admission, the pod's spec. */
  declared: z.object({ template: ImageReference.optional(), spec: ImageReference }),
  /** `imageID` verbatim: a name of what runs, not the name it was pulled by. */
  reported: z.string(),
  digest: Digest.optional(),
  digestRole: DigestRole,
  /** `os/architecture[/variant]` of the node, with `:os.version` on Windows. */
  platform: z.string().optional(),
  runtime: z.string().optional(),
  phase: z.enum(['waiting', 'running', 'completed', 'failed']),
  /** False where readiness is declared and was not reached. */
  ready: z.boolean().default(true),
  since: Instant.optional(),
  instances: z.number().int().positive(),
  nodes: z.number().int().nonnegative().optional(),
  revision: Revision.optional(),
  /** Whether its workload is on the way from one revision to another, or was stopped on the way. */
  rollout: z.enum(['settled', 'rolling', 'paused']).default('settled'),
  /** When the last of its instances ended, where all did (Jobs, hooks). */
  finishedAt: Instant.optional(),
  /** In the pod's spec but not in the workload's template. */
  injected: z.boolean().default(false),
});
export type RunningImage = z.infer<typeof RunningImage>;

/** What a workload declares without running it: an idle slot, or an older revision. */
export const DeclaredImage = z.object({
  ...seen,
  kind: z.literal('declared-image'),
  ...slot,
  because: z.enum(['idle', 'revision']),
  declared: ImageReference,
  revision: Revision.optional(),
});
export type DeclaredImage = z.infer<typeof DeclaredImage>;

/** A record that a run produced digests from a commit on a base. */
export const BuildRecord = z.object({
  ...seen,
  kind: z.literal('build'),
  run: Run.optional(),
  source: z
    .object({ repository: z.string(), commit: z.string().optional(), tree: z.string().optional(), ref: z.string().optional() })
    .optional(),
  outputs: z.array(z.object({ image: ImageReference, digest: Digest, role: DigestRole, platform: z.string().optional() })).min(1),
  pushed: z.enum(['yes', 'no', 'unknown']).default('unknown'),
  pushedAt: Instant.optional(),
  base: z.array(z.object({ image: ImageReference, digest: Digest.optional() })).default([]),
  builder: z.string().optional(),
  /** Build argument names with their values, redacted at the source. */
  arguments: z.record(z.string(), z.string()).default({}),
  trust: Trust,
});
export type BuildRecord = z.infer<typeof BuildRecord>;

/** A gate's result on a subject: what the test says it tested, often only a tag or a commit. */
export const TestRecord = z.object({
  ...seen,
  kind: z.literal('test'),
  gate: z.string(),
  run: Run.optional(),
  subject: z.object({
    image: ImageReference.optional(),
    digest: Digest.optional(),
    commit: z.string().optional(),
    platform: z.string().optional(),
  }),
  result: z.enum(['passed', 'warned', 'failed']),
  startedAt: Instant.optional(),
  trust: Trust,
});
export type TestRecord = z.infer<typeof TestRecord>;

/** An image index as a registry holds it. */
export const ImageIndex = z.object({
  ...seen,
  kind: z.literal('index'),
  digest: Digest,
  image: ImageReference,
  members: z.array(z.object({ digest: Digest, platform: z.string().optional(), attests: Digest.optional() })),
  annotations: z.record(z.string(), z.string()).default({}),
  pushedAt: Instant.optional(),
});
export type ImageIndex = z.infer<typeof ImageIndex>;

/** An image manifest as a registry holds it. */
export const ImageManifest = z.object({
  ...seen,
  kind: z.literal('manifest'),
  digest: Digest,
  image: ImageReference,
  mediaType: z.string(),
  config: Digest,
  layers: z.array(z.object({ digest: Digest, size: z.number().int().nonnegative(), mediaType: z.string() })),
  annotations: z.record(z.string(), z.string()).default({}),
  pushedAt: Instant.optional(),
});
export type ImageManifest = z.infer<typeof ImageManifest>;

/** What the runtime reads of an image's config (OCI image-spec 1.1, config.md). */
export const RuntimeConfig = z.object({
  env: z.array(z.string()).default([]),
  entrypoint: z.array(z.string()).default([]),
  cmd: z.array(z.string()).default([]),
  user: z.string().default(''),
  workingDir: z.string().default(''),
  volumes: z.array(z.string()).default([]),
  stopSignal: z.string().default(''),
  shell: z.array(z.string()).default([]),
});
export type RuntimeConfig = z.infer<typeof RuntimeConfig>;

/** An image config: its digest is what Docker calls the image ID. */
export const ImageConfig = z.object({
  ...seen,
  kind: z.literal('config'),
  digest: Digest,
  platform: z.string(),
  created: Instant.optional(),
  /** Uncompressed layer digests, base first. Compressed ones change with every recompression. */
  diffIds: z.array(Digest),
  history: z.array(z.object({ createdBy: z.string().default(''), empty: z.boolean().default(false) })).default([]),
  runtime: RuntimeConfig,
  labels: z.record(z.string(), z.string()).default({}),
});
export type ImageConfig = z.infer<typeof ImageConfig>;

export const Tag = z.object({
  ...seen,
  kind: z.literal('tag'),
  image: ImageReference,
  digest: Digest,
  immutable: z.boolean().default(false),
  pushedAt: Instant.optional(),
});
export type Tag = z.infer<typeof Tag>;

/** A namespace of a cluster that was read, and that belongs to no environment: what runs there is counted, never judged. */
export const OutsideNamespace = z.object({
  ...seen,
  kind: z.literal('outside-namespace'),
  cluster: z.string(),
  namespace: z.string(),
  images: z.array(ImageReference),
});
export type OutsideNamespace = z.infer<typeof OutsideNamespace>;

/** The kinds a source can be complete about. */
export const Vouchable = z.enum(['running-image', 'build', 'test', 'content', 'tag']);
export type Vouchable = z.infer<typeof Vouchable>;

/** Where something was looked for. A field left out means all of it; compared by equality, times by containment. */
export const Scope = z.object({
  source: z.string(),
  environment: z.string().optional(),
  cluster: z.string().optional(),
  namespace: z.string().optional(),
  registry: z.string().optional(),
  repository: z.string().optional(),
  project: z.string().optional(),
  since: Instant.optional(),
  until: Instant.optional(),
});
export type Scope = z.infer<typeof Scope>;

/** What a configured source should answer for. */
export const Expected = z.object({ ...seen, kind: z.literal('expected'), of: Vouchable, scope: Scope });
export type Expected = z.infer<typeof Expected>;

/** A source vouches that it listed everything of one kind in one scope. Only then does silence mean "none". */
export const Coverage = z.object({ ...seen, kind: z.literal('coverage'), of: Vouchable, scope: Scope });
export type Coverage = z.infer<typeof Coverage>;

export const GapReason = z.enum([
  'forbidden',
  'unauthenticated',
  'not-found',
  'expired',
  'unreachable',
  'rate-limited',
  'malformed',
  'untrusted',
  'too-large',
  'incomplete',
  'unsupported',
  'not-configured',
  'not-asked',
  'internal',
]);
export type GapReason = z.infer<typeof GapReason>;

/** A source admits that it could not look, and what would help. */
export const Gap = z.object({
  ...seen,
  kind: z.literal('gap'),
  of: Vouchable,
  scope: Scope,
  because: GapReason,
  hint: z.string().optional(),
});
export type Gap = z.infer<typeof Gap>;

export const Observation = z.discriminatedUnion('kind', [
  RunningImage,
  DeclaredImage,
  BuildRecord,
  TestRecord,
  ImageIndex,
  ImageManifest,
  ImageConfig,
  Tag,
  OutsideNamespace,
  Expected,
  Coverage,
  Gap,
]);
export type Observation = z.infer<typeof Observation>;
export type Kind = Observation['kind'];

/** Every kind a recording may hold, in the order its files are written. */
export const KINDS = Observation.options.map((option) => option.shape.kind.value) satisfies readonly Kind[];
