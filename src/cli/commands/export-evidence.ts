import { judgeSince } from '../../audit.ts';
import { sortedBy } from '../../domain/order.ts';
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
  const report = judgeSince(
    read.map(({ recording }) => recording),
    { ...audit, version },
    undefined,
  );
  const recordings = sortedBy(
    read.map(({ directory, recording: { digest, takenAt } }) => ({ directory, digest, to: takenAt.to })),
    ({ to, digest }) => `${to} ${digest}`,
  );
  const head = {
    schema: 'selfsame/pack/v1',
    tool: { name: 'selfsame', version },
    plan: audit.plan,
    code: audit.code !== undefined,
  } as const;
  await writePack(out, { head, report, recordings }, key);
  const what = recordings.length === 1 ? 'a recording and the reports of it' : `${recordings.length} recordings and the reports of them`;
  await write(`${out}: ${what}, ${key ? 'sealed and signed' : 'sealed, signed by nobody'}.\n`);
  return 0;
}
