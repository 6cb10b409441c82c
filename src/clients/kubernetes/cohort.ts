import { type Instance, instanceOf, isOver, type Sighting, sightingsIn } from './container.ts';
import type { Sink } from './list.ts';
import { firstOf, lastOf } from './moments.ts';
import type { Node, Pod } from './objects.ts';
import { controllerOf, type Member } from './owner.ts';
import { platformOf } from './platform.ts';

type Metadata = Member['metadata'];

/** Pods of one owner that look alike: of a million pods only so much is kept, and of what they have alike only once. */
export type Cohort = Readonly<{
  look: Look;
  /** The uid of what controls them. */
  owner: string | undefined;
  /** The first of their names, in the order of text. */
  name: string;
  /** Of a pod that nothing controls, its own. */
  uid: string;
  pods: number;
  /** Where they are, a name for each that is somewhere. */
  nodes: readonly string[];
  /** Container by container, in the order of the look. */
  moments: readonly Moments[];
}>;

/** Of one container of all pods of a cohort: since when the first of them runs, how many have ended, and when the last one did. */
export type Moments = Readonly<{ since: string | undefined; finishedAt: string | undefined; ended: number }>;

/** What pods have alike, whatever is the uid of their owner; their nodes are like the one that is named. */
export type Look = Readonly<{
  namespace: string;
  labels: Metadata['labels'];
  owner: Omit<Metadata['ownerReferences'][number], 'uid'> | undefined;
  node: string | undefined;
  isOver: boolean;
  instances: readonly Instance[];
}>;

/** What was shown of pods: how many there are, and the cohorts of those that are not being deleted. */
export type Cohorts = Readonly<{ cohorts: readonly Cohort[]; pods: number }>;

/** What pods are told apart by besides what they are: the labels that are kept, and the nodes there are, whole where all could be listed. */
export type Telltale = Readonly<{ labels: readonly string[]; nodes: ReadonlyMap<string, Node>; isWhole: boolean }>;

type Mutable<T> = { -readonly [key in keyof T]: T[key] };
type Open = Mutable<Omit<Cohort, 'nodes' | 'moments'>> & { nodes: string[]; moments: Mutable<Moments>[] };
type Numbered = Look & Readonly<{ nth: number }>;
/** A pod with what its node says of its containers, and of itself. */
type Seated = Readonly<{ pod: Pod; sightings: readonly Sighting[]; on: Place | undefined }>;
type Place = Readonly<{ name: string; likeness: string }>;

// What a pod is told to be of by its owner: a template, or a revision.
const HASHES = ['pod-template-hash', 'rollouts-pod-template-hash', 'controller-revision-hash'];

/** As much of the pods of a cohort as tells what they belong to. */
export function memberOf({ look, owner, name, uid }: Cohort): Member {
  const { namespace, labels } = look;
  const ownerReferences = look.owner && owner !== undefined ? [{ ...look.owner, uid: owner }] : [];
  return { metadata: { namespace, name, uid, labels, ownerReferences } };
}

/** Opens what sorts pods into cohorts as they come. */
export function openCohorts({ labels: kept, nodes, isWhole }: Telltale): Sink<Pod, Cohorts> {
  const all: { cohorts: Open[]; pods: number } = { cohorts: [], pods: 0 };
  const known = new Map<string, Open>();
  const lookOf = openLooks([...new Set([...kept, ...HASHES])]);
  const placeOf = openPlaces({ nodes, isWhole });
  const cohortOf = (seated: Seated) => {
    const look = lookOf(seated);
    const owner = controllerOf(seated.pod)?.uid;
    const key = `${look.nth} ${owner ?? ''}`;
    const there = known.get(key);
    if (there) return there;
    const begun = begin(seated.pod, look, owner);
    known.set(key, begun);
    all.cohorts.push(begun);
    return begun;
  };
  let last: Readonly<{ seated: Seated; cohort: Open }> | undefined;
  return {
    kept: all,
    take(pod) {
      all.pods += 1;
      if (pod.metadata.deletionTimestamp) return;
      const seated = { pod, sightings: sightingsIn(pod), on: placeOf(pod.spec.nodeName) };
      // Pods of one owner stand side by side in a list.
      const cohort = last && areOfOneLook(last.seated, seated) ? last.cohort : cohortOf(seated);
      last = { seated, cohort };
      join(cohort, seated);
    },
  };
}

/** Whether two pods have one look and owner, as far as that shows without comparing text: what is read alike is often the very same. */
function areOfOneLook({ pod: a, on: aOn, sightings }: Seated, { pod: b, on: bOn, sightings: others }: Seated): boolean {
  const owner = controllerOf(b);
  return (
    owner !== undefined &&
    !isByItself(owner) &&
    a.metadata.ownerReferences === b.metadata.ownerReferences &&
    a.metadata.namespace === b.metadata.namespace &&
    a.metadata.labels === b.metadata.labels &&
    aOn?.likeness === bOn?.likeness &&
    a.spec.containers === b.spec.containers &&
    a.spec.initContainers === b.spec.initContainers &&
    a.spec.ephemeralContainers === b.spec.ephemeralContainers &&
    a.spec.volumes === b.spec.volumes &&
    isOver(a) === isOver(b) &&
    sightings.every(({ reported, phase, ready }, nth) => {
      const other = others[nth];
      return reported === other?.reported && phase === other.phase && ready === other.ready;
    })
  );
}

function begin({ metadata: { name, uid } }: Pod, look: Look, owner: string | undefined): Open {
  const moments = look.instances.map(() => ({ since: undefined, finishedAt: undefined, ended: 0 }));
  return { look, owner, name, uid: owner === undefined ? uid : '', pods: 0, nodes: [], moments };
}

function join(cohort: Open, { pod, sightings, on }: Seated): void {
  cohort.pods += 1;
  if (on !== undefined) cohort.nodes.push(on.name);
  cohort.name = firstOf(cohort.name, pod.metadata.name) ?? cohort.name;
  for (const [nth, moments] of cohort.moments.entries()) {
    const { since, finishedAt } = sightings[nth] ?? {};
    moments.since = firstOf(moments.since, since);
    moments.finishedAt = lastOf(moments.finishedAt, finishedAt);
    if (finishedAt !== undefined) moments.ended += 1;
  }
}

/** Opens what finds the look of a pod among those there were. */
function openLooks(labels: readonly string[]): (seated: Seated) => Numbered {
  const looks = new Map<string, Numbered>();
  return (seated) => {
    const likeness = likenessOf(seated, labels);
    const known = looks.get(likeness);
    if (known) return known;
    const look = { ...lookIn(seated, labels), nth: looks.size };
    looks.set(likeness, look);
    return look;
  };
}

function lookIn({ pod, sightings, on }: Seated, keys: readonly string[]): Look {
  const { namespace, labels } = pod.metadata;
  const owner = controllerOf(pod);
  return {
    namespace,
    labels: Object.fromEntries(keys.flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]]]))),
    owner: owner && { kind: owner.kind, name: owner.name, controller: true },
    node: on?.name,
    isOver: isOver(pod),
    instances: sightings.map(instanceOf),
  };
}

/** Opens what finds a node by its name, of which every pod brings a text of its own. */
function openPlaces({ nodes, isWhole }: Omit<Telltale, 'labels'>): (name: string | undefined) => Place | undefined {
  const places = new Map<string, Place>();
  return (name) => {
    if (name === undefined) return undefined;
    const known = places.get(name);
    if (known) return known;
    const node = nodes.get(name);
    // A node that came after all were listed may be of any kind.
    const likeness = node ? `${platformOf(node)} ${node.status.nodeInfo.containerRuntimeVersion}` : isWhole ? `? ${name}` : '';
    const place = { name, likeness };
    places.set(name, place);
    return place;
  };
}

/** Everything by which pods are told apart but the uid of their owner, written so that no text can pass for another. */
function likenessOf({ pod, sightings, on }: Seated, labels: readonly string[]): string {
  const { namespace, name, uid, labels: own } = pod.metadata;
  const owner = controllerOf(pod);
  let likeness = written(namespace) + (owner === undefined || isByItself(owner) ? written(name) + written(uid) : '');
  likeness += owner ? written(owner.kind) + written(owner.name) : '-';
  for (const label of labels) likeness += own[label] === undefined ? '-' : written(own[label]);
  likeness += written(on?.likeness ?? '') + (isOver(pod) ? '!' : '.');
  for (const sighting of sightings) likeness += likenessIn(sighting);
  return likeness;
}

/** Whether pods of such an owner are told apart by their own names: a node owns those that are its files. */
function isByItself({ kind }: Pick<Metadata['ownerReferences'][number], 'kind'>): boolean {
  return kind === 'Node';
}

function likenessIn({ container, role, image, pullPolicy, starts, reported, phase, ready }: Sighting): string {
  const words = starts ? wordsOf(starts.command) + wordsOf(starts.args) : '';
  return `${role} ${phase} ${ready} ${pullPolicy}${written(container)}${written(image)}${written(reported)}${words};`;
}

function wordsOf(words: readonly string[]): string {
  return words.length === 0 ? '=' : JSON.stringify(words);
}

function written(text: string): string {
  return `${text.length}:${text}`;
}
