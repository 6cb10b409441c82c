import { Pod } from '../objects.ts';
import { NONE } from './append.ts';
import { readInstant } from './instant.ts';
import { readRun } from './run.ts';
import { readEnd, readFlag, readInteger, readOwnText, readTag, readText, skipField, type Wire } from './wire.ts';

type Metadata = Pod['metadata'];
type Owner = Metadata['ownerReferences'][number];

// Fields of ObjectMeta and OwnerReference: k8s.io/apimachinery pkg/apis/meta/v1/generated.proto, v0.37.0-beta.0. The numbers never change.
const META = { name: 1, namespace: 3, uid: 5, generation: 7, created: 8, deleted: 9, labels: 11, annotations: 12, owners: 13 } as const;
const OWNER = { kind: 1, name: 3, uid: 4, controller: 6 } as const;
const ENTRY = { key: 1, value: 2 } as const;

const REVISIONS: ReadonlySet<string> = new Set(Object.keys(Pod.shape.metadata.shape.annotations.unwrap().shape));

const NO_ENTRIES: Metadata['labels'] = Object.freeze({});

/** The metadata of an object, as its JSON has it. */
export function readMetadata(wire: Wire, tag: number, outer: number): Metadata {
  const end = readEnd(wire, tag, outer);
  const read: Metadata = {
    name: '',
    namespace: '',
    uid: '',
    labels: NO_ENTRIES,
    ownerReferences: NONE,
    deletionTimestamp: undefined,
    creationTimestamp: undefined,
    generation: undefined,
    annotations: NO_ENTRIES,
  };
  while (wire.at < end) readField(wire, end, read);
  return read;
}

function readField(wire: Wire, end: number, read: Metadata): void {
  const tag = readTag(wire, end);
  switch (tag >>> 3) {
    case META.name:
      read.name = readOwnText(wire, tag, end);
      return;
    case META.namespace:
      read.namespace = readText(wire, tag, end);
      return;
    case META.uid:
      read.uid = readOwnText(wire, tag, end);
      return;
    case META.generation:
      // JSON leaves a zero out.
      read.generation = readInteger(wire, tag, end) || undefined;
      return;
    case META.created:
      read.creationTimestamp = readInstant(wire, tag, end);
      return;
    case META.deleted:
      read.deletionTimestamp = readInstant(wire, tag, end);
      return;
    case META.labels:
      read.labels = merged(read.labels, readLabels(wire, tag, end));
      return;
    case META.annotations:
      readRevision(wire, tag, end, read);
      return;
    case META.owners:
      read.ownerReferences = joined(read.ownerReferences, readOwners(wire, tag, end));
      return;
    default:
      skipField(wire, tag, end);
  }
}

function readLabels(wire: Wire, tag: number, end: number): Metadata['labels'] {
  return readRun(wire, tag, end, {
    seen: wire.memory.labels,
    begin: () => ({}),
    take: (labels, its) => readEntry(wire, its, end, labels),
  });
}

function readOwners(wire: Wire, tag: number, end: number): Owner[] {
  return readRun(wire, tag, end, {
    seen: wire.memory.owners,
    begin: () => [],
    take: (owners, its) => void owners.push(readOwner(wire, its, end)),
  });
}

/** Both: an API server writes them side by side, and then the first are none. */
function merged(labels: Metadata['labels'], more: Metadata['labels']): Metadata['labels'] {
  return labels === NO_ENTRIES ? more : { ...labels, ...more };
}

function joined(owners: Owner[], more: Owner[]): Owner[] {
  return owners === NONE ? more : [...owners, ...more];
}

function readEntry(wire: Wire, outerTag: number, outer: number, entries: Record<string, string>): void {
  const end = readEnd(wire, outerTag, outer);
  let key = '';
  let value = '';
  while (wire.at < end) {
    const tag = readTag(wire, end);
    if (tag >>> 3 === ENTRY.key) key = readText(wire, tag, end);
    else if (tag >>> 3 === ENTRY.value) value = readText(wire, tag, end);
    else skipField(wire, tag, end);
  }
  entries[key] = value;
}

/** Annotations may be long: the value is only read of a key that is asked for, which is always written first. */
function readRevision(wire: Wire, tag: number, outer: number, read: Metadata): void {
  const start = wire.at;
  const end = readEnd(wire, tag, outer);
  const keyTag = wire.at < end ? readTag(wire, end) : 0;
  const isWanted = keyTag >>> 3 !== ENTRY.key || REVISIONS.has(readText(wire, keyTag, end));
  wire.at = start;
  if (!isWanted) return skipField(wire, tag, outer);
  const entries: Record<string, string> = {};
  readEntry(wire, tag, outer, entries);
  const revisions = Object.entries(entries).filter(([key]) => REVISIONS.has(key));
  if (revisions.length > 0) read.annotations = { ...read.annotations, ...Object.fromEntries(revisions) };
}

function readOwner(wire: Wire, outerTag: number, outer: number): Owner {
  const end = readEnd(wire, outerTag, outer);
  const owner: Owner = { kind: '', name: '', uid: '', controller: undefined };
  while (wire.at < end) {
    const tag = readTag(wire, end);
    switch (tag >>> 3) {
      case OWNER.kind:
        owner.kind = readText(wire, tag, end);
        break;
      case OWNER.name:
        owner.name = readText(wire, tag, end);
        break;
      case OWNER.uid:
        owner.uid = readText(wire, tag, end);
        break;
      case OWNER.controller:
        owner.controller = readFlag(wire, tag, end);
        break;
      default:
        skipField(wire, tag, end);
    }
  }
  return owner;
}
