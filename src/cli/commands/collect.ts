import { AuditError } from '../../error.ts';
import { writeRecording } from '../../recording/write.ts';
import { countOf } from '../../report/count-of.ts';
import { configureUnjudged } from '../configure.ts';
import { exitCodeOfEnd } from '../end.ts';
import { gather } from '../gather.ts';
import { withOnly } from '../only.ts';
import { parseTimeout } from '../timeout.ts';

export type CollectOptions = Readonly<{ config: string; out?: string; only: readonly string[]; timeout?: string }>;

/** Only observes: writes a recording. 0 where it is complete, 3 where it is sealed with gaps. */
export async function collect({ config, out, only, timeout }: CollectOptions): Promise<number> {
  if (out === undefined)
    throw new AuditError('USAGE', 'no folder for the recording', { hint: 'Name it with --out DIR; it must not exist yet.' });
  const configured = withOnly(await configureUnjudged(config), only);
  const { unsealed, ended } = await gather(configured, config, timeout === undefined ? undefined : parseTimeout(timeout));
  const { observations, digest } = await writeRecording(out, unsealed);
  const gaps = observations.filter(({ kind }) => kind === 'gap').length;
  const held = `${countOf(observations.length, 'observation')}, ${countOf(gaps, 'gap')}`;
  process.stderr.write(`selfsame: ${held}, in ${out} (${digest})\n`);
  if (gaps > 0) process.stderr.write(`  \`selfsame judge ${out}\` tells each gap, and what would close it.\n`);
  return exitCodeOfEnd(ended) ?? (gaps > 0 ? 3 : 0);
}
