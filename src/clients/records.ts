import { hash } from 'node:crypto';
import type { Edge } from '../collect/define-source.ts';
import type { BuildLine, TestLine } from '../domain/record.ts';
import type { GapReason } from '../domain/statement.ts';
import { AuditError } from '../error.ts';
import type { LineFilter } from './records/line-filter.ts';
import { type Listed, listFiles } from './records/list-files.ts';
import { type Block, readBlocks } from './records/read-blocks.ts';
import { type Reading, readRecord, type Unread } from './records/read-record.ts';
import { type Counts, scanBlock } from './records/scan-block.ts';
import { type Left, tallyOf } from './records/tally.ts';

/** A wanted record and where it stands. */
export type Kept = Readonly<{ record: BuildLine | TestLine; locator: string }>;

/** What comes of reading record files: wanted records, and what was left out. */
export type Found = Kept | Readonly<{ left: Left }>;

type Pass = Reading & Readonly<{ told: Set<string> }>;

const EITHER = ['build', 'test'] as const;
const FIVE_MINUTES_MS = 5 * 60 * 1000;
const NO_OBJECT: Unread = { of: EITHER, because: 'malformed', says: 'it is not one JSON object of at most 1 MiB' };

const REASONS: Readonly<Record<string, Readonly<{ because: GapReason; hint: string }>>> = {
  ENOENT: { because: 'not-found', hint: 'Check the path, and that the step that fetches the records has run.' },
  ENOTDIR: { because: 'not-found', hint: 'Check the path: a part of it is no folder.' },
  EACCES: { because: 'forbidden', hint: 'Let the user that runs the audit read it.' },
  EPERM: { because: 'forbidden', hint: 'Let the user that runs the audit read it.' },
  ELOOP: { because: 'unsupported', hint: 'Name the file itself: links are not followed.' },
};

/** Reads the record files at the places, each once, and tells what was left out; a set without one line is incomplete. */
export async function* readRecords(places: readonly string[], filter: LineFilter, edge: Edge): AsyncGenerator<readonly Found[]> {
  // Clocks of machines differ by as much as every other order of times here allows.
  const reading: Pass = { filter, latest: edge.now().getTime() + FIVE_MINUTES_MS, told: new Set() };
  let isEmpty = true;
  for (const listed of await listFiles(places)) {
    const hasNone = yield* readListed(listed, reading, edge);
    isEmpty &&= hasNone;
  }
  if (!isEmpty) return;
  const hint = 'There is no line in it: check that the step that fetches the records has run.';
  yield EITHER.map((of) => ({ left: { of, because: 'incomplete', locator: places.join(', '), hint } }));
}

/** Returns whether it is known that there is no line. */
async function* readListed(listed: Listed, reading: Pass, edge: Edge): AsyncGenerator<readonly Found[], boolean> {
  try {
    if ('error' in listed) throw listed.error;
    return yield* readFile(listed.file, reading, edge);
  } catch (error) {
    edge.signal.throwIfAborted();
    yield EITHER.map((of) => ({ left: { of, locator: listed.file, ...reasonOf(error) } }));
    return false;
  }
}

async function* readFile(file: string, reading: Pass, edge: Edge): AsyncGenerator<readonly Found[], boolean> {
  const tally = tallyOf(file);
  let [lines, blank] = [0, 0];
  for await (const block of readBlocks(file, edge.signal)) {
    const found: Found[] = [];
    const before = lines;
    const counts = readBlock(block, reading, {
      keep: (nth, record) => found.push({ record, locator: `${file}:${before + nth + 1}` }),
      leave: (nth, unread) => tally.add(before + nth + 1, unread),
    });
    [lines, blank] = [lines + counts.lines, blank + counts.blank];
    if (found.length > 0) yield found;
  }
  edge.progress(`${file}: ${lines} lines`);
  yield tally.left().map((left) => ({ left }));
  return lines === blank;
}

/** Whether no line before was the same, byte for byte: files that CI keeps overlap. Lines that disagree about one event are all kept. */
function isNew(line: Uint8Array, told: Set<string>): boolean {
  const before = told.size;
  told.add(hash('sha256', line, 'binary'));
  return told.size > before;
}

type Sink = Readonly<{ keep(nth: number, record: BuildLine | TestLine): void; leave(nth: number, unread: Unread): void }>;

function readBlock(block: Block, reading: Pass, { keep, leave }: Sink): Counts {
  if (block.isCut) {
    leave(0, NO_OBJECT);
    return { lines: 1, blank: 0 };
  }
  return scanBlock(block, reading.filter.raw, {
    broken: (nth) => leave(nth, NO_OBJECT),
    candidate(nth, start, end) {
      const bytes = block.bytes.subarray(start, end);
      const line = readRecord(bytes, reading);
      if (line && 'unread' in line) leave(nth, line.unread);
      else if (line && isNew(bytes, reading.told)) keep(nth, line.record);
    },
  });
}

function reasonOf(error: unknown): Readonly<{ because: GapReason; hint: string }> {
  if (error instanceof AuditError) return { because: error.because ?? 'internal', hint: error.hint ?? error.message };
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? { because: 'unreachable', hint: `Reading it failed${code ? ` with ${code}` : ''}: check the disk or the mount.` };
}
