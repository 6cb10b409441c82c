import { readImageFile } from '../../clients/image-files.ts';
import { collect } from '../../collect/collect.ts';
import type { Seen } from '../../collect/define-source.ts';
import { stamped } from '../../collect/stamp.ts';
import { type Configured, loadConfig } from '../../config/load.ts';
import type { Digest } from '../../domain/digest.ts';
import { parseImageReference } from '../../domain/image-reference.ts';
import type { Observation } from '../../domain/observation.ts';
import { segmentsOf } from '../../domain/place.ts';
import type { Wanted } from '../../domain/wanted.ts';
import { AuditError } from '../../error.ts';
import { type Comparison, compareDigests } from '../../explain/difference.ts';
import { digestsMeant } from '../../explain/operand.ts';
import { readRecording } from '../../recording/read.ts';
import { loadAll } from '../../registry.ts';
import { printable, printableJson } from '../../report/printable.ts';
import { openEdge } from '../edge.ts';
import { gather, loadSources } from '../gather.ts';
import { write } from '../output.ts';
import { strike } from '../secrets.ts';

export type DiffOptions = Readonly<{ config: string; json?: boolean; platform?: string }>;

type Operand = Readonly<{ what: string; file: { root: Digest; seen: readonly Seen[] } | undefined }>;

/** Compares two images: 0 one artifact, 1 not (an equivalent rebuild included), 3 cannot tell. */
export async function diff(
  a: string,
  b: string,
  directories: readonly string[],
  { config, json = false, platform }: DiffOptions,
): Promise<number> {
  const operands = [await toOperand(a), await toOperand(b)] as const;
  const read = operands.flatMap(({ what, file }) =>
    (file?.seen ?? []).map((seen) => stamped(what, seen, { now: () => new Date(), strike })),
  );
  const observations = [...read, ...(await observationsFor(operands, directories, config))];
  const [left, right] = [digestOf(operands[0], observations), digestOf(operands[1], observations)];
  const comparisons = compareDigests(left, right, observations, platform);
  const told = { schema: 'selfsame/difference/v1', a: { what: a, digest: left }, b: { what: b, digest: right }, comparisons };
  await write(json ? printableJson(`${JSON.stringify(told, null, 2)}\n`) : tell(told));
  return exitCodeOf(comparisons);
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
    const recordings = [];
    for (const directory of directories) recordings.push(await readRecording(directory));
    return recordings.flatMap(({ observations }) => observations);
  }
  if (open.length === 0) return [];
  const configured = await loadConfig(config, await loadAll('rules'));
  const references = open.map(({ what }) =>
    segmentsOf(what) && !what.includes('@') && !what.includes(':') ? undefined : parseImageReference(what),
  );
  if (references.some((reference) => !reference?.digest && !reference?.tag))
    return (await gather(configured, config, undefined)).unsealed.observations;
  return askRegistries(
    configured,
    config,
    references.filter((reference) => reference !== undefined),
  );
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
    return { digests: [...named, ...tagged], tags: references.filter(({ digest }) => !digest), commits: [], lines: [] };
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

function exitCodeOf(comparisons: readonly Comparison[]): 0 | 1 | 3 {
  if (comparisons.some(({ verdict }) => verdict === 'different' || verdict === 'equivalent')) return 1;
  return comparisons.some(({ verdict }) => verdict === 'cannot tell') ? 3 : 0;
}

function tell({
  a,
  b,
  comparisons,
}: {
  a: { what: string; digest: string };
  b: { what: string; digest: string };
  comparisons: readonly Comparison[];
}): string {
  const heads = [a, b].map(({ what, digest }) => `${what === digest ? digest : `${what} = ${digest}`}\n`);
  const lines = comparisons.map(({ platform, verdict, says, cause }) => {
    const about = verdict === 'one artifact' ? says : `${verdict}: ${says}`;
    return `${platform ? `${platform}: ` : ''}${about}${cause && verdict !== 'one artifact' ? ` (${cause.replaceAll('-', ' ')})` : ''}\n`;
  });
  return printableLines([...heads, ...lines]);
}

function printableLines(lines: readonly string[]): string {
  return lines.map((line) => `${printable(line.slice(0, -1))}\n`).join('');
}
