import { z } from 'zod';
import { isAccepted } from '../clients/github/accepted.ts';
import { adviceFor } from '../clients/github/advice.ts';
import { type PackageVersion, versionsOf } from '../clients/github/package-versions.ts';
import { sessionFor } from '../clients/github/session.ts';
import { PUBLIC_API } from '../clients/github/token.ts';
import type { Github } from '../clients/github.ts';
import { isLoopback } from '../clients/oci/host.ts';
import { isAsked, type Place } from '../clients/oci/read-contents.ts';
import { unreadOf } from '../clients/oci/read-presence.ts';
import { CACHE_KEYS } from '../clients/own-files.ts';
import { defineSource, type Edge, type Seen, type Wanted } from '../collect/define-source.ts';
import type { Digest } from '../domain/digest.ts';
import { byText, groupBy, sortedBy } from '../domain/order.ts';
import { type AuditError, unreadable } from '../error.ts';

const Config = z.strictObject({
  owner: z.string().regex(/^[\w-]+$/, 'is no owner: write the name of an organization or of a user'),
  packages: z
    .array(z.string().regex(/^[\w.*-]+(?:\/[\w.*-]+)*$/, 'is no package: write its name without the owner, * for any text'))
    .min(1)
    .default(['*']),
  /** As image references have it; of ghe.com `containers.SUBDOMAIN.ghe.com`. */
  registry: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]*[a-z0-9](?::\d{1,5})?$/, 'is no registry: write its host, as in image references')
    .default('ghcr.io'),
  apiUrl: z
    .url({ protocol: /^https?$/ })
    .refine((url) => url.startsWith('https:') || isLoopback(new URL(url).hostname), 'only this machine may be asked without TLS')
    .default(PUBLIC_API),
  tokenEnv: z.string().min(1).optional(),
  /** Whether `gh` may be run for its token, where the environment has none. */
  gh: z.literal('allow').optional(),
  maxRequests: z
    .string()
    .regex(/^[1-9]\d{0,6}$/, 'is not a number above 0')
    .transform(Number)
    .default(1000),
  ...CACHE_KEYS,
});
type Config = z.output<typeof Config>;

export default defineSource({
  id: 'ghcr',
  title: 'Packages of GitHub: what tags name now, and when digests were pushed',
  config: Config,
  asks: ['digests', 'tags'],

  // A pattern names no place that silence could be about.
  expects: (config) => plainIn(config).map((repository) => ({ of: 'tag', scope: { registry: config.registry, repository } })),
  tells: ['tag'],

  async *observe(config, wanted, edge) {
    const place = placeOf(config);
    const asked = askedOf(place, wanted);
    // Who is asked for nothing needs no token.
    const github = asked.length > 0 ? await githubOf(config, edge) : undefined;
    const { length } = asked;
    if (github) edge.progress(`GitHub: ${length} packages to list, a request or more for each, of at most ${config.maxRequests}`);
    const read = github ? await Promise.all(asked.map((one) => readPackage(github, config, one))) : [];
    yield* read.flat();
    if (github) edge.progress(`GitHub: ${github.account()}`);
    if (github) yield* clockOf(github, config);
    const open = new Set(read.flat().flatMap((seen) => (seen.kind === 'gap' ? (seen.scope.repository ?? '') : [])));
    const told = new Set([...plainIn(config), ...asked.filter(({ tags }) => tags.length > 0).map(({ repository }) => repository)]);
    for (const repository of [...told].filter((one) => !open.has(one)).toSorted(byText))
      yield { kind: 'coverage', of: 'tag', scope: { registry: config.registry, repository }, locator: place.locate(repository, '*') };
  },
  tryLogin: async (config, edge) => isAccepted(await githubOf(config, edge)),
});

async function githubOf(config: Config, edge: Edge): Promise<Github> {
  const { apiUrl, tokenEnv, gh, maxRequests, cache, cacheMiB } = config;
  const settings = { apiUrl, tokenEnv, gh, maxRequests, cache: { cache, cacheMiB }, reads: 'packages (read:packages)', scope: 'packages' };
  return (await sessionFor(config, settings, edge)).github;
}

/** Push times are of GitHub's clock. */
function clockOf(github: Github, { registry, apiUrl }: Config): readonly Seen[] {
  const { requests, most, skewMs } = github.told();
  return skewMs === undefined ? [] : [{ kind: 'registry', locator: apiUrl, registry, requests, most, skewMs }];
}

/** The repositories of packages that are named without a pattern. */
function plainIn({ owner, packages }: Config): readonly string[] {
  return packages.filter((name) => !name.includes('*')).map((name) => `${owner}/${name}`.toLowerCase());
}

function placeOf({ owner, packages, registry, apiUrl }: Config): Place {
  return {
    registry,
    repositories: packages.map((name) => `${owner}/${name}`.toLowerCase()),
    isAt: (reference) => reference.registry.toLowerCase() === registry,
    locate: (repository) =>
      `${apiUrl.replace(/\/$/, '')}/orgs/${owner}/packages/container/${encodeURIComponent(nameOf(repository))}/versions`,
  };
}

function nameOf(repository: string): string {
  return repository.slice(repository.indexOf('/') + 1);
}

/** What is wanted of one package. */
type Asked = Readonly<{ repository: string; tags: readonly string[]; digests: readonly Digest[] }>;

function askedOf(place: Place, { tags, digests }: Wanted): readonly Asked[] {
  const named = tags.map(({ tag = 'latest', ...image }) => ({ image, tag }));
  const own = digests.filter(({ baseFor }) => baseFor === undefined);
  const held = own.flatMap(({ digest, seenIn }) => seenIn.map((image) => ({ image, digest })));
  const ours = [...named, ...held].filter(({ image }) => place.isAt(image) && isAsked(place, image));
  const byRepository = sortedBy([...groupBy(ours, ({ image }) => image.repository)], ([repository]) => repository);
  return byRepository.map(([repository, wanted]) => ({
    repository,
    tags: [...new Set(wanted.flatMap((one) => ('tag' in one ? [one.tag] : [])))].toSorted(byText),
    digests: [...new Set(wanted.flatMap((one) => ('digest' in one ? [one.digest] : [])))].toSorted(byText),
  }));
}

async function readPackage(github: Github, config: Config, asked: Asked): Promise<readonly Seen[]> {
  const place = placeOf(config);
  const isEnough = (versions: readonly PackageVersion[]) => {
    const [digests, tags] = [new Set(versions.map(({ digest }) => digest)), new Set(versions.flatMap((one) => one.tags))];
    return asked.digests.every((digest) => digests.has(digest)) && asked.tags.every((tag) => tags.has(tag));
  };
  try {
    const versions = await versionsOf(github, { owner: config.owner, name: nameOf(asked.repository) }, isEnough);
    return [...asked.tags.map((tag) => tagAmong(versions, tag, { place, asked })), ...pushesAmong(versions, { place, asked })];
  } catch (error) {
    return [gapOf(place, asked, unreadOf(error))];
  }
}

type In = Readonly<{ place: Place; asked: Asked }>;

function tagAmong(versions: readonly PackageVersion[], tag: string, { place, asked }: In): Seen {
  const { registry, locate } = place;
  const { repository } = asked;
  const [first, other] = versions.filter(({ tags }) => tags.includes(tag));
  const name = `${registry}/${repository}:${tag}`;
  const failure = first
    ? unreadable('incomplete', `${name} moved while it was listed`, { hint: 'Scan again when nobody pushes.' })
    : unreadable('not-found', `${name} is not there`, {
        hint: `${name} names nothing now: see who deleted the tag, or the version it named.`,
      });
  if (!first || other) return gapOf(place, asked, failure);
  return { kind: 'tag', image: { registry, repository, tag }, digest: first.digest, locator: locate(repository, tag) };
}

/** A version that is not listed may have slipped through between two pages: whether it is gone, the registry says. */
function pushesAmong(versions: readonly PackageVersion[], { place, asked }: In): readonly Seen[] {
  const { registry, locate } = place;
  const { repository, digests } = asked;
  const byDigest = new Map(versions.map((version) => [version.digest, version]));
  return digests.flatMap((digest): Seen[] => {
    const version = byDigest.get(digest);
    if (!version) return [];
    const { pushedAt } = version;
    return [{ kind: 'presence', digest, image: { registry, repository }, is: 'held', pushedAt, locator: locate(repository, digest) }];
  });
}

function gapOf({ registry, locate }: Place, { repository }: Asked, { because = 'internal', hint, message }: AuditError): Seen {
  const locator = `${locate(repository, '*')}: ${message}`;
  return { kind: 'gap', of: 'tag', scope: { registry, repository }, because, locator, hint: hint ?? adviceFor(because) };
}
