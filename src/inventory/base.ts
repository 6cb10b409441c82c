import type { ImageConfig } from '../domain/content.ts';
import { Digest } from '../domain/digest.ts';
import { formatImageReference, type ImageReference, parseImageReference } from '../domain/image-reference.ts';
import type { BuildRecord, Observation } from '../domain/observation.ts';
import { groupBy, remember, sortedBy } from '../domain/order.ts';
import type { Confidence } from '../domain/trust.ts';
import type { Artifact } from './artifact.ts';
import { buildpacksBaseOf } from './buildpacks-base.ts';
import type { Closure } from './closure.ts';
import { EMPTY_LAYER, type KnownBase } from './identity.ts';

/** How a base was found, surest first. */
export type BaseMethod = 'buildpacks' | 'annotation' | 'provenance' | 'known' | 'history';

/** What an image stands on, as its layers bear out; a prefix that two images merely share is no base. */
export type Base = KnownBase &
  Readonly<{
    method: BaseMethod;
    confidence: Confidence;
    /** What it is called, and which it is, as far as whoever named it said. */
    image: ImageReference | undefined;
    digest: Digest | undefined;
    evidence: readonly Observation[];
  }>;

/** A base that somebody names, and that its layers may belie. */
export type BaseClaim = Readonly<{ image: ImageReference | undefined; digest: Digest; method: BaseMethod; evidence: Observation }>;

/** The bases of artifacts. */
export type Bases = Readonly<{
  baseOf(artifact: Artifact): Base | undefined;
  /** Every base that something says of it, whether it is true or not. */
  claimsOf(artifact: Artifact): readonly BaseClaim[];
}>;

const NAME = 'org.opencontainers.image.base.name';
const DIGEST = 'org.opencontainers.image.base.digest';
const CONFIDENCE: Readonly<Record<BaseMethod, Confidence>> = {
  buildpacks: 'high',
  annotation: 'high',
  provenance: 'high',
  known: 'medium',
  history: 'low',
};

/**
 * Opens the bases of everything observed; claims are believed where the base's own config bears them out.
 * What was observed is looked through when the first base is asked for: most rows are decided without.
 */
export function openBases(observations: () => Iterable<Observation>, closure: Closure): Bases {
  const known = remember(
    () => '',
    () => claimsAmong(observations()),
  );
  const knownOn = remember(
    (platform: string) => platform,
    (platform: string) => distinct(known('').all.flatMap((claim) => resolved(closure, claim, platform))),
  );
  const claimsOf = (artifact: Artifact) => {
    const said = sortedBy(
      [...closure.familyOf(artifact)].flatMap((digest) => known('').bySubject.get(digest) ?? []),
      orderOf,
    );
    const isLabelled = said.some(({ evidence }) => evidence.kind === 'config');
    const isInherited = isLabelled && artifact.config !== undefined && closure.isInherited(artifact.config, DIGEST);
    return isInherited ? said.filter(({ evidence }) => evidence.kind !== 'config') : said;
  };
  const search = (artifact: Artifact): Base | undefined => {
    const { config, platform } = artifact;
    if (!config || platform === undefined) return undefined;
    const own = claimsOf(artifact).flatMap((claim) => resolved(closure, claim, platform));
    return (
      buildpacksBase(config, closure) ??
      longest(own, config, 'annotation') ??
      longest(own, config, 'provenance') ??
      longest(knownOn(platform).map(asKnown), config, 'known') ??
      byHistory(knownOn(platform), config)
    );
  };
  return { claimsOf, baseOf: remember(({ key, digest }: Artifact) => `${key} ${digest}`, search) };
}

type Claims = Readonly<{ bySubject: ReadonlyMap<string, readonly BaseClaim[]>; all: readonly BaseClaim[] }>;

/** What is claimed of every digest, and every base that is named, once. */
function claimsAmong(observations: Iterable<Observation>): Claims {
  const bySubject = new Map<string, readonly BaseClaim[]>();
  for (const seen of observations)
    for (const [subject, claim] of claimsIn(seen)) bySubject.set(subject, bySubject.get(subject)?.concat(claim) ?? [claim]);
  const byDigest = groupBy(sortedBy([...bySubject.values()].flat(), orderOf), ({ digest }) => digest);
  return { bySubject, all: [...byDigest.values()].flatMap(([first]) => first ?? []) };
}

/** Many may claim one base: whose claim is cited does not depend on the order that they were read in. */
function orderOf({ digest, image, method, evidence }: BaseClaim): string {
  const about =
    evidence.kind === 'build' ? evidence.outputs.map((output) => output.digest).join() : 'digest' in evidence && evidence.digest;
  const { source, locator } = evidence.origin;
  return [digest, image ? formatImageReference(image) : '~', method, evidence.at, source, locator, about].join(' ');
}

/** What an observation says of the base of what it is about, by the digest it is about. */
function* claimsIn(seen: Observation): Iterable<readonly [string, BaseClaim]> {
  if (seen.kind === 'build') yield* claimsOfBuild(seen);
  if (seen.kind !== 'index' && seen.kind !== 'manifest' && seen.kind !== 'config') return;
  const said = seen.kind === 'config' ? seen.labels : seen.annotations;
  const digest = Digest.safeParse(said[DIGEST]).data;
  if (digest) yield [seen.digest, { image: parseImageReference(said[NAME] ?? ''), digest, method: 'annotation', evidence: seen }];
}

function* claimsOfBuild(build: BuildRecord): Iterable<readonly [string, BaseClaim]> {
  const named = build.base.flatMap(({ image, digest }) =>
    digest ? [{ image, digest, method: 'provenance' as const, evidence: build }] : [],
  );
  for (const output of build.outputs) for (const claim of named) yield [output.digest, claim];
}

type Resolved = Readonly<{ claim: BaseClaim; config: ImageConfig }>;

/** A claim with the base's config on a platform; a digest may be that of an index or of a manifest. */
function resolved(closure: Closure, claim: BaseClaim, platform: string): Resolved[] {
  const found = closure.artifactOf(claim.digest, platform);
  return typeof found === 'object' && found.config ? [{ claim, config: found.config }] : [];
}

function distinct(found: readonly Resolved[]): Resolved[] {
  return [...new Map(found.map((one) => [one.config.digest, one] as const)).values()];
}

function asKnown({ claim, config }: Resolved): Resolved {
  return { claim: { ...claim, method: 'known' }, config };
}

/** The base that most of an image's layers are of: of several stages only one is under it. */
function longest(found: readonly Resolved[], config: ImageConfig, method: BaseMethod): Base | undefined {
  const [best] = found
    .filter(({ claim, config: base }) => claim.method === method && isUnder(base, config))
    .toSorted((a, b) => b.config.diffIds.length - a.config.diffIds.length);
  return best && baseFrom(best, best.config.diffIds.length, best.claim.digest);
}

function isUnder(base: ImageConfig, config: ImageConfig): boolean {
  if (base.digest === config.digest || base.diffIds.length > config.diffIds.length) return false;
  return base.diffIds.some((diffId) => diffId !== EMPTY_LAYER) && base.diffIds.every((diffId, at) => diffId === config.diffIds[at]);
}

function baseFrom({ claim: { image, method, evidence }, config }: Resolved, layers: number, digest: Digest | undefined): Base {
  const name = image && `${image.repository}${image.tag ? `:${image.tag}` : ''}`;
  const known = digest === undefined ? `another build of ${name ?? 'it'}` : [name, digest].filter(Boolean).join('@');
  return { method, confidence: CONFIDENCE[method], layers, name: known, image, digest, evidence: [evidence, config] };
}

function buildpacksBase(config: ImageConfig, closure: Closure): Base | undefined {
  const found = buildpacksBaseOf(config);
  if (!found || closure.isInherited(config, found.label)) return undefined;
  const image = parseImageReference(found.name);
  const { layers, name } = found;
  return { method: 'buildpacks', confidence: CONFIDENCE.buildpacks, layers, name, image, digest: image?.digest, evidence: [config] };
}

/**
 * Another build of a known base: a base's history is copied word for word, so where an image begins with it, and with other layers,
 * its base ends where that history does. History pairs with layers one to one, or is no evidence at all.
 */
function byHistory(known: readonly Resolved[], config: ImageConfig): Base | undefined {
  if (!isPaired(config)) return undefined;
  const [best] = known
    .filter(({ config: base }) => beginsWith(config, base) && isPaired(base))
    .toSorted((a, b) => b.config.history.length - a.config.history.length);
  const claim = best && { ...best.claim, method: 'history' as const };
  return claim && baseFrom({ ...best, claim }, best.config.diffIds.length, undefined);
}

function isPaired({ history, diffIds }: ImageConfig): boolean {
  return diffIds.length > 0 && history.filter(({ empty }) => !empty).length === diffIds.length;
}

function beginsWith({ history, diffIds }: ImageConfig, base: ImageConfig): boolean {
  if (base.history.length >= history.length || base.diffIds.length >= diffIds.length) return false;
  return base.history.every(
    ({ createdBy, empty }, at) => createdBy !== '' && createdBy === history[at]?.createdBy && empty === history[at].empty,
  );
}
