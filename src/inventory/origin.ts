import { type Known, known, unknown } from '../domain/known.ts';
import type { BuildRecord, Observation } from '../domain/observation.ts';
import { rememberPair, sortedBy } from '../domain/order.ts';
import { projectOf } from '../domain/project.ts';
import { type Confidence, confidenceOf, tierOf } from '../domain/trust.ts';
import type { Artifact } from './artifact.ts';
import type { Identified, Row } from './row.ts';
import type { Silence } from './silence.ts';
import { sourceKeysOf } from './source-key.ts';
import type { Line, Source, World } from './world.ts';

const EPOCH = '1970-01-01';

/** Who built an artifact: every record of it, or nobody whose builds were listed. */
export type OriginAnswer = Readonly<{ builds: readonly BuildRecord[]; confidence: Confidence }>;

/** The build records of an artifact, at whatever level of its closure they name it. */
export const buildsOfArtifact = rememberPair((world: World, artifact: Artifact): readonly BuildRecord[] => [
  ...new Set([...world.closure.familyOf(artifact)].flatMap((digest) => world.buildsOf.get(digest) ?? [])),
]);

/** Of records and claims the records: a claim contradicts none. */
export function strongest(builds: readonly BuildRecord[]): readonly BuildRecord[] {
  const records = builds.filter(({ trust }) => tierOf(trust) !== 'claimed');
  return records.length > 0 ? records : builds;
}

/** The builds that made a row's artifact; none only where the line's builds were listed at its birth (SEMANTICS 28). */
export function originOf(world: World, row: Row): Known<OriginAnswer> {
  if (!row.artifact) return unknown('no-digest');
  const builds = buildsOfArtifact(world, row.artifact);
  if (builds.some(({ trust }) => tierOf(trust) !== 'claimed')) return known({ builds, confidence: 'high' }, builds);

  const ofLine = row.lines.flatMap((line) => world.buildsOfLine.get(line) ?? []);
  if (ofLine.length === 0) {
    const silence = world.silenceOn({ of: 'build' });
    return unknown(!silence.covered && silence.because === 'not-configured' ? 'not-configured' : 'no-known-builds-of-line');
  }
  const { at: birth, confidence } = birthOf(world, row, row.artifact);
  const about = world.closure.familyOf(row.artifact);
  const projects = [...new Set(ofLine.map(({ source }) => source && projectOf(source.repository)))];
  const silences = projects.map((project) => world.silenceOn({ of: 'build', about, project, since: birth, until: birth }));
  if (silences.some(({ covered }) => !covered)) return unknown('builds-not-covered');
  const { platform } = row.artifact;
  if (!row.artifact.manifest || row.lines.some((line) => world.hasUnreadOutput({ line, platform }))) return unknown('content-unknown');
  const cited = silences.flatMap((silence): readonly Observation[] => (silence.covered ? silence.evidence : []));
  return known({ builds: [], confidence }, cited);
}

/** When an artifact came to be, as far as somebody else than its builder says: its push, else its arrival. */
export function birthOf(world: World, row: Row, { manifest, index }: Artifact): Readonly<{ at: string; confidence: Confidence }> {
  const pushed = manifest?.pushedAt ?? index?.pushedAt;
  if (pushed) return { at: pushed, confidence: 'high' };
  const first = (world.sightingsIn.get(row.where) ?? []).find(({ artifact }) => artifact?.key === row.artifact?.key);
  return { at: world.recordings[first?.recording ?? 0]?.takenAt.from ?? '', confidence: 'low' };
}

/** Whether every build was listed that could have made a row's artifact: from its birth to the newest recording. */
export function buildsSilence(world: World, row: Identified): Silence {
  return world.silenceOn({
    of: 'build',
    about: world.closure.familyOf(row.artifact),
    since: birthOf(world, row, row.artifact).at,
    until: world.recordings.at(-1)?.takenAt.from,
  });
}

/**
 * When an artifact was made, as far as anything tells: its push, else the creation time of its config, unless that is set to nothing.
 * What must be covered since it was made is not covered where nobody knows when (SEMANTICS 22).
 */
export function madeAt({ manifest, index, config }: Artifact): string | undefined {
  const created = config?.created?.startsWith(EPOCH) ? undefined : config?.created;
  return manifest?.pushedAt ?? index?.pushedAt ?? created;
}

/** Whether some output of a line was never read, so that it could be any artifact under another digest. */
export function hasUnreadOutput({ closure, buildsOfLine }: World, { line, platform }: Line): boolean {
  return (buildsOfLine.get(line) ?? []).some(({ outputs }) =>
    outputs.some(({ digest }) => {
      const output = closure.artifactOf(digest, platform);
      return typeof output === 'string' ? output !== 'ambiguous-member' : output.manifest === undefined;
    }),
  );
}

/** The source of an artifact; several conflicting records leave it unknown. */
export function sourceOfArtifact(world: World, artifact: Artifact): Source | undefined {
  const builds = sortedBy(strongest(buildsOfArtifact(world, artifact)), ({ at, run }) => `${at} ${run?.id} ${run?.attempt}`);
  const created = artifact.config?.created?.startsWith(EPOCH) ? undefined : artifact.config?.created;
  // What lies beside an image often says how it was built and not from what: that contradicts no record that does.
  const [first] = builds.filter((build) => sourceKeysOf(build).length > 0).concat(builds);
  if (first) {
    const keys = sourceKeysOf(first);
    const agree = builds.map(sourceKeysOf).every((others) => others.length === 0 || others.some((key) => keys.includes(key)));
    return agree && keys.length > 0
      ? { keys, at: first.pushedAt ?? first.at, build: first, confidence: confidenceOf(first.trust) }
      : undefined;
  }
  const { config } = artifact;
  const revision = config?.labels['org.opencontainers.image.revision'];
  const repository = config?.labels['org.opencontainers.image.source'];
  if (!config || !revision || !repository || world.closure.isInherited(config, 'org.opencontainers.image.revision')) return undefined;
  return { keys: sourceKeysOf({ source: { repository, commit: revision } }), at: created, build: undefined, confidence: 'medium' };
}
