import { isPlacedIn } from '../../domain/place.ts';
import { AuditError } from '../../error.ts';
import { type Chain, chainOf, rowsAbout } from '../../explain/chain.ts';
import { type Ledger, openLedger } from '../../inventory/ledger.ts';
import { sealed } from '../../recording/write.ts';
import { printable, printableJson } from '../../report/printable.ts';
import { wrap } from '../../report/wrap.ts';
import { configure } from '../configure.ts';
import { gather } from '../gather.ts';
import { lookOfTerminal } from '../look.ts';
import { write } from '../output.ts';
import { readNights } from '../read-nights.ts';

export type ExplainOptions = Readonly<{ config: string; code?: boolean; json?: boolean }>;

/** Tells the whole chain of whatever runs a place, digest, commit or image, from recordings or from a collection made now. */
export async function explain(
  what: string,
  directories: readonly string[],
  { config, code, json = false }: ExplainOptions,
): Promise<number> {
  const configured = await configure(config, code);
  const recordings = await readNights(directories);
  if (directories.length === 0) recordings.push(sealed((await gather(configured, config, undefined)).unsealed));
  const ledger = openLedger(recordings, configured.plan);
  const rows = rowsAbout(ledger, what);
  if (rows.length === 0) throw nothingAbout(what, ledger);
  const chains = rows.map((row) => chainOf(ledger, row, configured));
  await write(
    json ? printableJson(`${JSON.stringify({ schema: 'selfsame/explanation/v1', chains }, null, 2)}\n`) : chains.map(tellChain).join('\n'),
  );
  return 0;
}

function nothingAbout(what: string, { idle }: Ledger): AuditError {
  const declared = idle.filter((slot) => isPlacedIn(slot, what));
  if (declared.length > 0)
    return new AuditError('USAGE', `${declared.join(', ')} is declared and runs nothing now`, {
      hint: 'Explain it from a recording that was taken while it ran.',
    });
  return new AuditError('USAGE', `nothing that runs downstream is "${what}"`, {
    hint: 'Name a place (environment/name), a digest or its beginning, a commit or an image; `selfsame judge` lists the places.',
  });
}

function tellChain(chain: Chain): string {
  const { width } = lookOfTerminal();
  const line = (head: string, text: string) => `${head}${wrap(printable(text), width - head.length, ' '.repeat(head.length))}\n`;
  const said = chain.rules.filter(({ outcome }) => outcome === 'drift' || outcome === 'unknown');
  return [
    line('', chain.where),
    line('  standing    ', `${chain.standing}: ${chain.says}`),
    line('  runs        ', chain.runs),
    ...(chain.difference ? [line('  difference  ', chain.difference)] : []),
    ...chain.steps.map(({ at, says, source, locator, trust }) =>
      line('  - ', `${at}  ${says} [${trust ? `${trust}, ` : ''}${source}: ${locator}]`),
    ),
    ...said.map(({ rule, outcome, says }) => line(`  ${outcome.padEnd(8)} `, `${rule}: ${says}`)),
    ...said.flatMap(({ fix }) => (fix ? [line('  fix      ', fix)] : [])),
    ...(chain.next ? [line('  next     ', chain.next)] : []),
  ].join('');
}
