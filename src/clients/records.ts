import type { Proving } from '../attestation/attest.ts';
import type { Edge } from '../collect/define-source.ts';
import { isNew } from '../collect/is-new.ts';
import type { Digest } from '../domain/digest.ts';
import type { NeutralRecord } from '../domain/record.ts';
import type { GapReason } from '../domain/statement.ts';
import { AuditError } from '../error.ts';
import { type Keep, rawKeeper } from './keep-raw.ts';
import type { BuildFact, Facts, TestFact } from './records/formats/format.ts';
import type { LineFilter } from './records/line-filter.ts';
import { type Listed, listFiles } from './records/list-files.ts';
import { type Block, readBlocks } from './records/read-blocks.ts';
import { type Document, readDocument } from './records/read-document.ts';
import { keepWanted } from './records/read-foreign.ts';
import { type Line, type Reading, readRecord } from './records/read-record.ts';
import { type Counts, scanBlock } from './records/scan-block.ts';
import { type Left, tallyOf } from './records/tally.ts';
import type { RecordKind, Unread } from './records/unread.ts';

/** A wanted record, neutral or of another format, and where it stands; a document of another format may be kept whole. */
export type Kept = Readonly<
  { record: NeutralRecord; locator: string } | { fact: BuildFact | TestFact; locator: string; bytes: Digest | undefined }
>;

/** What comes of reading record files: wanted records, and what was left out. */
export type Found = Kept | Readonly<{ left: Left }>;

type Pass = Reading & Readonly<{ told: Set<string>; keep: Keep }>;

const FIVE_MINUTES_MS = 5 * 60 * 1000;
// What an envelope encloses is told by nobody where the envelope cannot be read.
const ENCLOSURE = '"payload"';
const NO_OBJECT = { because: 'malformed', says: 'it is not one JSON object of at most 1 MiB' } as const;

const REASONS: Readonly<Record<string, Readonly<{ because: GapReason; hint: string }>>> = {
  ENOENT: { because: 'not-found', hint: 'Check the path, and that the step that fetches the records has run.' },
  ENOTDIR: { because: 'not-found', hint: 'Check the path: a part of it is no folder.' },
  EACCES: { because: 'forbidden', hint: 'Let the user that runs the audit read it.' },
  EPERM: { because: 'forbidden', hint: 'Let the user that runs the audit read it.' },
  ELOOP: { because: 'unsupported', hint: 'Name the file itself: links are not followed.' },
};

/** Reads the record files at the places, each once, and tells what was left out; a set without one line is incomplete. */
export async function* readRecords(
  places: readonly string[],
  judging: Readonly<{ filter: LineFilter; proving: Proving | undefined; holds: readonly RecordKind[] }>,
  edge: Edge,
): AsyncGenerator<readonly Found[]> {
  // Clocks of machines differ by as much as every other order of times here allows.
  const reading: Pass = { ...judging, latest: edge.now().getTime() + FIVE_MINUTES_MS, told: new Set(), keep: rawKeeper(edge) };
  let isEmpty = true;
  for (const listed of await listFiles(places)) {
    const hasNone = yield* readListed(listed, reading, edge);
    isEmpty &&= hasNone;
  }
  if (!isEmpty) return;
  const hint = 'There is no line in it: check that the step that fetches the records has run.';
  yield judging.holds.map((of) => ({ left: { of, because: 'incomplete', locator: places.join(', '), hint } }));
}

/** Returns whether it is known that there is no line. */
async function* readListed(listed: Listed, reading: Pass, edge: Edge): AsyncGenerator<readonly Found[], boolean> {
  try {
    if ('error' in listed) throw listed.error;
    return yield* readFile(listed.file, reading, edge);
  } catch (error) {
    edge.signal.throwIfAborted();
    yield reading.holds.map((of) => ({ left: { of, locator: listed.file, ...reasonOf(error) } }));
    return false;
  }
}

async function* readFile(file: string, reading: Pass, edge: Edge): AsyncGenerator<readonly Found[], boolean> {
  const document = await readDocument(file);
  if (!document) return yield* readLines(file, reading, edge);
  edge.progress('references' in document ? `${file}: ${document.references} images, of which it says nothing` : `${file}: one document`);
  yield readWhole(file, document, reading);
  return false;
}

const UNKNOWN = { because: 'unsupported', says: 'it is of a format that this version does not know' } as const;

function readWhole(file: string, document: Document, reading: Pass): readonly Found[] {
  if ('references' in document) return [];
  const tally = tallyOf(file);
  const found: Found[] = [];
  if ('unread' in document) tally.add(1, { of: reading.holds, ...document.unread });
  else if (isNew(document.bytes, reading.told))
    for (const line of linesOf(document, reading)) {
      if (line && 'record' in line) found.push({ record: line.record, locator: file });
      if (line && 'foreign' in line) found.push(...keptOf(line.foreign.facts, { bytes: document.bytes, locator: file }, reading));
      for (const unread of leftBy(line)) tally.add(1, unread);
    }
  return [...found, ...tally.left().map((left) => ({ left }))];
}

function linesOf(document: Extract<Document, { bytes: Uint8Array }>, reading: Pass): readonly Line[] {
  if ('builds' in document) return [{ foreign: keepWanted({ facts: document.builds, left: [] }, reading) }];
  return document.objects.map((object) => readObject(object, reading));
}

/** An object of a document is read as a line is. */
function readObject(object: unknown, reading: Pass): Line {
  if (typeof object !== 'object' || object === null) return { unread: { of: reading.holds, ...UNKNOWN } };
  return readRecord(Buffer.from(JSON.stringify(object)), reading);
}

function leftBy(line: Line): readonly Unread[] {
  if (!line || 'record' in line) return [];
  return 'unread' in line ? [line.unread] : line.foreign.left;
}

/** What facts were read from, and where it stands. */
type Stated = Readonly<{ locator: string; bytes: Uint8Array }>;

/** One statement may stand in several bundles. */
function keptOf(facts: Facts['facts'], { locator, bytes }: Stated, { told, keep }: Pass): readonly Kept[] {
  const fresh = facts.filter((fact) => isNew(JSON.stringify(fact), told));
  const kept = fresh.length > 0 ? keep(bytes) : undefined;
  return fresh.map((fact) => ({ fact, locator, bytes: kept }));
}

async function* readLines(file: string, reading: Pass, edge: Edge): AsyncGenerator<readonly Found[], boolean> {
  const tally = tallyOf(file);
  let [lines, blank] = [0, 0];
  for await (const block of readBlocks(file, edge.signal)) {
    const found: Found[] = [];
    const before = lines;
    const counts = readBlock(block, reading, {
      keep: (nth, record) => found.push({ record, locator: `${file}:${before + nth + 1}` }),
      keepForeign: (nth, { facts }, bytes) => found.push(...keptOf(facts, { bytes, locator: `${file}:${before + nth + 1}` }, reading)),
      leave: (nth, unread) => tally.add(before + nth + 1, unread),
    });
    [lines, blank] = [lines + counts.lines, blank + counts.blank];
    if (found.length > 0) yield found;
  }
  edge.progress(`${file}: ${lines} lines`);
  yield tally.left().map((left) => ({ left }));
  return lines === blank;
}

type Sink = Readonly<{
  keep(nth: number, record: NeutralRecord): void;
  keepForeign(nth: number, foreign: Facts, bytes: Uint8Array): void;
  leave(nth: number, unread: Unread): void;
}>;

function readBlock(block: Block, reading: Pass, sink: Sink): Counts {
  if (block.isCut) {
    sink.leave(0, { of: reading.holds, ...NO_OBJECT });
    return { lines: 1, blank: 0 };
  }
  return scanBlock(block, reading.filter.raw, {
    broken: (nth) => sink.leave(nth, { of: reading.holds, ...NO_OBJECT }),
    candidate(nth, { start, end, isAsked }) {
      const bytes = block.bytes.subarray(start, end);
      const line = readRecord(bytes, reading);
      if (!line || ('unread' in line && !isAsked && !bytes.includes(ENCLOSURE))) return;
      if ('unread' in line) sink.leave(nth, line.unread);
      else if ('foreign' in line) tellForeign(nth, { foreign: line.foreign, bytes }, sink);
      // Files that CI keeps overlap; lines that disagree about one event are all kept.
      else if (isNew(bytes, reading.told)) sink.keep(nth, line.record);
    },
  });
}

function tellForeign(nth: number, { foreign, bytes }: Readonly<{ foreign: Facts; bytes: Uint8Array }>, sink: Sink): void {
  sink.keepForeign(nth, foreign, bytes);
  for (const unread of foreign.left) sink.leave(nth, unread);
}

function reasonOf(error: unknown): Readonly<{ because: GapReason; hint: string }> {
  if (error instanceof AuditError) return { because: error.because ?? 'internal', hint: error.hint ?? error.message };
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? { because: 'unreachable', hint: `Reading it failed${code ? ` with ${code}` : ''}: check the disk or the mount.` };
}
