import { z } from 'zod';
import { Instant } from '../../domain/seen.ts';

// Kubernetes API: core/v1, apps/v1, batch/v1 and batch/v1beta1 (cronjobs until 1.25). Only what is used; a time nobody set is null.
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
    .object({ 'deployment.kubernetes.io/revision': z.string().optional(), 'rollout.argoproj.io/revision': z.string().optional() })
    .default({}),
});

const Container = z.object({
  name: z.string(),
  image: z.string().default(''),
  restartPolicy: z.string().optional(),
  readinessProbe: z.object({}).optional(),
  startupProbe: z.object({}).optional(),
});
export type Container = z.infer<typeof Container>;

const PodSpec = z.object({
  nodeName: z.string().optional(),
  containers: z.array(Container),
  initContainers: z.array(Container).default([]),
  ephemeralContainers: z.array(Container).default([]),
  volumes: z.array(z.object({ name: z.string(), image: z.object({ reference: z.string().default('') }).optional() })).default([]),
});
export type PodSpec = z.infer<typeof PodSpec>;

const Terminated = z.object({ exitCode: z.number(), startedAt: Time, finishedAt: Time });

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
  // Image volumes, ImageVolumeWithDigest (KEP-5365).
  volumeMounts: z
    .array(
      z.object({
        name: z.string(),
        volumeStatus: z.object({ image: z.object({ imageRef: z.string().optional() }).optional() }).optional(),
      }),
    )
    .default([]),
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

/** A namespace, by its name. */
export const Namespace = z.object({ metadata: z.object({ name: z.string() }) });
export type Namespace = z.infer<typeof Namespace>;

const Template = z.object({ metadata: z.object({ labels: Labels }).prefault({}), spec: PodSpec });

/** Whatever makes pods from a template and is not a CronJob. */
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
    })
    .prefault({}),
});
export type Controller = z.infer<typeof Controller>;

/** A CronJob, read as the controller of the pods its jobs will have. */
export const CronJob = z
  .object({ metadata: Metadata, spec: z.object({ jobTemplate: z.object({ spec: z.object({ template: Template }) }) }) })
  .transform(({ metadata, spec }) => Controller.parse({ metadata, spec: { template: spec.jobTemplate.spec.template } }));
