import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { judgeSince, type Law } from '../../audit.ts';
import type { Earlier } from '../../domain/earlier.ts';
import type { Recording } from '../../domain/recording.ts';
import { AuditError } from '../../error.ts';
import { readRecordings } from '../../recording/read.ts';
import { sealed, type Unsealed, writeRecording } from '../../recording/write.ts';
import { configuredAlone } from '../alone.ts';
import { earlierAt, type FailOnNew, judged } from '../before.ts';
import { type Audit, configure } from '../configure.ts';
import { deliver, prepare } from '../deliver.ts';
import { exitCodeOfEnd } from '../end.ts';
import { gather } from '../gather.ts';
import { withOnly } from '../only.ts';
import { refuseUnknownOwner, shownTo } from '../owner-view.ts';
import { parseTimeout } from '../timeout.ts';
import { versionOf } from '../version.ts';

export type ScanOptions = Readonly<{
  config: string;
  code?: boolean;
  report: readonly string[];
  keep?: string;
  only: readonly string[];
  timeout?: string;
  owner?: string;
  failOnNew?: FailOnNew;
  signWith?: string;
  source?: string;
  place?: string | undefined;
}>;

/** Collects, judges and reports; with a folder to keep recordings in, the earlier ones there are judged with it. */
export async function scan(options: ScanOptions): Promise<number> {
  const { config, report, keep, only, timeout, owner, signWith } = options;
  if (keep !== undefined && only.length > 0) throw ofAPart();
  const configured = withOnly(await configuredFor(options), only);
  refuseUnknownOwner(owner, configured.plan.teams);
  await prepare(report, signWith);
  const kept = keep === undefined ? [] : await readKept(keep);
  const law = { ...configured, version: versionOf() };
  const earlier = await earlierOf(options, kept, law);
  const { unsealed, ended } = await gather(configured, config, timeout === undefined ? undefined : parseTimeout(timeout));
  const newest = keep === undefined ? sealed(unsealed) : await keepRecording(keep, unsealed, kept);
  const concluded = judgeSince([...kept, newest], law, earlier);
  await deliver(shownTo(owner, concluded), report, signWith);
  return exitCodeOfEnd(ended) ?? concluded.exitCode;
}

function configuredFor({ config, code, source, place, keep }: ScanOptions): Promise<Audit> {
  if (source === undefined && place !== undefined)
    throw new AuditError('USAGE', `"${place}": a place is for one source alone`, {
      hint: 'Name the source: selfsame scan --source github-workflows .',
    });
  if (source !== undefined && keep !== undefined)
    throw new AuditError('USAGE', '--keep and --source do not go together', {
      hint: 'Write the source into the configuration, and keep whole nights: of what the others see, such a one would hold nothing.',
    });
  return source === undefined ? configure(config, code) : configuredAlone({ source, place: place ?? '.' }, config, code);
}

/** Read before anything is asked: a scan that could not tell what is new would have been for nothing. */
async function earlierOf({ failOnNew, keep }: ScanOptions, kept: readonly Recording[], law: Law): Promise<Earlier | undefined> {
  if (typeof failOnNew === 'string') return earlierAt(failOnNew, law);
  if (failOnNew && keep === undefined)
    throw new AuditError('USAGE', '--fail-on-new has nothing to compare with', {
      hint: 'Name what was before, --fail-on-new REPORT.json or RECORDING, or keep recordings with --keep DIR.',
    });
  if (failOnNew && kept.length === 0) process.stderr.write(`selfsame: nothing was kept in ${keep} before: every finding is new.\n`);
  return failOnNew && kept.length > 0 ? judged(kept, law) : undefined;
}

/** Of what is elsewhere a narrowed night has not read the images: it would stand for the newest of the whole. */
function ofAPart(): AuditError {
  return new AuditError('USAGE', '--keep and --only do not go together', {
    hint: 'Keep whole nights, and look at a part of one with `selfsame judge DIR --only PLACE`; or scan a part without --keep.',
  });
}

/** Every recording in the folder; what is in the way of reading one ends the scan before anything is asked. */
async function readKept(folder: string): Promise<readonly Recording[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw new AuditError('USAGE', `--keep "${folder}" cannot be read: ${cause.code}`, {
      hint: 'Name a folder; it is made where there is none.',
      cause,
    });
  });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const whole = names.filter((name) => !name.endsWith('.partial')).toSorted();
  for (const name of names.filter((one) => one.endsWith('.partial')))
    process.stderr.write(`selfsame: ${path.join(folder, name)} is not finished and not read; where no scan is running, delete it.\n`);
  return readRecordings(whole.map((name) => path.join(folder, name)));
}

async function keepRecording(folder: string, unsealed: Unsealed, earlier: readonly Recording[]): Promise<Recording> {
  const newest = earlier.toSorted((a, b) => (a.takenAt.to < b.takenAt.to ? -1 : 1)).at(-1);
  const place = path.join(folder, unsealed.takenAt.to.replaceAll(':', '-'));
  const kept = await writeRecording(place, { ...unsealed, ...(newest ? { previous: newest.digest } : {}) });
  process.stderr.write(`selfsame: kept in ${place} (${kept.digest})\n`);
  return kept;
}
