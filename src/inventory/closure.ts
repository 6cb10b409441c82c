import type { ImageConfig, ImageIndex, ImageManifest } from '../domain/content.ts';
import type { Digest, DigestRole } from '../domain/digest.ts';
import type { Observation } from '../domain/observation.ts';
import { byText, remember } from '../domain/order.ts';
import type { StandingReason } from '../domain/standing.ts';
import type { Artifact } from './artifact.ts';

/** What registries hold, joined: index ⊃ members, manifest → config. */
export type Closure = Readonly<{
  /** The artifact a digest leads to on a platform, or why it is not known. */
  artifactOf(digest: Digest, platform: string | undefined): Artifact | StandingReason;
  /** Every digest whose evidence reaches the artifact: its config, the manifests of that config, the indexes above them. */
  familyOf(artifact: Artifact): ReadonlySet<string>;
  /** What a digest is known to address. */
  roleOf(digest: Digest): DigestRole;
  /** The platforms that a digest is known to be for: those of an index's members, or the one of an image. */
  platformsOf(digest: Digest): readonly string[];
  /** Whether what a digest holds has something that a node of a platform runs; not known where the platform of some of it is not. */
  isFor(digest: Digest, node: string): boolean | undefined;
  /** The other image members of the indexes above the artifact. */
  otherMembersOf(artifact: Artifact): readonly Artifact[];
  /** The images of an index that a node of a platform may have chosen; all of them where its platform is not known, and none where it is no index. */
  membersFor(index: Digest, node: string | undefined): readonly Digest[];
  /** Every manifest under an index, notes on others too; none under anything else, or where it was not read. */
  under(digest: Digest): readonly Digest[];
  /** Whether a config's label was already there in a config it was built upon. */
  isInherited(config: ImageConfig, label: string): boolean;
}>;

type Held = Readonly<{ indexes: Map<string, ImageIndex>; manifests: Map<string, ImageManifest>; configs: Map<string, ImageConfig> }>;

/** Joins everything observed in registries; contents are immutable, so the time they were seen at does not matter. */
export function openClosure(observations: Iterable<Observation>): Closure {
  const held: Held = { indexes: new Map(), manifests: new Map(), configs: new Map() };
  for (const seen of observations) {
    if (seen.kind === 'index') keepEarliest(held.indexes, seen);
    if (seen.kind === 'manifest') keepEarliest(held.manifests, seen);
    if (seen.kind === 'config') keepNewest(held.configs, seen);
  }
  const memo = new Map<string, Artifact | StandingReason>();
  const above = parentsOf(held);
  const byLayers = new Map([...held.configs.values()].map((config) => [config.diffIds.join(), config]));
  const membersOf = (index: string) => flatMembers(held, index, new Set());
  const imagesOf = (digest: Digest): readonly Member[] =>
    held.indexes.has(digest) ? membersOf(digest) : [{ digest, platform: platformOf(held, digest) ?? held.configs.get(digest)?.platform }];

  const artifactOf = (digest: Digest, platform: string | undefined) => {
    const key = `${digest} ${platform ?? ''}`;
    const found = memo.get(key) ?? resolve(held, digest, platform);
    memo.set(key, found);
    return found;
  };
  const familyOf = remember(
    (artifact: Artifact) => artifact,
    (artifact: Artifact) => climb(above, artifact),
  );
  return {
    artifactOf,
    familyOf,
    roleOf(digest) {
      if (held.indexes.has(digest)) return 'index';
      if (held.manifests.has(digest)) return 'manifest';
      return held.configs.has(digest) ? 'config' : 'unknown';
    },
    platformsOf: (digest) => [...new Set(imagesOf(digest).flatMap(({ platform }) => platform ?? []))].toSorted(),
    isFor(digest, node) {
      const images = imagesOf(digest);
      return images.some(({ platform }) => platform === undefined) ? undefined : candidatesFor(images, node).length > 0;
    },
    otherMembersOf(artifact) {
      const digests = [...familyOf(artifact)].filter((digest) => held.indexes.has(digest)).flatMap(membersOf);
      const others = digests.map(({ digest, platform }) => artifactOf(digest, platform)).filter((other) => typeof other !== 'string');
      return others.filter(({ key }) => key !== artifact.key);
    },
    membersFor: (index, node) => [...new Set(candidatesFor(membersOf(index), node).map(({ digest }) => digest))].toSorted(byText),
    under: (digest) => [...new Set(allUnder(held, digest, new Set()))].toSorted(byText),
    isInherited: (config, label) =>
      config.diffIds.some(
        (_, length) => length > 0 && byLayers.get(config.diffIds.slice(0, length).join())?.labels[label] === config.labels[label],
      ),
  };
}

/** One content may lie in many places: its birth is where and when it was pushed first, whatever order it was read in. */
function keepEarliest<C extends ImageIndex | ImageManifest>(held: Map<string, C>, seen: C): void {
  const before = held.get(seen.digest);
  if (!before || pushOf(seen) < pushOf(before)) held.set(seen.digest, seen);
}

function pushOf({ pushedAt = '~', at, image, origin }: ImageIndex | ImageManifest): string {
  return [pushedAt, at, `${image.registry}/${image.repository}`, origin.source, origin.locator].join(' ');
}

/** Of a config the copies differ in what was redacted: those of one collection can be compared with each other. */
function keepNewest(held: Map<string, ImageConfig>, seen: ImageConfig): void {
  const readOf = ({ at, origin }: ImageConfig) => [at, origin.source, origin.locator].join(' ');
  const before = held.get(seen.digest);
  if (!before || readOf(seen) > readOf(before)) held.set(seen.digest, seen);
}

function parentsOf({ indexes, manifests }: Held): ReadonlyMap<string, ReadonlySet<string>> {
  const above = new Map<string, Set<string>>();
  const link = (child: string, parent: string) => above.set(child, (above.get(child) ?? new Set()).add(parent));
  for (const manifest of manifests.values()) link(manifest.config, manifest.digest);
  for (const index of indexes.values()) for (const member of index.members) if (!member.attests) link(member.digest, index.digest);
  return above;
}

function climb(above: ReadonlyMap<string, ReadonlySet<string>>, { config, manifest, digest, key }: Artifact): ReadonlySet<string> {
  const family = new Set<string>([config?.digest ?? manifest?.config ?? digest]);
  if (key.startsWith(digest)) family.add(digest);
  for (const child of family) for (const parent of above.get(child) ?? []) family.add(parent);
  return new Set([...family].toSorted(byText));
}

type Member = { digest: Digest; platform: string | undefined };

/** Image members, nested indexes opened; a loop of indexes ends where it closes. */
function flatMembers(held: Held, index: string, open: Set<string>): Member[] {
  if (open.has(index)) return [];
  open.add(index);
  return (held.indexes.get(index)?.members ?? []).flatMap(({ digest, platform, attests }) => {
    if (attests || platform === 'unknown/unknown') return [];
    if (held.indexes.has(digest)) return flatMembers(held, digest, open);
    return [{ digest, platform: platform ?? platformOf(held, digest) }];
  });
}

/** Nested indexes opened; a loop of indexes ends where it closes. */
function allUnder({ indexes }: Pick<Held, 'indexes'>, index: Digest, open: Set<string>): Digest[] {
  if (open.has(index)) return [];
  open.add(index);
  const members = (indexes.get(index)?.members ?? []).map(({ digest }) => digest);
  return members.flatMap((digest) => [digest, ...allUnder({ indexes }, digest, open)]);
}

function platformOf({ manifests, configs }: Held, digest: string): string | undefined {
  return configs.get(manifests.get(digest)?.config ?? '')?.platform;
}

/** Architectures a node also runs, nearest first (containerd platforms, compare.go; a node does not tell its variant). */
const ALSO_RUNS: Readonly<Record<string, readonly string[]>> = { amd64: ['amd64', '386'], arm64: ['arm64', 'arm'] };

/** The members that a node may have chosen: those of the nearest architecture; all where its platform is not known. */
function candidatesFor(members: readonly Member[], node: string | undefined): readonly Member[] {
  if (node === undefined) return members;
  const [os = '', architecture = ''] = node.split('/');
  for (const nearest of ALSO_RUNS[plainArchitecture(architecture)] ?? [plainArchitecture(architecture)]) {
    const found = members.filter(({ platform }) => platform === undefined || isRunBy(platform, os, nearest, node));
    if (found.length > 0) return found;
  }
  return [];
}

function isRunBy(member: string, os: string, architecture: string, node: string): boolean {
  const [memberOs, memberArchitecture = ''] = member.split('/');
  return memberOs === os && plainArchitecture(memberArchitecture) === architecture && suitsWindows(member, node);
}

function plainArchitecture(architecture: string): string {
  return architecture.split(':')[0] ?? '';
}

/** A Windows host runs images of its own build (`10.0.20348`); where either does not tell it, all stay candidates. */
function suitsWindows(member: string, node: string): boolean {
  const buildOf = (platform: string) => platform.split(':')[1]?.split('.').slice(0, 3).join('.');
  const [theirs, mine] = [buildOf(member), buildOf(node)];
  return theirs === undefined || mine === undefined || theirs === mine;
}

/** An image is for the platform that its config says, or the index above it: a node may also emulate another. */
function resolve(held: Held, digest: Digest, platform: string | undefined, stated?: string): Artifact | StandingReason {
  const index = held.indexes.get(digest);
  if (index) return chooseMember(held, index, platform);
  const manifest = held.manifests.get(digest);
  const config = held.configs.get(manifest?.config ?? digest);
  if (manifest || config)
    return { key: manifest?.config ?? digest, digest, platform: config?.platform ?? stated, config, manifest, index: undefined };
  if (platform === undefined) return 'platform-unknown';
  return { key: `${digest} ${platform}`, digest, platform, config: undefined, manifest: undefined, index: undefined };
}

function chooseMember(held: Held, index: ImageIndex, platform: string | undefined): Artifact | StandingReason {
  const candidates = candidatesFor(flatMembers(held, index.digest, new Set()), platform);
  const resolved = candidates.map((member) => resolve(held, member.digest, member.platform ?? platform, member.platform));
  const known = resolved.filter((artifact) => typeof artifact !== 'string');
  const [first] = known;
  if (!first || known.length < resolved.length) return 'content-unknown';
  if (new Set(known.map(({ key }) => key)).size > 1) return platform === undefined ? 'platform-unknown' : 'ambiguous-member';
  return { ...first, digest: index.digest, index };
}
