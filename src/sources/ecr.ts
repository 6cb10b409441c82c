import { z } from 'zod';
import { TrustSettings } from '../attestation/policy.ts';
import { Role } from '../clients/ecr/assume-role.ts';
import { estimateCalls } from '../clients/ecr/estimate.ts';
import { hundredsOf, openEcrFinder } from '../clients/ecr/find.ts';
import { openEcrHoldings } from '../clients/ecr/holdings.ts';
import { readLifecycles } from '../clients/ecr/lifecycle.ts';
import { readEcrTags } from '../clients/ecr/read-tags.ts';
import { openEcrAttachments, openEcrReferrers } from '../clients/ecr/referrers.ts';
import { type Ecr, type EcrSettings, hostOf, openEcr } from '../clients/ecr.ts';
import { rawKeeper } from '../clients/keep-raw.ts';
import { BUDGET_KEYS, openBudget } from '../clients/oci/budget.ts';
import { NO_CACHE, openConfiguredCache } from '../clients/oci/cache.ts';
import { readAttachments } from '../clients/oci/read-attachments.ts';
import { readBills } from '../clients/oci/read-bills.ts';
import { basesIn, gapOf, ourOwn, type Place, readContents, readOrigins } from '../clients/oci/read-contents.ts';
import { readPresence, unreadOf } from '../clients/oci/read-presence.ts';
import { onceACollection } from '../clients/once-a-collection.ts';
import { CACHE_KEYS } from '../clients/own-files.ts';
import { openTrust } from '../clients/trust.ts';
import { defineSource, type Edge, type Seen } from '../collect/define-source.ts';
import { Digest } from '../domain/digest.ts';
import { byText, groupBy, sortedBy } from '../domain/order.ts';
import { AuditError } from '../error.ts';

const HOST =
  /^(?<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)$/;

const Config = z.strictObject({
  registry: z.string().regex(HOST, 'is no registry of ECR: write its host, as in image references'),
  repositories: z.array(z.string().min(1)).min(1).optional(),
  profile: z.string().min(1).optional(),
  assumeRole: Role.optional(),
  /** Prefixes of repositories that ECR fills by itself from elsewhere when they are pulled. */
  pullThrough: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9._/-]*[a-z0-9]$/, 'is no prefix: write it as the pull-through rule does, docker-hub'))
    .min(1)
    .optional(),
  /** Another address of the API, as a VPC endpoint has. */
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  referrers: z.enum(['true', 'false']).default('true'),
  /** Whose signatures prove what they say; nobody's where it is left out. */
  trust: TrustSettings.optional(),
  ...BUDGET_KEYS,
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
    const { ecr, finder, budget, cache } = await sessionFor(config, edge);
    const kept = config.maxRequests === undefined ? NO_CACHE : cache;
    budget.foresee(await estimateCalls(place, wanted, { cache: kept, referrers: config.referrers === 'true' }));
    const [content, bases, tags] = await Promise.all([
      readContents(place, ourOwn(wanted), finder),
      readContents(place, basesIn(wanted), finder),
      readEcrTags({ place, ecr }, wanted),
    ]);
    const holdings = openEcrHoldings({ place, ecr, isCached: (repository) => isCached(config, repository) }, finder);
    const presence = await readPresence(place, wanted, holdings);
    const images = await dated({ place, ecr }, content.seen);
    yield* images;
    yield* presence.seen;
    yield* await readLifecycles(ecr, place, wanted);
    const referrers = config.referrers === 'true' ? openEcrReferrers(ecr, place, content.contents) : undefined;
    yield* await readOrigins(place, content.contents, { finder, referrers, proving });
    if (referrers) yield* await readAttachments(place, wanted, { holdings, list: openEcrAttachments(ecr, place, referrers) });
    yield* bases.seen;
    yield* await dated({ place, ecr }, tags.seen);
    const scope = { registry: config.registry };
    const locator = place.locate('*', '*');
    const isDated = images.every(({ kind }) => kind !== 'gap');
    if (content.isWhole && presence.isWhole && isDated) yield { kind: 'coverage', of: 'content', scope, locator };
    if (tags.isWhole) yield { kind: 'coverage', of: 'tag', scope, locator };
    const account = budget.account();
    if (account !== '') edge.progress(`${config.registry}: ${account}`);
    yield* budget.told(locator);
  },

  openBlobs: async (config, edge) => (await sessionFor(config, edge)).ecr.download,

  async openBills(config, edge) {
    const proving = await openTrust(config.trust, edge);
    const { ecr, finder } = await sessionFor(config, edge);
    const referrers = config.referrers === 'true' ? openEcrReferrers(ecr, placeOf(config), []) : undefined;
    return (of) => readBills(of, { finder, download: ecr.download, referrers, proving });
  },
});

/** One for all rounds of a collection: a role is assumed once, and what was handed out is known. */
const sessionFor = onceACollection(async (config: Config, edge: Edge) => {
  const { registry, profile, endpoint, assumeRole, maxRequests } = config;
  const settings: EcrSettings = { ...ownerOf(config), profile, endpoint, assumeRole };
  const budget = openBudget({ registry, host: hostOf(settings), maxRequests }, edge);
  const [ecr, cache] = [await openEcr(settings, edge, budget), await openConfiguredCache(config, edge)];
  return { ecr, cache, budget, finder: openEcrFinder(ecr, placeOf(config), { cache, keep: rawKeeper(edge) }) };
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

function isCached({ pullThrough = [] }: Config, repository: string): boolean {
  return pullThrough.some((prefix) => repository.startsWith(`${prefix}/`));
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
