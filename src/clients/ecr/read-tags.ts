import type { Seen, Wanted } from '../../collect/define-source.ts';
import type { Digest } from '../../domain/digest.ts';
import { byText, groupBy, sortedBy } from '../../domain/order.ts';
import type { AuditError } from '../../error.ts';
import type { Ecr } from '../ecr.ts';
import { type Account, gapOf, isAsked, type Place } from '../oci/read-contents.ts';
import { unreadOf } from '../oci/read-presence.ts';
import { verify } from '../oci/verify.ts';
import { UNANSWERED } from './answers.ts';
import { hundredsOf } from './find.ts';
import { failureOf } from './refusal.ts';

type Reading = Readonly<{ place: Place; ecr: Ecr }>;

/** Reads what tags name now, by the hundred, and whether they can be moved. */
export async function readEcrTags({ place, ecr }: Reading, { tags }: Wanted): Promise<Account> {
  const ours = tags.filter(place.isAt);
  const asked = ours.filter((tag) => isAsked(place, tag));
  const byRepository = sortedBy([...groupBy(asked, ({ repository }) => repository)], ([repository]) => repository);
  const seen = await Promise.all(
    byRepository.map(async ([repository, references]) => {
      const names = [...new Set(references.map(({ tag = 'latest' }) => tag))].toSorted(byText);
      return readTagsOf({ place, ecr }, repository, names);
    }),
  );
  return { seen: seen.flat(), isWhole: asked.length === ours.length && seen.flat().every(({ kind }) => kind !== 'gap') };
}

async function readTagsOf({ place, ecr }: Reading, repository: string, names: readonly string[]): Promise<readonly Seen[]> {
  const gap = (reference: string, error: unknown) => gapOf('tag', place, { repository, reference, error: unreadOf(error) });
  const gaps: Seen[] = [];
  const isImmutable = await ecr.immutability(repository).catch((error: unknown) => {
    gaps.push(gap('*', error));
    return () => undefined;
  });
  const found = await Promise.all(
    hundredsOf(names).map((some) =>
      tagsAmong({ place, ecr }, repository, some)
        .then((digests) => some.map((tag) => seenAs(tag, digests.get(tag))))
        .catch((error: unknown) => some.map((tag) => gap(tag, error))),
    ),
  );
  function seenAs(tag: string, digest: Digest | AuditError | undefined): Seen {
    if (typeof digest !== 'string') return gap(tag, digest ?? failureOf(UNANSWERED, `${place.registry}/${repository}:${tag}`));
    const image = { registry: place.registry, repository, tag };
    return { kind: 'tag', image, digest, immutable: isImmutable(tag), locator: place.locate(repository, tag) };
  }
  return [...found.flat(), ...gaps];
}

async function tagsAmong(
  { place, ecr }: Reading,
  repository: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, Digest | AuditError>> {
  const { images, failures } = await ecr.getImages(
    repository,
    names.map((imageTag) => ({ imageTag })),
  );
  const found = images.map(({ imageId: { imageDigest, imageTag = '' }, imageManifest }) => {
    verify(imageDigest, Buffer.from(imageManifest), place.locate(repository, imageDigest));
    return [imageTag, imageDigest] as const;
  });
  const failed = failures.map(({ imageId: { imageTag = '' }, failureCode }) => {
    return [imageTag, failureOf(failureCode, `${place.registry}/${repository}:${imageTag}`)] as const;
  });
  return new Map<string, Digest | AuditError>([...failed, ...found]);
}
