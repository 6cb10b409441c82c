import { z } from 'zod';
import { Cluster, OutsideNamespace } from './cluster.ts';
import { Attachments, ImageConfig, ImageIndex, ImageManifest, Presence, Tag } from './content.ts';
import { Digest, DigestRole } from './digest.ts';
import { ImageReference } from './image-reference.ts';
import { LifecyclePolicy } from './lifecycle.ts';
import { Protection } from './protection.ts';
import { PullPolicy } from './pull-policy.ts';
import { RegistryAccount } from './registry-account.ts';
import { Instant, seen } from './seen.ts';
import { Coverage, Expected, Gap } from './statement.ts';
import { Trust } from './trust.ts';
import { Dockerfile, WorkflowFile } from './workflow.ts';

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

const starts = z.object({ command: z.array(z.string()).default([]), args: z.array(z.string()).default([]) });

/** What one container of one workload runs, as one digest, with the number of its instances. */
export const RunningImage = z.object({
  ...seen,
  kind: z.literal('running-image'),
  ...slot,
  /** The workload's template and, after admission, the pod's spec. */
  declared: z.object({ template: ImageReference.optional(), spec: ImageReference }),
  /** What the pod's spec starts in place of the image's entrypoint and command, redacted at the source; left out where it was not read, and of what is no process. */
  starts: starts.optional(),
  pullPolicy: PullPolicy.optional(),
  /** `imageID` verbatim: a name of what runs, not the name it was pulled by. */
  reported: z.string(),
  digest: Digest.optional(),
  digestRole: DigestRole,
  /** `os/architecture[/variant]` of the node, with `:os.version` on Windows. */
  platform: z.string().optional(),
  runtime: z.string().optional(),
  /** `published` is what a channel of a registry names: whether it runs anywhere is not known. */
  phase: z.enum(['waiting', 'running', 'completed', 'failed', 'published']),
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

/** What a workload declares without running it: an idle slot, an older revision, or a manifest that no cluster was asked about. */
export const DeclaredImage = z.object({
  ...seen,
  kind: z.literal('declared-image'),
  ...slot,
  because: z.enum(['idle', 'revision', 'manifest']),
  declared: ImageReference,
  /** Of manifests alone: what they start in place of what the image says, redacted at the source. */
  starts: starts.optional(),
  revision: Revision.optional(),
});
export type DeclaredImage = z.infer<typeof DeclaredImage>;

/** Who signed a record, as it was verified while collecting: against which root, and by what. */
export const Signature = z.object({
  by: z.string(),
  issuer: z.string().optional(),
  /** When a log or a timestamp authority had seen it. */
  at: Instant.optional(),
  root: Digest.optional(),
  verifier: z.string(),
  runner: z.string().optional(),
  trigger: z.string().optional(),
});
export type Signature = z.infer<typeof Signature>;

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
  /** When whoever keeps the record deletes it, where that is known. */
  expiresAt: Instant.optional(),
  base: z.array(z.object({ image: ImageReference, digest: Digest.optional() })).default([]),
  builder: z.string().optional(),
  /** Build argument names with their values, redacted at the source. */
  arguments: z.record(z.string(), z.string()).default({}),
  trust: Trust,
  signature: Signature.optional(),
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
  /** Of a verification, who says that the policy its gate is named for was met; of a test, left out. */
  verifier: z.string().optional(),
  startedAt: Instant.optional(),
  trust: Trust,
  signature: Signature.optional(),
});
export type TestRecord = z.infer<typeof TestRecord>;

/** A run of which the attempt may not be known. */
export const AnyAttempt = Run.extend({ attempt: z.number().int().positive().optional() });
export type AnyAttempt = z.infer<typeof AnyAttempt>;

/** What was moved or let through: often only a commit. */
const Moved = z.object({ image: ImageReference.optional(), digest: Digest.optional(), commit: z.string().optional() });

/** A record that something was put, or let, into an environment of the CI system: that its job said so, not that it runs there. */
export const DeploymentRecord = z.object({
  ...seen,
  kind: z.literal('deployment'),
  /** As the CI system calls it. */
  environment: z.string(),
  repository: z.string().optional(),
  run: AnyAttempt.optional(),
  subject: Moved,
  /** Whether it ever succeeded; `at` is when it did. */
  result: z.enum(['succeeded', 'failed', 'pending']),
  by: z.string().optional(),
  trust: Trust,
});
export type DeploymentRecord = z.infer<typeof DeploymentRecord>;

/** A person's word that a digest, or what a run deploys, may go into an environment of the CI system; or that it may not. */
export const ApprovalRecord = z.object({
  ...seen,
  kind: z.literal('approval'),
  /** As the CI system calls it. */
  environment: z.string(),
  repository: z.string().optional(),
  run: AnyAttempt.optional(),
  subject: Moved,
  state: z.enum(['approved', 'rejected']),
  /** Left out where the account is gone. */
  by: z.string().optional(),
  /** Who set the run going, or asked for the approval. */
  requestedBy: z.array(z.string()).default([]),
  /** Where no more is known than that it was given between then and `at`. */
  notBefore: Instant.optional(),
  trust: Trust,
});
export type ApprovalRecord = z.infer<typeof ApprovalRecord>;

export const Observation = z.discriminatedUnion('kind', [
  RunningImage,
  DeclaredImage,
  BuildRecord,
  TestRecord,
  DeploymentRecord,
  ApprovalRecord,
  Protection,
  ImageIndex,
  ImageManifest,
  ImageConfig,
  Presence,
  Attachments,
  LifecyclePolicy,
  Tag,
  Cluster,
  OutsideNamespace,
  RegistryAccount,
  WorkflowFile,
  Dockerfile,
  Expected,
  Coverage,
  Gap,
]);
export type Observation = z.infer<typeof Observation>;
export type Kind = Observation['kind'];

/** Every kind a recording may hold, in the order its files are written. */
export const KINDS = Observation.options.map((option) => option.shape.kind.value) satisfies readonly Kind[];
