import { AuditError } from '../../error.ts';
import { printableJson } from '../../report/printable.ts';
import { configure } from '../configure.ts';
import { examine } from '../doctor/examine.ts';
import { exitCodeOf, tell } from '../doctor/tell.ts';
import { openEdge } from '../edge.ts';
import { exitCodeOfEnd } from '../end.ts';
import { write } from '../output.ts';
import { strike } from '../secrets.ts';
import { parseTimeout } from '../timeout.ts';

export type DoctorOptions = Readonly<{ config: string; code?: boolean; json?: boolean; timeout?: string }>;

/** Tries each configured source by itself, and says what is missing with the exact grant; nothing is judged, kept or changed. */
export async function doctor({ config, code: mayRun, json, timeout }: DoctorOptions): Promise<number> {
  const configured = await configure(config, mayRun);
  if (configured.sources.length === 0)
    throw new AuditError('CONFIG_INVALID', `${config}: it has no sources`, {
      hint: 'Say where to look: src/config/README.md tells how, `selfsame init` what is here.',
    });
  const edge = openEdge(configured.limits, parseTimeout(timeout ?? '2m'));
  const examination = await examine(configured, config, edge).finally(() => edge.close());
  const code = exitCodeOf(examination);
  const requests = edge.requests();
  const forMachines = { ...examination, requests: Object.fromEntries(requests), exitCode: code };
  await write(strike(json ? `${printableJson(JSON.stringify(forMachines, null, 2))}\n` : tell(examination, requests)));
  return exitCodeOfEnd(edge.ended()) ?? code;
}
