import { z } from 'zod';
import { Instant } from '../../domain/seen.ts';
import { NONE } from './protobuf/append.ts';
import { pullPolicyIn } from './pull-policy.ts';

// Kubernetes API: core/v1, apps/v1, batch/v1 and batch/v1beta1 (cronjobs until 1.25), argoproj.io/v1alpha1. Only what is used; a time
// nobody set is null.
const Time = Instant.nullish();
const Labels = z.record(z.string(), z.string()).default({});

const OwnerReference = z.object({ kind: z.string(), name: z.string(), uid: z.string(), controller: z.boolean().optional() });

const Metadata = z.object({
  name: z.string(),
  namespace: z.string(),
  uid: z.string(),
  labels: Labels,
  ownerReferences: z.array(OwnerReference).default([]),
  deletionTimestamp: Time,
  creationTimestamp: Time,
  generation: z.number().optional(),
  annotations: z
    .object({
      'deployment.kubernetes.io/revision': z.string().optional(),
      'rollout.argoproj.io/revision': z.string().optional(),
      'openshift.io/deployment-config.latest-version': z.string().optional(),
    })
    .default({}),
});

// Charts that are given no words leave null behind.
const Words = z
  .array(z.string())
  .nullish()
  .transform((words): string[] => words ?? NONE);

const Policy = z.string().optional().transform(pullPolicyIn);

const Container = z.object({
  name: z.string(),
  image: z.string().default(''),
  imagePullPolicy: Policy,
  command: Words,
  args: Words,
  restartPolicy: z.string().optional(),
  readinessProbe: z.object({}).optional(),
  startupProbe: z.object({}).optional(),
});
export type Container = z.infer<typeof Container>;

// A pod has a volume for its token at least; only those are kept that hold an image.
const ImageVolumes = z
  .array(z.object({ name: z.string(), image: z.object({ reference: z.string().default(''), pullPolicy: Policy }).optional() }))
  .default([])
  .transform((volumes) => volumes.flatMap(({ name, image }) => (image ? [{ name, image }] : [])));

/** What a pod is to run, of a pod or a template. */
export const PodSpec = z.object({
  nodeName: z.string().optional(),
  containers: z.array(Container),
  initContainers: z.array(Container).default([]),
  ephemeralContainers: z.array(Container).default([]),
  volumes: ImageVolumes,
});
export type PodSpec = z.infer<typeof PodSpec>;

const Terminated = z.object({ exitCode: z.number(), startedAt: Time, finishedAt: Time });

// Image volumes, ImageVolumeWithDigest (KEP-5365): of the mounts those are kept that say what image they are of.
const ImageMounts = z
  .array(
    z.object({
      name: z.string(),
      volumeStatus: z.object({ image: z.object({ imageRef: z.string().optional() }).optional() }).optional(),
    }),
  )
  .default([])
  .transform((mounts) =>
    mounts.flatMap(({ name, volumeStatus }) => (volumeStatus?.image?.imageRef ? [{ name, imageRef: volumeStatus.image.imageRef }] : [])),
  );

const ContainerStatus = z.object({
  name: z.string(),
  imageID: z.string(),
  ready: z.boolean().default(false),
  state: z
    .object({
      waiting: z.object({ reason: z.string().optional() }).optional(),
      running: z.object({ startedAt: Time }).optional(),
      terminated: Terminated.optional(),
    })
    .default({}),
  lastState: z.object({ terminated: Terminated.optional() }).default({}),
  volumeMounts: ImageMounts,
});
export type ContainerStatus = z.infer<typeof ContainerStatus>;

/** A pod: what it was asked to run, and what its node says of it. */
export const Pod = z.object({
  metadata: Metadata,
  spec: PodSpec,
  status: z
    .object({
      phase: z.string().optional(),
      observedGeneration: z.number().optional(),
      containerStatuses: z.array(ContainerStatus).default([]),
      initContainerStatuses: z.array(ContainerStatus).default([]),
      ephemeralContainerStatuses: z.array(ContainerStatus).default([]),
    })
    .prefault({}),
});
export type Pod = z.infer<typeof Pod>;

/** A node: what it can run, and by which runtime. */
export const Node = z.object({
  metadata: z.object({ name: z.string() }),
  status: z.object({
    nodeInfo: z.object({
      operatingSystem: z.string(),
      architecture: z.string(),
      kernelVersion: z.string(),
      containerRuntimeVersion: z.string(),
    }),
  }),
});
export type Node = z.infer<typeof Node>;

/** A namespace: what environments are told by. */
export const Namespace = z.object({ metadata: z.object({ name: z.string(), uid: z.string().optional(), labels: Labels }) });
export type Namespace = z.infer<typeof Namespace>;

const Template = z.object({ metadata: z.object({ labels: Labels }).prefault({}), spec: PodSpec });
const NO_TEMPLATE = { spec: { containers: [] } };

/** Whatever makes pods from a template and is neither a CronJob nor a Rollout. */
export const Controller = z.object({
  metadata: Metadata,
  spec: z.object({
    template: Template,
    replicas: z.number().optional(),
    paused: z.boolean().default(false),
    updateStrategy: z
      .object({ type: z.string().optional(), rollingUpdate: z.object({ partition: z.number().optional() }).nullish() })
      .optional(),
  }),
  status: z
    .object({
      observedGeneration: z.number().optional(),
      replicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      currentNumberScheduled: z.number().default(0),
      updatedNumberScheduled: z.number().default(0),
      updateRevision: z.string().optional(),
      /** Where its controller says that the rollout stands, of those that say it themselves. */
      rollout: z.enum(['settled', 'rolling', 'paused']).optional(),
    })
    .prefault({}),
});
export type Controller = z.infer<typeof Controller>;

/** A controller with the kind it was listed as. */
export type Owner = Readonly<{ kind: string }> & Controller;

/** A CronJob, read as the controller of the pods its jobs will have. */
export const CronJob = z
  .object({ metadata: Metadata, spec: z.object({ jobTemplate: z.object({ spec: z.object({ template: Template }) }) }) })
  .transform(({ metadata, spec }) => Controller.parse({ metadata, spec: { template: spec.jobTemplate.spec.template } }));

/** A ReplicationController; only an old one may be without a template. */
export const ReplicationController = z
  .object({ metadata: Metadata, spec: z.object({ template: Template.nullish(), replicas: z.number().optional() }) })
  .transform(({ metadata, spec }) => Controller.parse({ metadata, spec: { ...spec, template: spec.template ?? NO_TEMPLATE } }));

/** What became of a template of a StatefulSet or DaemonSet: `data` is the part of its owner that this revision restores. */
const Restored = z.object({ spec: z.object({ template: Template }) });

/** A revision of a StatefulSet or DaemonSet; of whatever else keeps revisions so, the template is not known. */
export const ControllerRevision = z
  .object({ metadata: Metadata, revision: z.number(), data: z.unknown().optional() })
  .transform(({ metadata, revision, data }, context) => {
    const owner = metadata.ownerReferences.find(({ controller }) => controller)?.kind ?? '';
    if (owner !== 'StatefulSet' && owner !== 'DaemonSet') return { metadata, revision, template: undefined };
    const restored = Restored.safeParse(data);
    if (restored.success) return { metadata, revision, template: restored.data.spec.template };
    context.addIssue({ code: 'custom', path: ['data'], message: 'is no template' });
    return z.NEVER;
  });
export type ControllerRevision = z.infer<typeof ControllerRevision>;

// Argo Rollouts, pkg/apis/rollouts/v1alpha1/types.go, v1.8: observedGeneration is text; a template may stand in another workload.
const RolloutStatus = z
  .object({
    phase: z.string().optional(),
    abort: z.boolean().default(false),
    pauseConditions: z.array(z.unknown()).nullish(),
    currentPodHash: z.string().optional(),
    stableRS: z.string().optional(),
  })
  .prefault({});

/** An Argo Rollout, read as a controller that says itself where it stands. */
export const Rollout = z
  .object({
    metadata: Metadata,
    spec: z.object({ template: Template.optional(), replicas: z.number().optional(), paused: z.boolean().default(false) }),
    status: RolloutStatus,
  })
  .transform(({ metadata, spec, status }) =>
    Controller.parse({
      metadata,
      spec: { ...spec, template: spec.template ?? NO_TEMPLATE },
      status: { rollout: rolloutStateOf(spec.paused, status) },
    }),
  );

function rolloutStateOf(isPaused: boolean, status: z.infer<typeof RolloutStatus>): 'settled' | 'rolling' | 'paused' {
  const { phase, abort, pauseConditions, currentPodHash, stableRS } = status;
  const isOnItsWay = phase === 'Progressing' || phase === 'Paused' || (currentPodHash ?? stableRS) !== stableRS;
  if (!isOnItsWay) return 'settled';
  return isPaused || abort || phase === 'Paused' || (pauseConditions ?? []).length > 0 ? 'paused' : 'rolling';
}

/** What an API server says of itself at `/version`. */
export const ServerVersion = z.object({ gitVersion: z.string() });
