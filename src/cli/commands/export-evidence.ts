import { sortedBy } from '../../domain/order.ts';
import type { Recording } from '../../domain/recording.ts';
import { readRecording } from '../../recording/read.ts';
import { configure } from '../configure.ts';
import { sealKeyOf } from '../evidence/seal-key.ts';
import { writePack } from '../evidence/write-pack.ts';
import { write } from '../output.ts';
import { recordingsIn } from '../recordings-in.ts';
import { versionOf } from '../version.ts';

export type ExportOptions = Readonly<{ config: string; code?: boolean; out: string; signWith?: string }>;

/** Judges recordings and packs them with the plan, the report and a seal, so that anybody can judge them again: 0 where the pack was written, whatever it says. */
export async function exportEvidence(places: readonly string[], { config, code, out, signWith }: ExportOptions): Promise<number> {
  const key = signWith === undefined ? undefined : sealKeyOf(signWith);
  const audit = await configure(config, code);
  const version = versionOf();
  const directories = [...new Set((await Promise.all(places.map(recordingsIn))).flat())];
  const read = [];
  for (const directory of directories) read.push({ directory, recording: await readRecording(directory) });
  const recordings = sortedBy([...new Map(read.map((one) => [one.recording.digest, one])).values()], toOrder);
  const head = {
    schema: 'selfsame/pack/v1',
    tool: { name: 'selfsame', version },
    plan: audit.plan,
    code: audit.code !== undefined,
  } as const;
  await writePack(out, { head, law: { ...audit, version }, recordings }, key);
  const what = recordings.length === 1 ? 'a recording and the reports of it' : `${recordings.length} recordings and the reports of them`;
  await write(`${out}: ${what}, ${key ? 'sealed and signed' : 'sealed, signed by nobody'}.\n`);
  return 0;
}

function toOrder({ recording: { takenAt, digest } }: Readonly<{ recording: Recording }>): string {
  return `${takenAt.to} ${digest}`;
}
