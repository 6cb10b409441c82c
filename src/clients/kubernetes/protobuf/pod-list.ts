import { AuditError } from '../../../error.ts';
import type { Encoding, ListTaker } from '../ask-page.ts';
import type { Pod } from '../objects.ts';
import { readInnerText } from './inner-text.ts';
import { type ListFrames, openListFrames, type Part } from './list-frames.ts';
import { type Memory, openMemory } from './memory.ts';
import { draftPod, isWhole, readPod } from './read-pod.ts';
import { malformed, readEnd, readInteger, readTag, readText, skipField, type Wire } from './wire.ts';

// TypeMeta of k8s.io/apimachinery pkg/runtime/generated.proto, ListMeta of pkg/apis/meta/v1/generated.proto and PodList of
// k8s.io/api core/v1/generated.proto, v0.37.0-beta.0.
const TYPE_META = 1;
const KIND = 2;
const LIST = { metadata: 1, items: 2 } as const;
const LIST_META = { continue: 3, remainingItemCount: 4 } as const;

/** The encoding of pods that the API server is asked for first; what it repeats from page to page is kept once. */
export function podsInProtobuf(): Encoding<Pod> {
  const memory = openMemory();
  return { mediaType: 'application/vnd.kubernetes.protobuf', open: (taker) => openPodList(taker, memory) };
}

/** Reads a list of pods in the encoding `application/vnd.kubernetes.protobuf` as it arrives, one pod at a time. */
export function openPodList(taker: ListTaker<Pod>, memory: Memory): ListFrames {
  return openListFrames((part, wire, end) => takeField({ taker, part, wire, end }), memory);
}

/** Where a list goes on that has expired, as the refusal says, which is encoded as the list would have been; undefined where it does not. */
export function continueIn(body: Buffer): string | undefined {
  let token = '';
  try {
    const frames = openListFrames((part, wire, end) => {
      const tag = readTag(wire, end);
      if (part === 'list' && tag >>> 3 === LIST.metadata) token = readInnerText(wire, tag, end, LIST_META.continue);
    }, openMemory());
    frames.push(body);
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
  }
  return token === '' ? undefined : token;
}

function takeField({ taker, part, wire, end }: { taker: ListTaker<Pod>; part: Part; wire: Wire; end: number }): void {
  const tag = readTag(wire, end);
  const number = tag >>> 3;
  if (part === 'envelope') {
    if (number === TYPE_META && readInnerText(wire, tag, end, KIND) !== 'PodList') throw malformed('it is none');
  } else if (number === LIST.metadata) takeListMeta(taker, wire, readEnd(wire, tag, end));
  else if (number === LIST.items) takePod(taker, wire, readEnd(wire, tag, end));
  else skipField(wire, tag, end);
}

function takeListMeta(taker: ListTaker<Pod>, wire: Wire, end: number): void {
  let [token, remaining] = ['', 0];
  while (wire.at < end) {
    const tag = readTag(wire, end);
    const number = tag >>> 3;
    if (number === LIST_META.continue) token = readText(wire, tag, end);
    else if (number === LIST_META.remainingItemCount) remaining = readInteger(wire, tag, end);
    else skipField(wire, tag, end);
  }
  taker.goesOn(token, remaining);
}

/** One pod that cannot be read is never the end of a list: the next one begins where this one's length says. */
function takePod(taker: ListTaker<Pod>, wire: Wire, end: number): void {
  const draft = draftPod();
  const which = () => ({ metadata: { name: draft.metadata?.name || undefined, namespace: draft.metadata?.namespace || undefined } });
  try {
    readPod(wire, end, draft);
    if (isWhole(draft)) taker.item(draft);
    else taker.unreadable(which(), 'it lacks its name, namespace, uid or spec');
  } catch (error) {
    if (!(error instanceof AuditError) || error.because !== 'malformed') throw error;
    taker.unreadable(which(), error.message);
  }
}
