import { createHash } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import type { Law } from '../../audit.ts';
import type { Recording } from '../../domain/recording.ts';
import { type Night, nightsOf } from '../../explain/period.ts';
import { loadMember } from '../../registry.ts';
import type { Reporter } from '../../report/define-reporter.ts';

/** The files of a pack about its period: every change, and what the audit concluded of each recording. */
export const PERIOD = { changes: 'changes.csv', nights: 'nights.csv' } as const;

/** The recordings that a period is judged by, and when it begins, where they began before. */
export type Period = Readonly<{ recordings: readonly Recording[]; from?: string | undefined }>;

/** What takes the text of one of them, piece by piece. */
type Sink = (file: keyof typeof PERIOD, text: string) => Promise<void> | void;

const LOOK = { width: 100, color: false };
const NIGHTS = ['from', 'to', 'exit code', 'containers', 'arrived', 'pass', 'drift', 'waived', 'unknown', 'gaps', 'narrowed'];

/** Writes them into a folder. */
export async function writePeriod(folder: string, { recordings, from }: Period, law: Law): Promise<void> {
  await tellPeriod({ recordings, from }, law, (file, text) => appendFile(path.join(folder, PERIOD[file]), text, { mode: 0o600 }));
}

/** The digests that they have to have, without writing them. */
export async function digestsOfPeriod(period: Period, law: Law): Promise<Readonly<Record<string, string>>> {
  const hashes = { changes: createHash('sha256'), nights: createHash('sha256') };
  await tellPeriod(period, law, (file, text) => void hashes[file].update(text));
  return { [PERIOD.changes]: hashes.changes.digest('hex'), [PERIOD.nights]: hashes.nights.digest('hex') };
}

async function tellPeriod({ recordings, from = '' }: Period, law: Law, sink: Sink): Promise<void> {
  const csv = await loadMember('reporters', 'csv');
  await sink('nights', lineOf(NIGHTS));
  let isFirst = true;
  for (const night of nightsOf(recordings, law)) {
    if (night.takenAt.to < from) continue;
    for (const line of changesIn(night, csv, isFirst)) await sink('changes', line);
    await sink('nights', lineOf(numbersOf(night)));
    isFirst = false;
  }
}

/** The lines that the population has, each with when and how it came. */
function* changesIn({ takenAt, report, arrived }: Night, csv: Reporter, isFirst: boolean): Iterable<string> {
  const [header = '', ...lines] = csv.render({ ...report, rows: arrived.map(({ row }) => row) }, LOOK);
  if (isFirst) yield `"seen","change",${header}`;
  for (const [at, line] of lines.entries()) yield `"${takenAt.to}","${arrived[at]?.is}",${line}`;
}

function numbersOf({ takenAt, report, arrived }: Night): readonly string[] {
  const { exitCode, rows, tally, gaps, only } = report;
  const counts = [exitCode, rows.length, arrived.length, tally.pass, tally.drift, tally.waived, tally.unknown, gaps.length];
  return [takenAt.from, takenAt.to, ...counts.map(String), only.length > 0 ? 'yes' : 'no'];
}

function lineOf(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\r\n`;
}
