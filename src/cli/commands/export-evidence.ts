import { sortedBy } from '../../domain/order.ts';
import type { Recording } from '../../domain/recording.ts';
import { AuditError } from '../../error.ts';
import { readRecording } from '../../recording/read.ts';
import { configure } from '../configure.ts';
import { sealKeyOf } from '../evidence/seal-key.ts';
import { writePack } from '../evidence/write-pack.ts';
import { write } from '../output.ts';
import { recordingsIn } from '../recordings-in.ts';
import { parseTime } from '../time.ts';
import { versionOf } from '../version.ts';

export type ExportOptions = Readonly<{ config: string; code?: boolean; out: string; from?: string; to?: string; signWith?: string }>;

/** Judges recordings and packs them with the plan, the report and a seal, so that anybody can judge them again: 0 where the pack was written, whatever it says. */
export async function exportEvidence(places: readonly string[], options: ExportOptions): Promise<number> {
  const { config, code, out, signWith } = options;
  const key = signWith === undefined ? undefined : sealKeyOf(signWith);
  const audit = await configure(config, code);
  const version = versionOf();
  const directories = [...new Set((await Promise.all(places.map(recordingsIn))).flat())];
  const read = [];
  for (const directory of directories) read.push({ directory, recording: await readRecording(directory) });
  const from = timeOf('from', options.from);
  const until = inPeriod([...new Map(read.map((one) => [one.recording.digest, one])).values()], { from, to: timeOf('to', options.to) });
  const recordings = sortedBy(until, toOrder);
  const head = {
    schema: 'selfsame/pack/v1',
    tool: { name: 'selfsame', version },
    plan: audit.plan,
    code: audit.code !== undefined,
    ...(from === undefined ? {} : { from }),
  } as const;
  await writePack(out, { head, law: { ...audit, version }, recordings }, key);
  const what = recordings.length === 1 ? 'a recording and the reports of it' : `${recordings.length} recordings and the reports of them`;
  await write(`${out}: ${what}, ${key ? 'sealed and signed' : 'sealed, signed by nobody'}.\n`);
  return 0;
}

/** A date is its first second, so that `--to` of the next day holds the whole of this. */
function timeOf(option: 'from' | 'to', written: string | undefined): string | undefined {
  if (written === undefined) return undefined;
  return new Date(parseTime(option, written, 'Write it in UTC: 2026-11-01, or 2026-11-01T03:12:00Z.')).toISOString();
}

type Asked = Readonly<{ from: string | undefined; to: string | undefined }>;

/** Everything until the end of the period: what was there before it began decides what of it is new. */
function inPeriod<T extends Readonly<{ recording: Recording }>>(read: readonly T[], { from = '', to }: Asked): readonly T[] {
  const until = read.filter(({ recording: { takenAt } }) => to === undefined || takenAt.to < to);
  if (until.some(({ recording: { takenAt } }) => takenAt.to >= from)) return until;
  throw new AuditError('USAGE', 'no recording was taken in the period', {
    hint: 'Name another --from or --to, or the recordings of that period.',
  });
}

function toOrder({ recording: { takenAt, digest } }: Readonly<{ recording: Recording }>): string {
  return `${takenAt.to} ${digest}`;
}
