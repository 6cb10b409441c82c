import type { BillSubject } from '../domain/bill.ts';
import type { Digest } from '../domain/digest.ts';
import type { Observation } from '../domain/observation.ts';
import { openClosure } from '../inventory/closure.ts';

/** What of an image on a platform bills of materials may be attached to, and the source that read it; undefined where its manifest is not known. */
export function billSubjectOf(
  { digest, platform }: Readonly<{ digest: Digest; platform: string }>,
  observations: readonly Observation[],
): Readonly<{ subject: BillSubject; source: string }> | undefined {
  const artifact = openClosure(observations).artifactOf(digest, platform);
  if (typeof artifact === 'string' || !artifact.manifest) return undefined;
  const { digest: manifest, image, origin } = artifact.manifest;
  const isBeside = (other: typeof image) => other.registry === image.registry && other.repository === image.repository;
  const indexes = observations.filter((seen) => seen.kind === 'index').filter((seen) => isBeside(seen.image));
  // A bill of an index of several images does not say of which of them it is.
  const alone = indexes.filter(({ members }) => members.every((one) => one.digest === manifest || one.attests !== undefined));
  const holding = alone.filter(({ members }) => members.some((one) => one.digest === manifest));
  const members = indexes.flatMap((index) => index.members.filter(({ attests }) => attests === manifest).map((one) => one.digest));
  const digests = [...new Set([manifest, ...holding.map((index) => index.digest)])];
  return { subject: { repository: image.repository, digests, members: [...new Set(members)] }, source: origin.source };
}
