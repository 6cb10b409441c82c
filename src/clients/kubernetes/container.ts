import type { Digest, DigestRole } from '../../domain/digest.ts';
import type { RunningImage } from '../../domain/observation.ts';
import type { PullPolicy } from '../../domain/pull-policy.ts';
import { digestIn } from './image-id.ts';
import type { Container, ContainerStatus, Pod, PodSpec } from './objects.ts';

/** One container of a template or a pod, with the image it is to run; an image volume counts as one. */
export type Declared = Readonly<{
  container: string;
  role: RunningImage['role'];
  image: string;
  pullPolicy?: PullPolicy | undefined;
  starts?: Starts;
}>;

// Whatever its offset: most instants need not be read to be known as real.
const SURELY_REAL = '1971';

/** What is started in place of what the image says, as it is written: it may hold credentials. */
type Starts = Pick<Container, 'command' | 'args'>;

/** One container of one pod: what it was to run, and what its node reports. */
export type Sighting = Declared &
  Readonly<{
    reported: string;
    phase: RunningImage['phase'];
    ready: boolean;
    since: string | undefined;
    finishedAt: string | undefined;
  }>;

/** The same, with the digest in what its node reports. */
export type Instance = Sighting & Readonly<{ digest: Digest | undefined; digestRole: DigestRole }>;

/** Every container that a template or a pod's spec declares, with its role. */
export function declaredIn({ initContainers, containers, ephemeralContainers, volumes }: PodSpec): readonly Declared[] {
  return [
    // KEP-753: an init container that is restarted always is a sidecar.
    ...initContainers.map((one) => started(one, one.restartPolicy === 'Always' ? 'sidecar' : 'init')),
    ...containers.map((one) => started(one, 'app')),
    ...ephemeralContainers.map((one) => started(one, 'ephemeral')),
    ...volumes.map(({ name, image: { reference, pullPolicy } }) => {
      return { container: name, role: 'volume' as const, image: reference, pullPolicy };
    }),
  ];
}

function started({ name, image, imagePullPolicy, command, args }: Container, role: Declared['role']): Declared {
  return { container: name, role, image, pullPolicy: imagePullPolicy, starts: { command, args } };
}

/** Every container of a pod with what became of it. */
export function sightingsIn(pod: Pod): readonly Sighting[] {
  return declaredIn(pod.spec).map((declared) => (declared.role === 'volume' ? volumeIn(pod, declared) : containerIn(pod, declared)));
}

/** What a container runs; of one that waits its node reports nothing that is to run. */
export function instanceOf(sighting: Sighting): Instance {
  const { phase, reported } = sighting;
  return phase === 'waiting' ? { ...sighting, digest: undefined, digestRole: 'unknown' } : { ...sighting, ...digestIn(reported) };
}

function containerIn(pod: Pod, declared: Declared): Sighting {
  const status = statusOf(pod, declared);
  const phase = phaseOf(pod, status);
  const { running, terminated } = status?.state ?? {};
  const ended = terminated ?? status?.lastState.terminated;
  const started = running ?? (phase === 'waiting' ? undefined : ended);
  return {
    ...declared,
    reported: status?.imageID ?? '',
    phase,
    ready: isReady(pod, declared, status),
    since: isReal(started?.startedAt) ? started.startedAt : undefined,
    finishedAt: isOver(pod) && isReal(terminated?.finishedAt) ? terminated.finishedAt : undefined,
  };
}

/** An image volume has no state of its own, and a reported image only from Kubernetes 1.35 on (KEP-5365). */
function volumeIn(pod: Pod, declared: Declared): Sighting {
  const mounts = [...pod.status.initContainerStatuses, ...pod.status.containerStatuses].flatMap(({ volumeMounts }) => volumeMounts);
  const { imageRef = '' } = mounts.find(({ name }) => name === declared.container) ?? {};
  const phase = ({ Running: 'running', Succeeded: 'completed', Failed: 'failed' } as const)[pod.status.phase ?? ''] ?? 'waiting';
  return { ...declared, reported: imageRef, phase, ready: true, since: undefined, finishedAt: undefined };
}

function statusOf({ status }: Pod, { container, role }: Declared): ContainerStatus | undefined {
  const statuses = {
    app: status.containerStatuses,
    init: status.initContainerStatuses,
    sidecar: status.initContainerStatuses,
    ephemeral: status.ephemeralContainerStatuses,
    volume: [],
  }[role];
  return statuses.find(({ name }) => name === container);
}

/**
 * A waiting container's status describes the one before it (kubelet, kubelet_pods.go). Between crashes that is what was started last of
 * this very spec; while another image is fetched it is not what is to run.
 */
function phaseOf({ metadata, status: { observedGeneration } }: Pod, status: ContainerStatus | undefined): Instance['phase'] {
  const { waiting, running, terminated } = status?.state ?? {};
  if (running) return 'running';
  if (terminated) return terminated.exitCode === 0 ? 'completed' : 'failed';
  const isCurrent = observedGeneration === undefined || metadata.generation === undefined || observedGeneration >= metadata.generation;
  const hasCrashed = waiting?.reason === 'CrashLoopBackOff' && status?.lastState.terminated !== undefined;
  return hasCrashed && isCurrent ? 'failed' : 'waiting';
}

/** Readiness is asked only of what lives: what has ended is judged by its exit code. */
function isReady({ spec }: Pod, { container }: Declared, status: ContainerStatus | undefined): boolean {
  const all: readonly Container[] = [...spec.initContainers, ...spec.containers];
  const declared = all.find(({ name }) => name === container);
  const isDeclared = declared?.readinessProbe !== undefined || declared?.startupProbe !== undefined;
  return !isDeclared || status?.state.terminated !== undefined || status?.ready === true;
}

/** Whether a pod has ended, and starts nothing any more. */
export function isOver({ status }: Pod): boolean {
  return status.phase === 'Succeeded' || status.phase === 'Failed';
}

/** A container that could not be started is reported as started in 1970. */
function isReal(time: string | null | undefined): time is string {
  return typeof time === 'string' && (time >= SURELY_REAL || Date.parse(time) > 0);
}
