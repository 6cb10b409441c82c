import { stat } from 'node:fs/promises';
import type { ImageFile } from '../../clients/image-files/image-file.ts';
import { readImageFile } from '../../clients/image-files.ts';
import { collect } from '../../collect/collect.ts';
import { stamped } from '../../collect/stamp.ts';
import type { Configured } from '../../config/load.ts';
import { Limits } from '../../config/schema.ts';
import type { Digest } from '../../domain/digest.ts';
import { parseImageReference } from '../../domain/image-reference.ts';
import type { Observation } from '../../domain/observation.ts';
import { segmentsOf } from '../../domain/place.ts';
import type { Wanted } from '../../domain/wanted.ts';
import { AuditError } from '../../error.ts';
import { basesToRead, type Comparison, compareDigests } from '../../explain/difference.ts';
import { planLayers } from '../../explain/layer-plan.ts';
import { digestsMeant, isDigestPart } from '../../explain/operand.ts';
import { printableJson } from '../../report/printable.ts';
import { type Budget, compareContents } from '../compare-contents.ts';
import { billsInFile, billsInRegistries, packagesOf } from '../compare-packages.ts';
import { configureUnjudged } from '../configure.ts';
import { openEdge } from '../edge.ts';
import { gather, loadSources } from '../gather.ts';
import { layersInFile, layersInRegistries } from '../layer-places.ts';
import { write } from '../output.ts';
import { readNights } from '../read-nights.ts';
import { strike } from '../secrets.ts';
import { parseSize } from '../size.ts';
import { type ComparedInDepth, tellDifference } from '../tell-difference.ts';

/** `layers` is how much of them may be downloaded; `true` stands for the default. */
export type DiffOptions = Readonly<{ config: string; json?: boolean; platform?: string; layers?: string | true }>;

type Operand = Readonly<{ what: string; file: ImageFile | undefined }>;

const DEFAULT_LAYERS = '200MiB';

/** Compares two images: 0 one artifact, 1 not (an equivalent rebuild included), 3 cannot tell, or not all of what was to be compared was. */
export async function diff(
  a: string,
  b: string,
  directories: readonly string[],
  { config, json = false, platform, layers }: DiffOptions,
): Promise<number> {
  const budget = layers === undefined ? undefined : { leftBytes: parseSize(layers === true ? DEFAULT_LAYERS : layers) };
  const operands = [await toOperand(a), await toOperand(b)] as const;
  const read = operands.flatMap(({ what, file }) =>
    (file?.seen ?? []).map((seen) => stamped(what, seen, { now: () => new Date(), strike })),
  );
  const seen = await observationsFor(operands, directories, config).catch((error: unknown) => refuseBarePaths(operands, error));
  const observations = [...read, ...seen];
  if (operands.some(({ what, file }) => !file && digestsMeant(what, observations).length === 0)) await refuseBarePaths(operands);
  const [left, right] = [digestOf(operands[0], observations), digestOf(operands[1], observations)];
  const compared = compareDigests(left, right, observations, platform);
  const reading = { operands, digests: [left, right], observations, config } as const;
  // Recordings are judged without a network; what is attached is read where registries are asked.
  const listed = directories.length > 0 ? compared : await withPackages(compared, reading);
  const comparisons = budget ? await withContents(listed, { ...reading, budget }) : listed;
  const told = { schema: 'selfsame/difference/v1', a: { what: a, digest: left }, b: { what: b, digest: right }, comparisons } as const;
  await write(strike(json ? printableJson(`${JSON.stringify(told, null, 2)}\n`) : tellDifference(told)));
  return exitCodeOf(comparisons);
}

/** A path without its scheme is taken for a name, and nothing is found under it: what was meant is said, or else the error. */
async function refuseBarePaths(operands: readonly Operand[], error?: unknown): Promise<readonly Observation[]> {
  for (const { what } of operands.filter(({ file }) => !file)) {
    const found = await stat(what).catch(() => undefined);
    if (!found) continue;
    const [is, scheme] = found.isDirectory() ? ['folder', 'oci'] : ['file', 'docker-archive'];
    throw new AuditError('USAGE', `"${what}" is a ${is} here, and was looked for as a name`, {
      hint: `Write ${scheme}:${what}.`,
      cause: error,
    });
  }
  if (error !== undefined) throw error;
  return [];
}

type Reading = Readonly<{
  operands: readonly [Operand, Operand];
  digests: readonly [Digest, Digest];
  observations: readonly Observation[];
  config: string;
}>;

async function openSources({ operands, config }: Reading) {
  const configured = operands.every(({ file }) => file) ? undefined : await configureUnjudged(config);
  const sources = configured ? await loadSources(config, configured.sources) : [];
  return { sources, edge: openEdge(configured?.limits ?? Limits.parse({}), undefined) };
}

async function withPackages(comparisons: readonly Comparison[], reading: Reading): Promise<readonly ComparedInDepth[]> {
  const { operands, digests, observations } = reading;
  const { sources, edge } = await openSources(reading);
  const readerOf = ({ file }: Operand) => (file ? billsInFile(file, observations) : billsInRegistries(sources, observations, edge));
  try {
    const deeper: ComparedInDepth[] = [];
    for (const comparison of comparisons) {
      const packages = await packagesOf(comparison, digests, [readerOf(operands[0]), readerOf(operands[1])]);
      deeper.push(packages ? { ...comparison, packages } : comparison);
    }
    return deeper;
  } finally {
    edge.close();
  }
}

async function withContents(
  comparisons: readonly ComparedInDepth[],
  reading: Reading & Readonly<{ budget: Budget }>,
): Promise<readonly ComparedInDepth[]> {
  const { operands, digests, observations, budget } = reading;
  const [a, b] = digests;
  const { sources, edge } = await openSources(reading);
  const placeOf = ({ file }: Operand) => (file ? layersInFile(file) : layersInRegistries(sources, edge));
  const places = { a: placeOf(operands[0]), b: placeOf(operands[1]) };
  try {
    const deeper: ComparedInDepth[] = [];
    for (const comparison of comparisons) {
      const plan = comparison.verdict === 'different' ? planLayers({ a, b, platform: comparison.platform }, observations) : undefined;
      deeper.push(plan ? { ...comparison, contents: await compareContents(plan, places, budget) } : comparison);
    }
    return deeper;
  } finally {
    edge.close();
  }
}

async function toOperand(what: string): Promise<Operand> {
  return { what, file: /^(?:oci|docker-archive):/.test(what) ? await readImageFile(what) : undefined };
}

/** From recordings where some are given; else from the registries of the configuration, or, for a workload or commit, from all of it. */
async function observationsFor(
  operands: readonly Operand[],
  directories: readonly string[],
  config: string,
): Promise<readonly Observation[]> {
  const open = operands.filter(({ file }) => !file);
  if (directories.length > 0) {
    const recordings = await readNights(directories);
    return recordings.flatMap(({ observations }) => observations);
  }
  if (open.length === 0) return [];
  const configured = await configureUnjudged(config);
  const references = open.map(({ what }) => (isPlace(what) || isDigestPart(what) ? undefined : parseImageReference(what)));
  if (references.some((reference) => !reference?.digest && !reference?.tag))
    return (await gather(configured, config, undefined)).unsealed.observations;
  return askRegistries(
    configured,
    config,
    references.filter((reference) => reference !== undefined),
  );
}

function isPlace(what: string): boolean {
  return segmentsOf(what) !== undefined && !what.includes('@') && !what.includes(':');
}

async function askRegistries(
  configured: Configured,
  config: string,
  references: readonly NonNullable<ReturnType<typeof parseImageReference>>[],
) {
  const sources = (await loadSources(config, configured.sources)).filter(
    ({ source }) => source.asks.includes('digests') && source.asks.includes('tags'),
  );
  const edge = openEdge(configured.limits, undefined);
  const wantedFrom = (seen: readonly Observation[]): Wanted => {
    const named = references.flatMap(({ digest, ...seenIn }) => (digest ? [{ digest, seenIn: [seenIn] }] : []));
    const tagged = seen.filter((one) => one.kind === 'tag').map(({ digest, image }) => ({ digest, seenIn: [image] }));
    const own = [...named, ...tagged];
    const bases = basesToRead(
      own.map(({ digest }) => digest),
      seen,
    );
    return { digests: [...own, ...bases], tags: references.filter(({ digest }) => !digest), commits: [], lines: [] };
  };
  try {
    return await collect(sources, wantedFrom, edge);
  } finally {
    edge.close();
  }
}

function digestOf({ what, file }: Operand, observations: readonly Observation[]): Digest {
  if (file) return file.root;
  const meant = digestsMeant(what, observations);
  const [only] = meant;
  if (meant.length === 1 && only) return only;
  const gaps = observations.filter((seen) => seen.kind === 'gap').map(({ origin, because }) => `${origin.locator}: ${because}`);
  if (!only)
    throw new AuditError('USAGE', `nothing is known as "${what}"${gaps.length > 0 ? ` (${gaps.slice(0, 3).join('; ')})` : ''}`, {
      hint: 'Name a reference of a registry in the configuration, oci:DIR, docker-archive:FILE, or something that the recordings hold.',
    });
  throw new AuditError('USAGE', `"${what}" may mean ${meant.length} digests: ${meant.slice(0, 5).join(', ')}`, {
    hint: 'Name one of them.',
  });
}

function exitCodeOf(comparisons: readonly ComparedInDepth[]): 0 | 1 | 3 {
  const isUnequal = ({ verdict }: Comparison) => verdict === 'different' || verdict === 'equivalent';
  const isOpen = ({ verdict, contents }: ComparedInDepth) => verdict === 'cannot tell' || contents?.verdict === 'not decided';
  if (comparisons.some((one) => isUnequal(one) && (one.contents?.verdict ?? 'different') === 'different')) return 1;
  if (comparisons.some(isOpen)) return 3;
  return comparisons.some(isUnequal) ? 1 : 0;
}
