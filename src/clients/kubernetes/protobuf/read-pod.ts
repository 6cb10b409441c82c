import type { Pod } from '../objects.ts';
import { append, NONE } from './append.ts';
import { readContainerStatus } from './container-status.ts';
import { readMetadata } from './metadata.ts';
import { readPodSpec } from './pod-spec.ts';
import { readEnd, readInteger, readTag, readText, skipField, type Wire } from './wire.ts';

type Status = Pod['status'];

// Fields of Pod and PodStatus: k8s.io/api core/v1/generated.proto, v0.37.0-beta.0.
const POD = { metadata: 1, spec: 2, status: 3 } as const;
const STATUS = { phase: 1, statuses: 8, initStatuses: 10, ephemeralStatuses: 13, observedGeneration: 17 } as const;

/** A pod as far as it was written. */
export type Draft = { metadata: Pod['metadata'] | undefined; spec: Pod['spec'] | undefined; status: Status };

/** A pod of which nothing has been read yet. */
export function draftPod(): Draft {
  return { metadata: undefined, spec: undefined, status: emptyStatus() };
}

/** Reads a pod from its protobuf: exactly the fields that the schema `Pod` takes from its JSON; what nobody asks for is stepped over. */
export function readPod(wire: Wire, end: number, draft: Draft): void {
  while (wire.at < end) {
    const tag = readTag(wire, end);
    switch (tag >>> 3) {
      case POD.metadata:
        draft.metadata = readMetadata(wire, tag, end);
        break;
      case POD.spec:
        draft.spec = readPodSpec(wire, tag, end);
        break;
      case POD.status:
        draft.status = readStatus(wire, tag, end);
        break;
      default:
        skipField(wire, tag, end);
    }
  }
}

/** Whether a pod has what the schema `Pod` demands; JSON leaves an empty text out, so here it counts as none. */
export function isWhole(draft: Draft): draft is Pod {
  const { metadata, spec } = draft;
  return spec !== undefined && metadata !== undefined && metadata.name !== '' && metadata.namespace !== '' && metadata.uid !== '';
}

function emptyStatus(): Status {
  return {
    phase: undefined,
    observedGeneration: undefined,
    containerStatuses: NONE,
    initContainerStatuses: NONE,
    ephemeralContainerStatuses: NONE,
  };
}

function readStatus(wire: Wire, outerTag: number, outer: number): Status {
  const end = readEnd(wire, outerTag, outer);
  const read = emptyStatus();
  while (wire.at < end) {
    const tag = readTag(wire, end);
    switch (tag >>> 3) {
      case STATUS.phase:
        // JSON leaves an empty one out, and a zero.
        read.phase = readText(wire, tag, end) || undefined;
        break;
      case STATUS.statuses:
        read.containerStatuses = append(read.containerStatuses, readContainerStatus(wire, tag, end));
        break;
      case STATUS.initStatuses:
        read.initContainerStatuses = append(read.initContainerStatuses, readContainerStatus(wire, tag, end));
        break;
      case STATUS.ephemeralStatuses:
        read.ephemeralContainerStatuses = append(read.ephemeralContainerStatuses, readContainerStatus(wire, tag, end));
        break;
      case STATUS.observedGeneration:
        read.observedGeneration = readInteger(wire, tag, end) || undefined;
        break;
      default:
        skipField(wire, tag, end);
    }
  }
  return read;
}
