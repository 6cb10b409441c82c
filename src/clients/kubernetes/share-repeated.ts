import type { Container, ContainerStatus, Pod } from './objects.ts';
import { NONE } from './protobuf/append.ts';

type Metadata = Pod['metadata'];

// As many texts are remembered at most; then they are forgotten together.
const MOST_TEXTS = 1 << 14;

/** Opens what gives pods what those before them had alike: the pods of an owner repeat one another, and all of them are kept. */
export function openSharing(): (pod: Pod) => Pod {
  const texts = new Map<string, string>();
  const share = (text: string) => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    if (texts.size >= MOST_TEXTS) texts.clear();
    texts.set(text, text);
    return text;
  };
  let last: Pod | undefined;
  return (pod) => {
    const { metadata, spec, status } = pod;
    metadata.namespace = share(metadata.namespace);
    if (spec.nodeName !== undefined) spec.nodeName = share(spec.nodeName);
    for (const one of status.containerStatuses) shareStatus(one, share);
    shareNothing(pod);
    if (last) shareParts(pod, last);
    last = pod;
    return pod;
  };
}

function shareStatus(one: ContainerStatus, share: (text: string) => string): void {
  one.name = share(one.name);
  one.imageID = share(one.imageID);
  if (one.volumeMounts.length === 0) one.volumeMounts = NONE;
}

/** Most pods have no container but those that run, and no image among their volumes. */
function shareNothing({ spec, status }: Pod): void {
  if (spec.volumes.length === 0) spec.volumes = NONE;
  if (spec.initContainers.length === 0) spec.initContainers = NONE;
  if (spec.ephemeralContainers.length === 0) spec.ephemeralContainers = NONE;
  if (status.initContainerStatuses.length === 0) status.initContainerStatuses = NONE;
  if (status.ephemeralContainerStatuses.length === 0) status.ephemeralContainerStatuses = NONE;
}

function shareParts({ metadata, spec }: Pod, last: Pod): void {
  if (areSameLabels(metadata.labels, last.metadata.labels)) metadata.labels = last.metadata.labels;
  if (areSame(metadata.ownerReferences, last.metadata.ownerReferences, isSameOwner))
    metadata.ownerReferences = last.metadata.ownerReferences;
  if (areSame(spec.containers, last.spec.containers, isSameContainer)) spec.containers = last.spec.containers;
}

/** In the same order, too, as everything that a server writes alike is. */
function areSameLabels(these: Metadata['labels'], those: Metadata['labels']): boolean {
  const keys = Object.keys(these);
  const others = Object.keys(those);
  return keys.length === others.length && keys.every((key, nth) => key === others[nth] && these[key] === those[key]);
}

function areSame<T>(these: readonly T[], those: readonly T[], isSame: (a: T, b: T) => boolean): boolean {
  return these.length === those.length && these.every((one, nth) => isSame(one, those[nth] ?? one));
}

function isSameOwner(a: Metadata['ownerReferences'][number], b: Metadata['ownerReferences'][number]): boolean {
  return a.uid === b.uid && a.kind === b.kind && a.name === b.name && a.controller === b.controller;
}

/** Of a probe only that there is one is asked. */
function isSameContainer(a: Container, b: Container): boolean {
  return (
    a.name === b.name &&
    a.image === b.image &&
    a.restartPolicy === b.restartPolicy &&
    areSame(a.command, b.command, Object.is) &&
    areSame(a.args, b.args, Object.is) &&
    (a.readinessProbe === undefined) === (b.readinessProbe === undefined) &&
    (a.startupProbe === undefined) === (b.startupProbe === undefined)
  );
}
