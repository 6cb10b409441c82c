import type { ImageConfig } from '../domain/content.ts';
import { Digest } from '../domain/digest.ts';
import { formatImageReference, type ImageReference, parseImageReference } from '../domain/image-reference.ts';
import type { BuildRecord, DeclaredImage, Observation, RunningImage } from '../domain/observation.ts';
import { byText, groupBy, sortedBy } from '../domain/order.ts';
import type { Plan } from '../domain/plan.ts';
import { projectOf } from '../domain/project.ts';
import type { Wanted } from '../domain/wanted.ts';
import type { Artifact } from './artifact.ts';
import { artifactRunBy } from './artifact-run.ts';
import { classOf, lineOf } from './image-class.ts';
import { openWorld } from './open-world.ts';
import { rankOf } from './pairing.ts';
import { rollbackTargetOf } from './rollback.ts';
import { wantedBases } from './wanted-bases.ts';
import { wantedLines } from './wanted-lines.ts';
import type { World } from './world.ts';

/** A digest with one reference it was seen under. */
type Seen = Readonly<{ digest: Digest; reference: ImageReference | undefined; isPulled?: boolean }>;

/** What of registries and records would be worth knowing, from what is known so far; third parties' images are not fetched. */
export function wantedFrom(observations: readonly Observation[], plan: Plan): Wanted {
  const world = openWorld([{ takenAt: { from: '', to: '' }, digest: '', observations }], plan);
  const running = imagesOf(world, observations, 'running-image');
  const declared = imagesOf(world, observations, 'declared-image');
  const lines = wantedLines(world, running);
  const whole = lines.filter(({ since }) => since === undefined).map(({ line }) => line);
  const digests = [
    ...running.flatMap((image) => [...digestsOfRunning(image, plan), ...membersPulled(image, world), ...familyWanted(world, image)]),
    ...declared.flatMap((image) => digestsOfDeclared(image, world)),
    ...outputsWanted(world, running, whole),
    ...testedWanted(world, whole),
  ];
  const references = [...running.map((image) => image.declared.spec), ...declared.map((image) => image.declared)];
  const bases = wantedBases(world, running);
  const tags = references.filter(({ digest }) => !digest).map((reference) => ({ ...reference, tag: reference.tag ?? 'latest' }));
  return {
    digests: [...gathered(digests, plan), ...bases.digests],
    tags: distinct([...tags, ...bases.tags]),
    commits: commitsOf(world, observations, running),
    lines,
  };
}

type Placed = RunningImage | DeclaredImage;

/** Images on the path that are ours, or that stand in a pair with one of ours. */
function imagesOf<K extends Placed['kind']>(world: World, observations: readonly Observation[], kind: K): Extract<Placed, { kind: K }>[] {
  const isOfKind = (seen: Observation): seen is Extract<Placed, { kind: K }> => seen.kind === kind;
  const oursByKey = new Set(
    [...world.slots.values()].filter(({ lines }) => [...lines].some((line) => classOf(line, world.plan) === 'ours')).map(({ key }) => key),
  );
  const paired = new Set(
    [...world.slots.values()].flatMap((slot) => {
      const counterparts = world.pairing.counterpartsOf(slot).map(({ key }) => key);
      return [slot.key, ...counterparts].some((key) => oursByKey.has(key)) ? [slot.key, ...counterparts] : [];
    }),
  );
  return observations.filter(isOfKind).filter((image) => rankOf(image.environment, world.plan) >= 0 && paired.has(world.slotOf(image)));
}

function digestsOfRunning({ digest, reported, declared, environment }: RunningImage, plan: Plan): Seen[] {
  const isDownstream = rankOf(environment, plan) > 0;
  const named = parseImageReference(reported.replace(/^[a-z-]+:\/\//, ''));
  const references = named ? [named, declared.spec] : [declared.spec];
  const pinned = declared.spec.digest ? [{ digest: declared.spec.digest, reference: declared.spec, isPulled: isDownstream }] : [];
  const isPulled = isDownstream && pinned.length === 0;
  // The name a runtime reports may be one that the image was never pulled by.
  return [...(digest ? references.map((reference) => ({ digest, reference, isPulled: isPulled && reference !== named })) : []), ...pinned];
}

/** Of an index that is pulled, the image that its node takes: it may be gone where the index is not. */
function membersPulled({ declared: { spec }, digest, platform, environment }: RunningImage, world: World): Seen[] {
  const pulled = spec.digest ?? digest;
  if (!pulled || rankOf(environment, world.plan) <= 0) return [];
  return world.closure.membersFor(pulled, platform).map((member) => ({ digest: member, reference: spec, isPulled: true }));
}

/** Of older revisions only what a roll-back would bring is asked for again, every time. */
function digestsOfDeclared(image: DeclaredImage, world: World): Seen[] {
  const { declared, environment, because } = image;
  const isNext = because !== 'revision' || rollbackTargetOf(world, world.slotOf(image))?.declared.digest === declared.digest;
  const isPulled = isNext && rankOf(environment, world.plan) > 0;
  const { digest: pulled } = declared;
  if (!pulled) return [];
  const platforms = new Set((world.sightingsIn.get(world.slotOf(image)) ?? []).map((sighting) => sighting.image.platform));
  const members = isPulled ? [...platforms].flatMap((platform) => world.closure.membersFor(pulled, platform)) : [];
  return [pulled, ...members].map((digest) => ({ digest, reference: declared, isPulled }));
}

/** Everything that names what runs: records may speak of its index, its manifest or its config. */
function familyWanted(world: World, image: RunningImage): Seen[] {
  const found = artifactRunBy(image, world.closure);
  if (typeof found === 'string') return [];
  const digests = [...world.closure.familyOf(found)].map((digest) => Digest.parse(digest));
  // Registries were asked for them already, where they lie; records are asked by digest alone.
  return digests.map((digest) => ({ digest, reference: undefined }));
}

/** What gates named of lines that lack a pass: it may be an index above what runs. */
function testedWanted(world: World, lines: readonly string[]): Seen[] {
  const subjects = lines.flatMap((line) => world.testsOfLine.get(line) ?? []).map(({ subject }) => subject);
  return subjects.flatMap(({ image, digest = image?.digest }): Seen[] => (image && digest ? [{ digest, reference: image }] : []));
}

/** What builds made that could be, or be akin to, something that runs: of the same source, or of a line with an artifact nobody is known to have built. */
function outputsWanted(world: World, running: readonly RunningImage[], lines: readonly string[]): Seen[] {
  const artifacts = running.map((image) => artifactRunBy(image, world.closure)).filter((found) => typeof found === 'object');
  const keys = new Set(artifacts.flatMap((artifact) => world.sourceOf(artifact)?.keys ?? []));
  const ofSource = [...world.buildsFrom].flatMap(([name, builds]) => (keys.has(name.slice(0, name.lastIndexOf(' '))) ? builds : []));
  const ofLine = lines.flatMap((line) => world.buildsOfLine.get(line) ?? []);
  const builds: readonly BuildRecord[] = [...new Set([...ofSource, ...ofLine])];
  return builds.flatMap(({ outputs }) => outputs.map(({ digest, image }) => ({ digest, reference: image })));
}

function commitsOf(world: World, observations: readonly Observation[], running: readonly RunningImage[]): Wanted['commits'] {
  const artifacts = running
    .map((image) => artifactRunBy(image, world.closure))
    .filter((found): found is Artifact => typeof found === 'object');
  const builds = artifacts.flatMap((artifact) =>
    [...world.closure.familyOf(artifact)].flatMap((digest) => world.buildsOf.get(digest) ?? []),
  );
  const recorded = builds.flatMap(({ source }) =>
    source?.commit ? [{ repository: projectOf(source.repository), commit: source.commit }] : [],
  );
  const configs = new Set(artifacts.flatMap(({ config }) => config?.digest ?? []));
  const labelled = observations
    .filter((seen): seen is ImageConfig => seen.kind === 'config' && configs.has(seen.digest))
    .flatMap(commitOfLabels);
  const all = [...recorded, ...labelled];
  return [...groupBy(all, ({ repository, commit }) => `${repository} ${commit}`).values()]
    .flatMap(([first]) => first ?? [])
    .toSorted((a, b) => byText(`${a.repository} ${a.commit}`, `${b.repository} ${b.commit}`));
}

function commitOfLabels({ labels }: ImageConfig): Wanted['commits'] {
  const { 'org.opencontainers.image.revision': commit, 'org.opencontainers.image.source': repository } = labels;
  return commit && repository ? [{ repository: projectOf(repository), commit }] : [];
}

/** Every digest once, with the references it was seen under, and those that its mirrors stand for. */
function gathered(seen: readonly Seen[], plan: Plan): Wanted['digests'] {
  const groups = [...groupBy(seen, ({ digest }) => digest)].map(([, group]) => group);
  const namesAmong = (group: readonly Seen[]) => {
    const references = group.flatMap(({ reference }) => (reference ? [reference, originOf(reference, plan)] : []));
    return distinct(references.map(({ registry, repository }) => ({ registry, repository })));
  };
  const all = groups.flatMap((group) => {
    const [first] = group;
    const pulledFrom = namesAmong(group.filter(({ isPulled }) => isPulled));
    return first ? [{ digest: first.digest, seenIn: namesAmong(group), ...(pulledFrom.length > 0 ? { pulledFrom } : {}) }] : [];
  });
  return sortedBy(all, ({ digest }) => digest);
}

function originOf(reference: ImageReference, plan: Plan): ImageReference {
  return parseImageReference(lineOf(reference, plan)) ?? reference;
}

function distinct(references: readonly ImageReference[]): ImageReference[] {
  return sortedBy([...new Map(references.map((reference) => [formatImageReference(reference), reference])).values()], formatImageReference);
}
