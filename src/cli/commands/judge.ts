import { judgeSince, type Law } from '../../audit.ts';
import type { Earlier } from '../../domain/earlier.ts';
import type { Recording } from '../../domain/recording.ts';
import type { Report } from '../../domain/report.ts';
import { AuditError } from '../../error.ts';
import { STALE_MS } from '../../report/gaps.ts';
import { beforeNewest, earlierAt, type FailOnNew, judged } from '../before.ts';
import { configure } from '../configure.ts';
import { deliver } from '../deliver.ts';
import { withOnly } from '../only.ts';
import { shownTo } from '../owner-view.ts';
import { readNights } from '../read-nights.ts';
import { parseTime } from '../time.ts';
import { versionOf } from '../version.ts';

export type JudgeOptions = Readonly<{ config: string; code?: boolean; only?: readonly string[]; at?: string; failOnNew?: FailOnNew }>;

/** Judges recordings offline. */
export async function judge(
  directories: readonly string[],
  options: JudgeOptions & { report: readonly string[]; owner?: string; signWith?: string },
): Promise<number> {
  const concluded = await conclude(directories, options);
  await deliver(shownTo(options.owner, concluded), options.report, options.signWith);
  return concluded.exitCode;
}

/** Reads the plan and the recordings, and judges them by every rule. */
export async function conclude(directories: readonly string[], { config, code, only = [], at, failOnNew }: JudgeOptions): Promise<Report> {
  const law = { ...withOnly(await configure(config, code), only), version: versionOf() };
  const read = await readNights(directories);
  const recordings = at === undefined ? read : takenBy(read, at);
  return judgeSince(recordings, law, await earlierOf(failOnNew, recordings, law));
}

async function earlierOf(failOnNew: FailOnNew, recordings: readonly Recording[], law: Law): Promise<Earlier | undefined> {
  if (failOnNew === undefined) return undefined;
  return failOnNew === true ? judged(beforeNewest(recordings), law) : earlierAt(failOnNew, law);
}

/** What was recorded until a time: later recordings, and what happened later, are not known then (SEMANTICS 40). */
function takenBy(recordings: readonly Recording[], at: string): readonly Recording[] {
  const time = parseTime('at', at, 'Write it in UTC: 2026-11-25T03:12:00Z.');
  const known = recordings.filter(({ takenAt }) => Date.parse(takenAt.to) <= time);
  if (known.length > 0) return refuseUnrecorded(at, known);
  throw new AuditError('USAGE', `no recording was taken until ${at}`, { hint: 'Name a later time, or an earlier recording.' });
}

/** Nothing was seen of a time that is long after every recording: to judge it would be to judge the last one under another date. */
function refuseUnrecorded(at: string, known: readonly Recording[]): readonly Recording[] {
  const newest = known.reduce((last, { takenAt }) => (last > takenAt.to ? last : takenAt.to), '');
  if (Date.parse(at) - Date.parse(newest) <= STALE_MS) return known;
  throw new AuditError('USAGE', `what ran at ${at} was not recorded: the newest recording until then is of ${newest}`, {
    hint: 'Name a time that is no more than seven days after a recording, or give the recording of that time too.',
  });
}
