import { z } from 'zod';
import { TrustSettings } from '../attestation/policy.ts';
import { hundredsOf, openEcrFinder } from '../clients/ecr/find.ts';
import { readLifecycles } from '../clients/ecr/lifecycle.ts';
import { openEcrAttachments, openEcrReferrers } from '../clients/ecr/referrers.ts';
import { failureOf } from '../clients/ecr/refusal.ts';
import { type Ecr, openEcr } from '../clients/ecr.ts';
import { rawKeeper } from '../clients/keep-raw.ts';
import { openConfiguredCache } from '../clients/oci/cache.ts';
import type { Finder } from '../clients/oci/find.ts';
import { readAttachments } from '../clients/oci/read-attachments.ts';
import { basesIn, gapOf, isAsked, ourOwn, type Place, readContents, readOrigins } from '../clients/oci/read-contents.ts';
import { type Holdings, readPresence, unreadOf } from '../clients/oci/read-presence.ts';
import { verify } from '../clients/oci/verify.ts';
import { CACHE_KEYS } from '../clients/own-files.ts';
import { openTrust } from '../clients/trust.ts';
import { defineSource, type Seen, type Wanted } from '../collect/define-source.ts';
import { Digest } from '../domain/digest.ts';
import { byText, groupBy, sortedBy } from '../domain/order.ts';
import { AuditError } from '../error.ts';

const HOST =
  /^(?<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)$/;

const Config = z.strictObject({
  registry: z.string().regex(HOST, 'is no registry of ECR: write its host, as in image references'),
  repositories: z.array(z.string().min(1)).min(1).optional(),
  profile: z.string().min(1).optional(),
  /** Another address of the API, as a VPC endpoint has. */
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  referrers: z.enum(['true', 'false']).default('true'),
  /** Whose signatures prove what they say; nobody's where it is left out. */
  trust: TrustSettings.optional(),
  ...CACHE_KEYS,
});
type Config = z.output<typeof Config>;

type Reading = Readonly<{ place: Place; ecr: Ecr }>;

export default defineSource({
  id: 'ecr',
  title: 'A private registry of Amazon ECR',
  config: Config,
  asks: ['digests', 'tags'],

  expects: ({ registry }) => [
    { of: 'content', scope: { registry } },
    { of: 'tag', scope: { registry } },
  ],

  async *observe(config, wanted, edge) {
    const place = placeOf(config);
    const proving = await openTrust(config.trust, edge);
    const ecr = await openEcr({ ...ownerOf(config), profile: config.profile, endpoint: config.endpoint }, edge);
    const finder = openEcrFinder(ecr, place, { cache: await openConfiguredCache(config, edge), keep: rawKeeper(edge) });
    const [content, bases, tags] = await Promise.all([
      readContents(place, ourOwn(wanted), finder),
      readContents(place, basesIn(wanted), finder),
      readTags({ place, ecr }, wanted),
    ]);
    const holdings = holdingsOf({ place, ecr }, finder);
    const presence = await readPresence(place, wanted, holdings);
    yield* await dated({ place, ecr }, content.seen);
    yield* presence.seen;
    yield* await readLifecycles(ecr, place, wanted);
    const referrers = config.referrers === 'true' ? openEcrReferrers(ecr, place, content.contents) : undefined;
    yield* await readOrigins(place, content.contents, { finder, referrers, proving });
    if (referrers) yield* await readAttachments(place, wanted, { holdings, list: openEcrAttachments(ecr, place, referrers) });
    yield* bases.seen;
    yield* await dated({ place, ecr }, tags.seen);
    const scope = { registry: config.registry };
    const locator = place.locate('*', '*');
    if (content.isWhole && presence.isWhole) yield { kind: 'coverage', of: 'content', scope, locator };
    if (tags.isWhole) yield { kind: 'coverage', of: 'tag', scope, locator };
  },
});

function ownerOf({ registry }: Config): Readonly<{ account: string; region: string }> {
  const { account = '', region = '' } = HOST.exec(registry)?.groups ?? {};
  return { account, region };
}

function placeOf(config: Config): Place {
  const { registry, repositories } = config;
  const { account, region } = ownerOf(config);
  const locate = (repository: string, reference: string) => `arn:aws:ecr:${region}:${account}:repository/${repository}@${reference}`;
  return { registry, repositories, isAt: (reference) => reference.registry.toLowerCase() === registry, locate };
}

type Datable = Extract<Seen, { kind: 'index' | 'manifest' | 'tag' }>;

/** A tag that can move may have been put on an image long after that was pushed. */
function isDatable(seen: Seen): seen is Datable {
  return seen.kind === 'index' || seen.kind === 'manifest' || (seen.kind === 'tag' && seen.immutable === true);
}

/** Contents, and tags that cannot move, with the time they were pushed at to this repository; copying and replicating are pushes as well. */
async function dated({ place, ecr }: Reading, seen: readonly Seen[]): Promise<readonly Seen[]> {
  const times = new Map<string, string>();
  const gaps: Seen[] = [];
  const byRepository = [...groupBy(seen.filter(isDatable), ({ image }) => image.repository)];
  await Promise.all(
    byRepository.map(async ([repository, contents]) => {
      const digests = [...new Set(contents.map(({ digest }) => Digest.parse(digest)))].toSorted(byText);
      try {
        for (const some of hundredsOf(digests))
          for (const [digest, at] of await pushTimes(ecr, repository, some)) times.set(`${repository} ${digest}`, at);
      } catch (error) {
        gaps.push(gapOf('content', place, { repository, reference: '*', error: unreadOf(error) }));
      }
    }),
  );
  const withTime = (one: Seen) => {
    const pushedAt = isDatable(one) ? times.get(`${one.image.repository} ${one.digest}`) : undefined;
    return pushedAt === undefined ? one : { ...one, pushedAt };
  };
  return [...seen.map(withTime), ...sortedBy(gaps, ({ locator }) => locator)];
}

/** One image that went away in the meantime fails the whole call: then each half is asked for, so that it alone stays undated. */
async function pushTimes(ecr: Ecr, repository: string, digests: readonly Digest[]): Promise<ReadonlyMap<Digest, string>> {
  try {
    return await ecr.pushTimes(repository, digests);
  } catch (error) {
    if (!(error instanceof AuditError) || error.because !== 'not-found') throw error;
    if (digests.length <= 1) return new Map();
    const middle = Math.ceil(digests.length / 2);
    const halves = [digests.slice(0, middle), digests.slice(middle)];
    const found = await Promise.all(halves.map((half) => pushTimes(ecr, repository, half)));
    return new Map(found.flatMap((half) => [...half]));
  }
}

/** ECR says image by image what a repository does not hold, and only to whom it lets read the repository. */
function holdingsOf({ place, ecr }: Reading, finder: Pick<Finder, 'wasHandedOut'>): Holdings {
  return async (repository, digests) => {
    const known = digests.filter((digest) => finder.wasHandedOut(repository, digest));
    const open = digests.filter((digest) => !known.includes(digest));
    const batches = await Promise.all(hundredsOf(open).map((some) => heldAmong({ place, ecr }, repository, some)));
    return new Map<Digest, boolean | AuditError>([...known.map((digest) => [digest, true] as const), ...batches.flat()]);
  };
}

async function heldAmong({ place, ecr }: Reading, repository: string, digests: readonly Digest[]) {
  const { images, failures } = await ecr.getImages(
    repository,
    digests.map((imageDigest) => ({ imageDigest })),
  );
  const held = images.map(({ imageId }) => [imageId.imageDigest, true] as const);
  const others = failures.map(({ imageId: { imageDigest = '' }, failureCode }) => {
    const isGone = failureCode === 'ImageNotFound';
    return [Digest.parse(imageDigest), isGone ? false : failureOf(failureCode, `${place.registry}/${repository}@${imageDigest}`)] as const;
  });
  return [...held, ...others];
}

async function readTags({ place, ecr }: Reading, { tags }: Wanted): Promise<Readonly<{ seen: readonly Seen[]; isWhole: boolean }>> {
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
    if (typeof digest !== 'string') return gap(tag, digest ?? failureOf('no answer', `${place.registry}/${repository}:${tag}`));
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
