import type { Container, PodSpec } from '../objects.ts';
import { pullPolicyIn } from '../pull-policy.ts';
import { append, NONE } from './append.ts';
import { readInnerText } from './inner-text.ts';
import type { Remembered } from './memory.ts';
import { readRun } from './run.ts';
import { readEnd, readTag, readText, skipField, type Wire } from './wire.ts';

type Image = PodSpec['volumes'][number]['image'];

// Fields of PodSpec, Container, EphemeralContainer, Volume, VolumeSource and ImageVolumeSource: k8s.io/api core/v1/generated.proto,
// v0.37.0-beta.0. EphemeralContainerCommon numbers its fields as Container does.
const SPEC = { volumes: 1, containers: 2, nodeName: 10, initContainers: 20, ephemeralContainers: 34 } as const;
const CONTAINER = {
  name: 1,
  image: 2,
  command: 3,
  args: 4,
  readinessProbe: 11,
  pullPolicy: 14,
  startupProbe: 22,
  restartPolicy: 24,
} as const;
const EPHEMERAL_COMMON = 1;
const VOLUME = { name: 1, source: 2 } as const;
const IMAGE_SOURCE = 30;
const IMAGE = { reference: 1, pullPolicy: 2 } as const;

// Only that there is one is asked.
const PROBE: NonNullable<Container['readinessProbe']> = Object.freeze({});

/** The spec of a pod, as its JSON has it. */
export function readPodSpec(wire: Wire, tag: number, outer: number): PodSpec {
  const end = readEnd(wire, tag, outer);
  const read: PodSpec = { nodeName: undefined, containers: NONE, initContainers: NONE, ephemeralContainers: NONE, volumes: NONE };
  while (wire.at < end) readField(wire, end, read);
  const { containers } = wire.memory;
  if (areSame(read.containers, containers.value)) read.containers = containers.value;
  else containers.value = read.containers;
  return read;
}

/** Pods of one owner differ in their bytes, by the names of their volumes, and not in what is read of their containers. */
function areSame(these: readonly Container[], those: readonly Container[]): boolean {
  if (these.length !== those.length) return false;
  for (let nth = 0; nth < these.length; nth++) if (!isSame(these[nth], those[nth])) return false;
  return true;
}

function isSame(a: Container | undefined, b: Container | undefined): boolean {
  return (
    a?.name === b?.name &&
    a?.image === b?.image &&
    a?.imagePullPolicy === b?.imagePullPolicy &&
    a?.restartPolicy === b?.restartPolicy &&
    areSameWords(a?.command, b?.command) &&
    areSameWords(a?.args, b?.args) &&
    a?.readinessProbe === b?.readinessProbe &&
    a?.startupProbe === b?.startupProbe
  );
}

function areSameWords(these: readonly string[] = NONE, those: readonly string[] = NONE): boolean {
  if (these === those) return true;
  if (these.length !== those.length) return false;
  for (let nth = 0; nth < these.length; nth++) if (these[nth] !== those[nth]) return false;
  return true;
}

function readField(wire: Wire, end: number, read: PodSpec): void {
  const tag = readTag(wire, end);
  switch (tag >>> 3) {
    case SPEC.volumes:
      readVolume(wire, tag, end, read);
      return;
    case SPEC.containers:
      read.containers = append(read.containers, readContainer(wire, tag, end));
      return;
    case SPEC.nodeName:
      // JSON leaves an empty one out.
      read.nodeName = readText(wire, tag, end) || undefined;
      return;
    case SPEC.initContainers:
      read.initContainers = append(read.initContainers, readContainer(wire, tag, end));
      return;
    case SPEC.ephemeralContainers:
      read.ephemeralContainers = append(read.ephemeralContainers, readEphemeral(wire, tag, end));
      return;
    default:
      skipField(wire, tag, end);
  }
}

function readContainer(wire: Wire, outerTag: number, outer: number): Container {
  const end = readEnd(wire, outerTag, outer);
  const read = emptyContainer();
  while (wire.at < end) {
    const tag = readTag(wire, end);
    switch (tag >>> 3) {
      case CONTAINER.name:
        read.name = readText(wire, tag, end);
        break;
      case CONTAINER.image:
        read.image = readText(wire, tag, end);
        break;
      case CONTAINER.command:
        read.command = joined(read.command, readWords(wire, tag, end, wire.memory.command));
        break;
      case CONTAINER.args:
        read.args = joined(read.args, readWords(wire, tag, end, wire.memory.args));
        break;
      case CONTAINER.readinessProbe:
        wire.at = readEnd(wire, tag, end);
        read.readinessProbe = PROBE;
        break;
      case CONTAINER.pullPolicy:
        read.imagePullPolicy = pullPolicyIn(readText(wire, tag, end));
        break;
      case CONTAINER.startupProbe:
        wire.at = readEnd(wire, tag, end);
        read.startupProbe = PROBE;
        break;
      case CONTAINER.restartPolicy:
        read.restartPolicy = readText(wire, tag, end);
        break;
      default:
        skipField(wire, tag, end);
    }
  }
  return read;
}

function readWords(wire: Wire, tag: number, end: number, seen: Remembered<string[]>): string[] {
  return readRun(wire, tag, end, { seen, begin: () => [], take: (words, its) => void words.push(readText(wire, its, end)) });
}

/** An API server writes them side by side, and then the first are none. */
function joined(words: string[], more: string[]): string[] {
  return words === NONE ? more : [...words, ...more];
}

function emptyContainer(): Container {
  return {
    name: '',
    image: '',
    imagePullPolicy: undefined,
    command: NONE,
    args: NONE,
    restartPolicy: undefined,
    readinessProbe: undefined,
    startupProbe: undefined,
  };
}

function readEphemeral(wire: Wire, outerTag: number, outer: number): Container {
  const end = readEnd(wire, outerTag, outer);
  let read = emptyContainer();
  while (wire.at < end) {
    const tag = readTag(wire, end);
    if (tag >>> 3 === EPHEMERAL_COMMON) read = readContainer(wire, tag, end);
    else skipField(wire, tag, end);
  }
  return read;
}

/** Most volumes are no images, and their names are many: one is only read where there is an image. */
function readVolume(wire: Wire, outerTag: number, outer: number, read: PodSpec): void {
  const start = wire.at;
  const end = readEnd(wire, outerTag, outer);
  let image: Image | undefined;
  while (wire.at < end) {
    const tag = readTag(wire, end);
    if (tag >>> 3 === VOLUME.source) image = readImageSource(wire, tag, end);
    else skipField(wire, tag, end);
  }
  if (!image) return;
  wire.at = start;
  read.volumes = append(read.volumes, { name: readInnerText(wire, outerTag, outer, VOLUME.name), image });
}

function readImageSource(wire: Wire, outerTag: number, outer: number): Image | undefined {
  const end = readEnd(wire, outerTag, outer);
  let image: Image | undefined;
  while (wire.at < end) {
    const tag = readTag(wire, end);
    if (tag >>> 3 === IMAGE_SOURCE) image = readImage(wire, tag, end);
    else skipField(wire, tag, end);
  }
  return image;
}

function readImage(wire: Wire, outerTag: number, outer: number): Image {
  const end = readEnd(wire, outerTag, outer);
  const image: Image = { reference: '', pullPolicy: undefined };
  while (wire.at < end) {
    const tag = readTag(wire, end);
    if (tag >>> 3 === IMAGE.reference) image.reference = readText(wire, tag, end);
    else if (tag >>> 3 === IMAGE.pullPolicy) image.pullPolicy = pullPolicyIn(readText(wire, tag, end));
    else skipField(wire, tag, end);
  }
  return image;
}
