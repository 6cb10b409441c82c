import { type ImageReference, parseImageReference } from '../../domain/image-reference.ts';
import { projectOf } from '../../domain/project.ts';
import type { Wanted } from '../../domain/wanted.ts';
import { hashFinder } from './hash-finder.ts';
import { bytesOf, hexTable, holds, holdsText } from './hex-table.ts';
import type { RawFilter } from './scan-block.ts';

/** A parsed line, of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Which lines are wanted: asked of their bytes first, then of their value. */
export type LineFilter = Readonly<{
  raw: RawFilter;
  /** Whether a parsed line names a wanted digest or commit, or an image line at a wanted time. */
  matches(line: Fields): boolean;
  /** The names under which a wanted digest was seen: of what says only its digest. */
  seenAs: SeenAs;
  /** How many bytes the table of wanted digests retains. */
  bytes: number;
}>;

/** The names of a digest that somebody asks for; none of any other. */
export type SeenAs = (digest: string) => readonly ImageReference[];

// What gives no zone is of another time on every machine.
const ZONED = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;
const [TAB, SPACE, QUOTE, SLASH, COLON, AT] = [9, 32, 34, 47, 58, 64];

/** Makes the filter for what is wanted. */
export function lineFilter({ digests, commits, lines }: Pick<Wanted, 'digests' | 'commits' | 'lines'>): LineFilter {
  const wantsDigest = digestFilter(digests.map(({ digest }) => digest));
  const wantsCommit = commitFilter(commits);
  const isOfLine = lineMatcher(lines);
  return {
    raw: {
      isDigestWanted: (bytes, at) => holds(wantsDigest.tables[0], bytes, at),
      holdsHash: hashFinder([...wantsDigest.tables, ...wantsCommit.tables]),
      sinceOfImage: lines.length > 0 ? lineFinder(lines) : undefined,
      takesAll: wantsDigest.opaque > 0,
    },
    matches: (line) =>
      wantsDigest.of(line.digest) ||
      (isObject(line.platforms) && Object.values(line.platforms).some(wantsDigest.of)) ||
      wantsCommit.of(line) ||
      isOfLine(line),
    seenAs: seenNames(digests),
    bytes: wantsDigest.tables.reduce((sum, table) => sum + bytesOf(table), 0),
  };
}

/** Few lines ask for names: what answers them is made when the first one does. */
function seenNames(digests: Wanted['digests']): SeenAs {
  let names: ReadonlyMap<string, readonly ImageReference[]> | undefined;
  return (digest) => {
    names ??= new Map(digests.map(({ digest: wanted, seenIn }) => [wanted, seenIn]));
    return names.get(digest) ?? [];
  };
}

/** A digest is looked for in either case and without its algorithm too: what is written wrong must be met, to be told. */
function digestFilter(digests: readonly string[]) {
  const hex = digests.map(hexOf);
  const [table, longTable] = [hexTable(64, hex), hexTable(128, hex)];
  const opaque = new Set(digests.filter((digest) => hexOf(digest) === digest));
  const of = (value: unknown): boolean => {
    if (typeof value !== 'string') return false;
    const digits = hexOf(value);
    return holdsText(table, digits) || holdsText(longTable, digits) || opaque.has(value);
  };
  return { tables: [table, longTable] as const, opaque: opaque.size, of };
}

function commitFilter(commits: Wanted['commits']) {
  const repositories = new Map<string, Set<string>>();
  for (const { repository, commit } of commits)
    repositories.set(commit, (repositories.get(commit) ?? new Set()).add(projectOf(repository)));
  const hashes = [...repositories.keys()];
  const of = ({ commit, repository, run }: Fields): boolean => {
    const wanted = typeof commit === 'string' ? repositories.get(commit.toLowerCase()) : undefined;
    const stated = repository ?? (isObject(run) ? run.repository : undefined);
    // A line that names no repository cannot be told from the wanted one, and dropping it would make silence of it.
    return wanted !== undefined && (typeof stated !== 'string' || wanted.has(projectOf(stated)));
  };
  return { tables: [hexTable(40, hashes), hexTable(64, hashes)], of };
}

/** Whether a line is a record of a wanted image, and not surely older than is wanted. */
function lineMatcher(lines: Wanted['lines']): (line: Fields) => boolean {
  const sinceByLine = new Map(lines.map(({ line, since = '' }) => [line, since]));
  return ({ image, at }) => {
    const since = sinceByLine.size > 0 && typeof image === 'string' ? sinceByLine.get(lineOf(image)) : undefined;
    if (since === undefined) return false;
    return since === '' || typeof at !== 'string' || !ZONED.test(at) || !(Date.parse(at) < Date.parse(since));
  };
}

/** Familiar names are written out in several ways, but never their last segment: its hash is what bytes are asked for. */
function lineFinder(lines: Wanted['lines']): NonNullable<RawFilter['sinceOfImage']> {
  const sinceBySegment = new Map<number, string>();
  for (const { line, since = '' } of lines) {
    const segment = segmentHash(Buffer.from(`${line}"`), 0);
    const before = sinceBySegment.get(segment);
    sinceBySegment.set(segment, before === undefined || since < before ? since : before);
  }
  return (bytes, keyEnd) => {
    const colon = skipBlanks(bytes, keyEnd);
    const quote = skipBlanks(bytes, colon + 1);
    return bytes[colon] !== COLON || bytes[quote] !== QUOTE ? '' : sinceBySegment.get(segmentHash(bytes, quote + 1));
  };
}

/** A number for the last segment of the name that begins at a place and ends at a quote, its tag and digest left out. */
function segmentHash(bytes: Buffer, start: number): number {
  let hash = 0;
  let isName = true;
  for (let at = start; at < bytes.length && bytes[at] !== QUOTE; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === SLASH) [hash, isName] = [0, true];
    else if (byte === COLON || byte === AT) isName = false;
    else if (isName) hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return hash;
}

function skipBlanks(bytes: Buffer, start: number): number {
  let at = start;
  while (bytes[at] === SPACE || bytes[at] === TAB) at++;
  return at;
}

function lineOf(image: string): string {
  const parsed = parseImageReference(image);
  return parsed ? `${parsed.registry}/${parsed.repository}` : '';
}

function hexOf(digest: string): string {
  // Nearly all are written in one way, and a pattern costs more than everything else that is asked of them.
  return digest.startsWith('sha256:') ? digest.slice('sha256:'.length) : digest.replace(/^sha(?:256|512):/i, '');
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
