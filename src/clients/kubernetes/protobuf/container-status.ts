import type { ContainerStatus } from '../objects.ts';
import { append, NONE } from './append.ts';
import { readInnerText } from './inner-text.ts';
import { readInstant } from './instant.ts';
import { readEnd, readFlag, readInteger, readTag, readText, skipField, type Wire } from './wire.ts';

type State = ContainerStatus['state'];
type Terminated = NonNullable<State['terminated']>;

// Fields of ContainerStatus, ContainerState and their parts, VolumeMountStatus, VolumeStatus and ImageVolumeStatus:
// k8s.io/api core/v1/generated.proto, v0.37.0-beta.0.
const STATUS = { name: 1, state: 2, lastState: 3, ready: 4, imageID: 7, volumeMounts: 12 } as const;
const STATE = { waiting: 1, running: 2, terminated: 3 } as const;
const WAITING_REASON = 1;
const RUNNING_STARTED = 1;
const TERMINATED = { exitCode: 1, startedAt: 5, finishedAt: 6 } as const;
const MOUNT = { name: 1, volumeStatus: 5 } as const;
const VOLUME_IMAGE = 1;
const IMAGE_REF = 1;

const NO_STATE: ContainerStatus['lastState'] = Object.freeze({});

/** What a node says of a container, as its JSON has it. */
export function readContainerStatus(wire: Wire, outerTag: number, outer: number): ContainerStatus {
  const end = readEnd(wire, outerTag, outer);
  const read: ContainerStatus = { name: '', imageID: '', ready: false, state: NO_STATE, lastState: NO_STATE, volumeMounts: NONE };
  while (wire.at < end) readField(wire, end, read);
  return read;
}

function readField(wire: Wire, end: number, read: ContainerStatus): void {
  const tag = readTag(wire, end);
  switch (tag >>> 3) {
    case STATUS.name:
      read.name = readText(wire, tag, end);
      return;
    case STATUS.state:
      read.state = readState(wire, tag, end);
      return;
    case STATUS.lastState:
      read.lastState = readLastState(wire, tag, end);
      return;
    case STATUS.ready:
      read.ready = readFlag(wire, tag, end);
      return;
    case STATUS.imageID:
      read.imageID = readText(wire, tag, end);
      return;
    case STATUS.volumeMounts:
      readMount(wire, tag, end, read);
      return;
    default:
      skipField(wire, tag, end);
  }
}

function readState(wire: Wire, outerTag: number, outer: number): State {
  const end = readEnd(wire, outerTag, outer);
  if (wire.at === end) return NO_STATE;
  const state: State = { waiting: undefined, running: undefined, terminated: undefined };
  while (wire.at < end) {
    const tag = readTag(wire, end);
    switch (tag >>> 3) {
      case STATE.waiting:
        state.waiting = { reason: readInnerText(wire, tag, end, WAITING_REASON) || undefined };
        break;
      case STATE.running:
        state.running = readRunning(wire, tag, end);
        break;
      case STATE.terminated:
        state.terminated = readTerminated(wire, tag, end);
        break;
      default:
        skipField(wire, tag, end);
    }
  }
  return state;
}

function readLastState(wire: Wire, tag: number, end: number): ContainerStatus['lastState'] {
  const { terminated } = readState(wire, tag, end);
  return terminated ? { terminated } : NO_STATE;
}

function readRunning(wire: Wire, outerTag: number, outer: number): NonNullable<State['running']> {
  const end = readEnd(wire, outerTag, outer);
  const running: NonNullable<State['running']> = { startedAt: undefined };
  while (wire.at < end) {
    const tag = readTag(wire, end);
    if (tag >>> 3 === RUNNING_STARTED) running.startedAt = readInstant(wire, tag, end);
    else skipField(wire, tag, end);
  }
  return running;
}

function readTerminated(wire: Wire, outerTag: number, outer: number): Terminated {
  const end = readEnd(wire, outerTag, outer);
  const read: Terminated = { exitCode: 0, startedAt: undefined, finishedAt: undefined };
  while (wire.at < end) {
    const tag = readTag(wire, end);
    switch (tag >>> 3) {
      case TERMINATED.exitCode:
        read.exitCode = readInteger(wire, tag, end);
        break;
      case TERMINATED.startedAt:
        read.startedAt = readInstant(wire, tag, end);
        break;
      case TERMINATED.finishedAt:
        read.finishedAt = readInstant(wire, tag, end);
        break;
      default:
        skipField(wire, tag, end);
    }
  }
  return read;
}

/** Most mounts are of no images: a name is only read where the node tells one. */
function readMount(wire: Wire, outerTag: number, outer: number, read: ContainerStatus): void {
  const start = wire.at;
  const end = readEnd(wire, outerTag, outer);
  let imageRef = '';
  while (wire.at < end) {
    const tag = readTag(wire, end);
    if (tag >>> 3 === MOUNT.volumeStatus) imageRef = readVolumeStatus(wire, tag, end);
    else skipField(wire, tag, end);
  }
  if (imageRef === '') return;
  wire.at = start;
  read.volumeMounts = append(read.volumeMounts, { name: readInnerText(wire, outerTag, outer, MOUNT.name), imageRef });
}

function readVolumeStatus(wire: Wire, outerTag: number, outer: number): string {
  const end = readEnd(wire, outerTag, outer);
  let imageRef = '';
  while (wire.at < end) {
    const tag = readTag(wire, end);
    if (tag >>> 3 === VOLUME_IMAGE) imageRef = readInnerText(wire, tag, end, IMAGE_REF);
    else skipField(wire, tag, end);
  }
  return imageRef;
}
