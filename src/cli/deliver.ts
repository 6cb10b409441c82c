import type { Report } from '../domain/report.ts';
import { AuditError } from '../error.ts';
import { loadMember } from '../registry.ts';
import type { Reporter } from '../report/define-reporter.ts';
import { lookOfTerminal } from './look.ts';
import { write } from './output.ts';
import { reportPlaceOf } from './report-place.ts';
import { writeReport } from './write-report.ts';

/** Renders a report to standard output or, as `id=FILE`, to a file that is read back. */
export async function deliver(report: Report, wanted: readonly string[]): Promise<void> {
  const failures: unknown[] = [];
  for (const { reporter, file } of await prepare(wanted)) {
    const delivery =
      file === undefined ? print(reporter, report) : writeReport(file, inBatches(reporter.render(report, { width: 100, color: false })));
    // One that fails takes nothing from the others.
    await delivery.catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

/** Finds the reporters that are wanted, and refuses what could not be written, before anything is asked or judged. */
export async function prepare(wanted: readonly string[]): Promise<readonly Readonly<{ reporter: Reporter; file: string | undefined }>[]> {
  const prepared = [];
  for (const one of wanted) {
    const [id = '', ...file] = one.split('=');
    const reporter = await loadMember('reporters', id);
    if (file.length > 0) await reportPlaceOf(fileOf(one, file));
    prepared.push({ reporter, file: file.length > 0 ? fileOf(one, file) : undefined });
  }
  return prepared;
}

async function print(reporter: Reporter, report: Report): Promise<void> {
  for (const text of inBatches(reporter.render(report, lookOfTerminal()))) await write(text);
}

const BATCH = 1024 * 1024;

/** Pieces joined to about a million characters: a write for each would be slow, and one string for all has a limit. */
function* inBatches(pieces: Iterable<string>): Iterable<string> {
  let batch = '';
  for (const piece of pieces) {
    batch += piece;
    if (batch.length < BATCH) continue;
    yield batch;
    batch = '';
  }
  yield batch;
}

function fileOf(wanted: string, parts: readonly string[]): string {
  const file = parts.join('=');
  if (file === '')
    throw new AuditError('USAGE', `--report ${wanted} names no file`, {
      hint: `Write --report ${wanted}FILE, or leave "=" away to print it.`,
    });
  return file;
}
