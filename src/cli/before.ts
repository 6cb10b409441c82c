import { readFile, stat } from 'node:fs/promises';
import { judgeRecorded, type Law } from '../audit.ts';
import { Earlier } from '../domain/earlier.ts';
import { parseJson } from '../domain/parse-json.ts';
import type { Recording } from '../domain/recording.ts';
import { AuditError } from '../error.ts';
import { refuseOther } from '../report/known-before.ts';
import { lawOf } from '../report/law-of.ts';
import { readNights } from './read-nights.ts';

/** What `--fail-on-new` was given: a place, or nothing but the flag; undefined where it was left out. */
export type FailOnNew = string | true | undefined;

const LARGEST_BYTES = 256 * 1024 * 1024;

/** What was found before, by the place that names it: a report as JSON, or recordings, which are judged by the same law. */
export async function earlierAt(place: string, law: Law): Promise<Earlier> {
  const status = await stat(place).catch((cause: NodeJS.ErrnoException) => {
    throw unfit(`"${place}" cannot be read: ${cause.code}`, cause);
  });
  if (!status.isDirectory()) {
    const report = await readReport(place, status.size);
    refuseOther(report, lawOf(law.plan));
    return report;
  }
  return judged(await readNights([place]), law);
}

/** What earlier recordings show by the same law; none where there are none. */
export function judged(recordings: readonly Recording[], { plan, rules, version }: Law): Earlier {
  return judgeRecorded(recordings, plan, rules, version);
}

async function readReport(file: string, size: number): Promise<Earlier> {
  if (size > LARGEST_BYTES) throw unfit(`"${file}" is larger than 256 MiB`);
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw unfit(`"${file}" cannot be read: ${cause.code}`, cause);
  });
  const parsed = Earlier.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unfit(`"${file}" is no report as --report json writes it (${issue?.path.join('.') || 'it is not JSON'})`);
}

/**
 * Of recordings that are judged, those before the newest. Where the newest does not ask all that they asked, they are of several
 * collections, and what one of them saw first tonight would pass for known.
 */
export function beforeNewest(recordings: readonly Recording[]): readonly Recording[] {
  const inOrder = recordings.toSorted((a, b) => (a.takenAt.to < b.takenAt.to ? -1 : 1));
  const [newest, ...earlier] = inOrder.toReversed();
  if (!newest || earlier.length === 0) throw unfit('there is one recording, and none before it');
  const asked = sourcesOf(newest);
  const missing = earlier.flatMap((recording) => [...sourcesOf(recording)]).find((source) => !asked.has(source));
  if (missing !== undefined) throw unfit(`the newest recording was not to ask "${missing}", as earlier ones were: which are from before?`);
  return earlier;
}

function sourcesOf({ observations }: Recording): ReadonlySet<string> {
  return new Set(observations.flatMap((seen) => (seen.kind === 'expected' ? [seen.scope.source] : [])));
}

function unfit(says: string, cause?: unknown): AuditError {
  return new AuditError('USAGE', `--fail-on-new: ${says}`, {
    hint: 'Name what was before: --fail-on-new RECORDING, a folder of them, or a report that --report json=FILE wrote.',
    ...(cause ? { cause } : {}),
  });
}
