import { formatImageReference } from '../domain/image-reference.ts';
import { type Known, known } from '../domain/known.ts';
import type { Observation } from '../domain/observation.ts';
import { byKey, groupBy, rememberOf, sortedBy } from '../domain/order.ts';
import type { Artifact } from './artifact.ts';
import { EMPTY_LAYER } from './identity.ts';
import { buildsOfArtifact, originOf, strongest } from './origin.ts';
import { isIdentified, type Row } from './row.ts';
import type { World } from './world.ts';

/** An artifact of the same line, how many layers that hold something it shares, of how many, and the run that built it. */
type Relative = Readonly<{ digest: string; shared: number; layers: number; run: string | undefined }>;

type Trace = Readonly<{
  /** Nearest first. */
  relatives: readonly Relative[];
  base: string | undefined;
  /** Everything that names it, as last seen. */
  tags: readonly string[];
  /** When it was pushed, at the earliest that a registry says. */
  pushed: string | undefined;
}>;

/** The nearest tell what it was made from; more of them are as far from one another. */
const MOST_RELATIVES = 2;
/** The most artifacts of one line that are looked at. */
const LOOKED_AT = 500;
/** More would hide the rest of the sentence. */
const MOST_TAGS = 3;

/**
 * Opens what is known of artifacts that nobody built, as a sentence each: where to begin to look for whoever did. What of it is not known
 * is left out, and never keeps a verdict open; of everything else it is empty.
 */
export function openTraces(world: World): (row: Row) => Known<string> {
  return (row) => {
    const origin = originOf(world, row);
    if (!isIdentified(row) || !origin.known || origin.value.builds.length > 0) return known('');
    const { artifact } = row;
    const family = [...world.closure.familyOf(artifact)];
    const tags = family
      .flatMap((digest) => tagsByDigest(world).get(digest) ?? [])
      .toSorted(byKey(({ image }) => formatImageReference(image)));
    const near = nearestTo(world, row, artifact);
    const base = world.bases.baseOf(artifact);
    const pushes = pushesOf(world, artifact);
    const trace = {
      relatives: near.map(({ relative }) => relative),
      base: base?.name,
      tags: tags.map(({ image }) => formatImageReference(image)),
      pushed: pushes[0]?.pushedAt,
    };
    return known(tellTrace(trace), [
      ...near.flatMap(({ evidence }) => evidence),
      ...tags,
      ...(base?.evidence ?? []),
      ...pushes.slice(0, 1),
    ]);
  };
}

const tagsByDigest = rememberOf(({ tags }: World) => groupBy(tags.values(), ({ digest }) => digest));

function pushesOf({ presences }: World, { manifest, index }: Artifact) {
  const held = [manifest, index].filter((one) => one !== undefined);
  const dated = held.flatMap((seen) => (seen.pushedAt ? [{ ...seen, pushedAt: seen.pushedAt }] : []));
  const listed = presences.pushesOf(held.map(({ digest }) => digest));
  return [...dated, ...listed].toSorted(byKey(({ pushedAt, at, origin }) => `${pushedAt} ${at} ${origin.locator}`));
}

type Near = Readonly<{ relative: Relative; evidence: readonly Observation[] }>;

/** By content alone: what shares most of its layers, and of equals the one that somebody is on record to have built. */
function nearestTo(world: World, { lines }: Row, artifact: Artifact): readonly Near[] {
  const own = layersOf(artifact);
  const ran = lines.flatMap((line) => world.sightingsOfLine.get(line) ?? []).flatMap((sighting) => sighting.artifact ?? []);
  const outputs = lines.flatMap((line) => world.buildsOfLine.get(line) ?? []).flatMap((build) => build.outputs);
  const built = outputs
    .map(({ digest }) => world.closure.artifactOf(digest, artifact.platform))
    .filter((found) => typeof found === 'object');
  const others = [...new Map([...ran, ...built].map((one) => [one.key, one])).values()].filter(({ key }) => key !== artifact.key);
  return others
    .toSorted(byKey(({ key }) => key))
    .slice(0, LOOKED_AT)
    .flatMap((other) => toNear(world, other, own))
    .toSorted(byKey(({ relative: { shared, run, digest } }) => `${String(own.size - shared).padStart(4, '0')} ${run ? 0 : 1} ${digest}`))
    .slice(0, MOST_RELATIVES);
}

function toNear(world: World, other: Artifact, own: ReadonlySet<string>): Near[] {
  const shared = [...layersOf(other)].filter((diffId) => own.has(diffId)).length;
  if (shared === 0 || !other.config) return [];
  const [build] = sortedBy(strongest(buildsOfArtifact(world, other)), ({ at, run }) => `${at} ${run?.id} ${run?.attempt}`);
  const relative = { digest: other.digest, shared, layers: own.size, run: build?.run?.id };
  return [{ relative, evidence: build ? [other.config, build] : [other.config] }];
}

function layersOf({ config }: Artifact): ReadonlySet<string> {
  return new Set(config?.diffIds.filter((diffId) => diffId !== EMPTY_LAYER));
}

function tellTrace({ relatives, base, tags, pushed }: Trace): string {
  const near = relatives.map(
    ({ digest, shared, layers, run }) => `${digest}${run === undefined ? '' : ` of run ${run}`} (${shared} of its ${layers} layers)`,
  );
  const rest = tags.length > MOST_TAGS ? ` and ${tags.length - MOST_TAGS} tags more` : '';
  const told = [
    ...(near.length > 0 ? [`nearest to it ${near.length === 1 ? 'is' : 'are'} ${near.join(' and ')}`] : []),
    ...(base === undefined ? [] : [`it stands on ${base}`]),
    ...(tags.length > 0 ? [`${tags.slice(0, MOST_TAGS).join(', ')}${rest} ${tags.length === 1 ? 'names' : 'name'} it`] : []),
    ...(pushed === undefined ? [] : [`pushed ${pushed}`]),
  ];
  return told.length > 0 ? told.join('; ') : 'nothing that was read is akin to it or names it';
}
