import { Digest } from '../domain/digest.ts';
import { formatImageReference, parseImageReference } from '../domain/image-reference.ts';
import type { Observation } from '../domain/observation.ts';
import { isPlacedIn, segmentsOf, slotKey } from '../domain/place.ts';

const PREFIX = /^sha(?:256|512):/;

/** Whether a word is a digest or its beginning, with the name of its algorithm: no reference, though it looks like one. */
export function isDigestPart(what: string): boolean {
  return PREFIX.test(what) && /^[0-9a-f]{6,}$/.test(what.replace(PREFIX, ''));
}

/** The digests that a word may mean in what was observed: a digest or its beginning, a commit, a workload, a reference. */
export function digestsMeant(what: string, observations: readonly Observation[]): readonly Digest[] {
  const exact = Digest.safeParse(what);
  if (exact.success) return [exact.data];
  const found = [...byReference(what, observations), ...byPlace(what, observations), ...byHex(what.replace(PREFIX, ''), observations)];
  return [...new Set(found)].toSorted();
}

function byReference(what: string, observations: readonly Observation[]): Digest[] {
  const reference = isDigestPart(what) ? undefined : parseImageReference(what);
  if (!reference) return [];
  if (reference.digest) return [reference.digest];
  const written = formatImageReference({ ...reference, tag: reference.tag ?? 'latest' });
  const tags = observations.filter((seen) => seen.kind === 'tag').filter(({ image }) => formatImageReference(image) === written);
  return tags.map(({ digest }) => digest);
}

function byPlace(what: string, observations: readonly Observation[]): Digest[] {
  if (!segmentsOf(what)) return [];
  const running = observations.filter((seen) => seen.kind === 'running-image').filter((image) => isPlacedIn(slotKey(image), what));
  return running.flatMap(({ digest, declared }) => declared.spec.digest ?? digest ?? []);
}

function byHex(what: string, observations: readonly Observation[]): Digest[] {
  if (!/^[0-9a-f]{6,64}$/.test(what)) return [];
  return observations.flatMap((seen) => {
    if (seen.kind === 'build') {
      const isMeant = seen.source?.commit?.startsWith(what) ?? false;
      return seen.outputs.filter(({ digest }) => isMeant || startsWith(digest, what)).map(({ digest }) => digest);
    }
    return 'digest' in seen && seen.digest && startsWith(seen.digest, what) ? [seen.digest] : [];
  });
}

function startsWith(digest: Digest, hex: string): boolean {
  return digest.slice(digest.indexOf(':') + 1).startsWith(hex);
}
