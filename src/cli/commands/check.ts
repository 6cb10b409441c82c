import { collect } from '../../collect/collect.ts';
import type { Configured } from '../../config/load.ts';
import { formatImageReference, type ImageReference, parseImageReference } from '../../domain/image-reference.ts';
import type { Observation } from '../../domain/observation.ts';
import type { Recording } from '../../domain/recording.ts';
import type { Wanted } from '../../domain/wanted.ts';
import { AuditError } from '../../error.ts';
import type { Candidate } from '../../explain/candidate.ts';
import { type Foreseen, foresee } from '../../explain/foresee.ts';
import { classOf, lineOf } from '../../inventory/image-class.ts';
import { sealed } from '../../recording/write.ts';
import { printableJson } from '../../report/printable.ts';
import { type Audit, configure } from '../configure.ts';
import { parseDuration } from '../duration.ts';
import { openEdge } from '../edge.ts';
import { gather, loadSources } from '../gather.ts';
import { lookOfTerminal } from '../look.ts';
import { write } from '../output.ts';
import { type Manifests, readManifests } from '../read-manifests.ts';
import { readNights } from '../read-nights.ts';
import { refuseElsewhere } from '../refuse-elsewhere.ts';
import { tellForeseen } from '../tell-foreseen.ts';
import { versionOf } from '../version.ts';

export type CheckOptions = Readonly<{
  config: string;
  code?: boolean;
  to?: string;
  against: readonly string[];
  maxAge?: string;
  filename: readonly string[];
  json?: boolean;
}>;

/** May these images go there, or what these manifests declare: judged as if it were deployed. 0 they may, 1 they may not, 3 it cannot be told. */
export async function check(images: readonly string[], options: CheckOptions): Promise<number> {
  const { config, code, to, against, maxAge, json = false } = options;
  const configured = await configure(config, code);
  const environment = targetOf(configured, to);
  const { candidates: asked, notJudged } = await askedAbout(images, options.filename, environment);
  refuseElsewhere(asked, configured.sources);
  const recordings = against.length > 0 ? await readAll(against, maxAge) : [sealed((await gather(configured, config, undefined)).unsealed)];
  const references = asked.map(({ image }) => image);
  const more = await askRegistries(configured, config, references, recordings);
  const known = [...more, ...recordings.flatMap(({ observations }) => observations)];
  const candidates = asked.map((one) => ({ ...one, digest: digestOf(one, known, configured) }));
  const law = { plan: configured.plan, rules: configured.rules, version: versionOf() };
  const told = withUnjudged(notJudged, foresee(eachOnce(candidates, configured), withMore(recordings, more), law));
  await write(json ? forMachines(told, configured) : tellForeseen(told, lookOfTerminal()));
  return told.exitCode;
}

/** What is to go there, before anybody was asked what its tags name. */
async function askedAbout(images: readonly string[], files: readonly string[], environment: string): Promise<Manifests> {
  if (images.length > 0 === files.length > 0)
    throw new AuditError('USAGE', images.length > 0 ? 'images and manifests are both given' : 'there is nothing to check', {
      hint: 'Name images, or rendered manifests with -f FILE: `kustomize build overlays/production | selfsame check -f -`.',
    });
  if (files.length > 0) return readManifests(files, environment);
  return { candidates: images.map((text) => ({ image: toReference(text), environment })), notJudged: [] };
}

/** What is not judged may bring anything along. */
function withUnjudged(notJudged: readonly string[], foreseen: Foreseen): Foreseen {
  return notJudged.length === 0 ? foreseen : { ...foreseen, exitCode: foreseen.exitCode || 3, notJudged };
}

function forMachines(told: Foreseen, { code }: Audit): string {
  return printableJson(`${JSON.stringify({ schema: 'selfsame/check/v1', ...told, code }, null, 2)}\n`);
}

function targetOf({ plan }: Configured, to: string | undefined): string {
  const downstream = plan.promotion.slice(1).flat();
  const last = plan.promotion.at(-1) ?? [];
  const environment = to ?? (last.length === 1 ? last[0] : undefined);
  if (environment !== undefined && downstream.includes(environment)) return environment;
  throw new AuditError('USAGE', `--to ${to ?? ''} names no environment that something is promoted to`, {
    hint: `Write --to with one of: ${downstream.join(', ')}.`,
  });
}

function toReference(text: string): ImageReference {
  const reference = parseImageReference(text);
  if (reference) return reference;
  throw new AuditError('USAGE', `"${text}" is no image reference`, {
    hint: 'Write it as a cluster would pull it: registry/repository:tag or registry/repository@sha256:….',
  });
}

async function readAll(directories: readonly string[], maxAge: string | undefined): Promise<readonly Recording[]> {
  const recordings = await readNights(directories);
  const newest =
    recordings
      .map(({ takenAt }) => takenAt.to)
      .toSorted()
      .at(-1) ?? '';
  if (maxAge !== undefined && Date.now() - Date.parse(newest) > parseDuration(maxAge))
    throw new AuditError('USAGE', `the newest recording is of ${newest}, older than ${maxAge}`, {
      hint: 'Collect again, or allow more with --max-age.',
    });
  return recordings;
}

/** What the registries of the configuration hold of the images; what the recordings hold already needs nobody to be asked. */
async function askRegistries(
  { limits, sources }: Configured,
  config: string,
  references: readonly ImageReference[],
  recordings: readonly Recording[],
) {
  const held = new Set(
    recordings.flatMap(({ observations }) =>
      observations.flatMap((seen) => (seen.kind === 'manifest' || seen.kind === 'index' ? [seen.digest] : [])),
    ),
  );
  const open = references.filter(({ digest }) => !digest || !held.has(digest));
  if (open.length === 0 || sources.length === 0) return [];
  const registries = (await loadSources(config, sources)).filter(
    ({ source }) => source.asks.includes('digests') && source.asks.includes('tags'),
  );
  const edge = openEdge(limits, undefined);
  try {
    return await collect(registries, (seen) => wantedOf(open, seen), edge);
  } finally {
    edge.close();
  }
}

function wantedOf(references: readonly ImageReference[], seen: readonly Observation[]): Wanted {
  const named = references.flatMap(({ digest, registry, repository }) => (digest ? [{ digest, seenIn: [{ registry, repository }] }] : []));
  const tagged = seen
    .filter((one) => one.kind === 'tag')
    .map(({ digest, image: { registry, repository } }) => ({ digest, seenIn: [{ registry, repository }] }));
  return { digests: [...named, ...tagged], tags: references.filter(({ digest }) => !digest).map(withTag), commits: [], lines: [] };
}

function withTag(reference: ImageReference): ImageReference {
  return { ...reference, tag: reference.tag ?? 'latest' };
}

/** What others build is never counted: where nothing says what its tag names, it is judged without. */
function digestOf({ image, manifest }: Candidate, observations: readonly Observation[], { plan }: Configured): Candidate['digest'] {
  if (image.digest) return image.digest;
  const written = formatImageReference(withTag(image));
  const tag = observations.findLast((seen) => seen.kind === 'tag' && formatImageReference(seen.image) === written);
  if (tag?.kind === 'tag') return tag.digest;
  if (manifest && classOf(lineOf(image, plan), plan) !== 'ours') return undefined;
  throw new AuditError('USAGE', `nothing says what ${written} names`, {
    hint: manifest
      ? `Write its digest into ${manifest.origin.locator}, or add its registry to the sources.`
      : 'Give it by digest, or add its registry to the sources.',
  });
}

/** One place cannot run two digests: of each image line there is one candidate; manifests say themselves which container runs what. */
function eachOnce(candidates: readonly Candidate[], { plan }: Configured): readonly Candidate[] {
  const byLine = new Map<string, Candidate>();
  if (candidates.some(({ manifest }) => manifest)) return candidates;
  for (const candidate of candidates) {
    const line = lineOf(candidate.image, plan);
    const { digest = candidate.digest } = byLine.get(line) ?? {};
    if (digest !== candidate.digest)
      throw new AuditError('USAGE', `${line} is given twice, as ${digest} and as ${candidate.digest}`, {
        hint: 'Check one, then the other.',
      });
    if (!byLine.has(line)) byLine.set(line, candidate);
  }
  return [...byLine.values()];
}

/** What was asked now belongs to the newest recording: it is what is known at this moment. */
function withMore(recordings: readonly Recording[], more: readonly Observation[]): readonly Recording[] {
  const newest = recordings.toSorted((a, b) => (a.takenAt.to < b.takenAt.to ? -1 : 1)).at(-1);
  return recordings.map((recording) =>
    recording === newest ? { ...recording, observations: [...recording.observations, ...more] } : recording,
  );
}
