import path from 'node:path';
import type { Report } from '../domain/report.ts';
import { AuditError } from '../error.ts';
import { loadMember } from '../registry.ts';
import type { Reporter } from '../report/define-reporter.ts';
import { lookOfTerminal } from './look.ts';
import { write } from './output.ts';
import { reportPlaceOf } from './report-place.ts';
import { signingKeyOf } from './signing-key.ts';
import { writeReport } from './write-report.ts';
import { writeSigned } from './write-signed.ts';

type Prepared = Readonly<{ reporter: Reporter; file: string | undefined; key: string | undefined }>;

/** Renders a report to standard output or, as `id=FILE`, to a file that is read back, and signed where a variable holds the secret. */
export async function deliver(report: Report, wanted: readonly string[], signWith?: string): Promise<void> {
  const failures: unknown[] = [];
  // One that fails takes nothing from the others.
  for (const one of await prepare(wanted, signWith)) await deliverOne(one, report).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/** Finds the reporters and the secret that are wanted, and refuses what could not be written, before anything is asked or judged. */
export async function prepare(wanted: readonly string[], signWith?: string): Promise<readonly Prepared[]> {
  const key = signWith === undefined ? undefined : signingKeyOf(signWith);
  const prepared: Prepared[] = [];
  const taken = new Set<string>();
  for (const one of wanted) {
    const [id = '', ...parts] = one.split('=');
    const reporter = await loadMember('reporters', id);
    const file = parts.length > 0 ? fileOf(one, parts) : undefined;
    if (file !== undefined) for (const own of await filesTakenBy(file, key)) refuseTwice(own, taken);
    prepared.push({ reporter, file, key });
  }
  if (key === undefined || prepared.some(({ file }) => file !== undefined)) return prepared;
  throw new AuditError('USAGE', '--sign-with signs reports in files, and none is to be written', {
    hint: 'Name a file: --report webhook=event.json',
  });
}

/** The files that a report will be, where it is to be any: a pipe or a device takes several, one after the other. */
async function filesTakenBy(file: string, key: string | undefined): Promise<readonly string[]> {
  const place = await reportPlaceOf(file);
  if (key === undefined) return place.is === 'stream' ? [] : [file];
  if (place.is === 'stream')
    throw new AuditError('USAGE', `--sign-with signs reports in files, and ${file} is none`, { hint: 'Name a file that may be written.' });
  await reportPlaceOf(`${file}.sig`);
  return [file, `${file}.sig`];
}

function refuseTwice(file: string, taken: Set<string>): void {
  const before = taken.size;
  if (taken.add(path.resolve(file)).size > before) return;
  throw new AuditError('USAGE', `two reports are to be ${file}`, {
    hint: 'Name another file for one of them: the last would replace the first.',
  });
}

function deliverOne({ reporter, file, key }: Prepared, report: Report): Promise<void> {
  if (file === undefined) return print(reporter, report);
  const pieces = inBatches(reporter.render(report, { width: 100, color: false }));
  return key === undefined ? writeReport(file, pieces) : writeSigned(file, pieces, key);
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
