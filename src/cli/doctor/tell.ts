import { countOf } from '../../report/count-of.ts';
import { printable } from '../../report/printable.ts';
import { wrap } from '../../report/wrap.ts';
import type { Examination, Examined, Trouble } from './examine.ts';

const WIDTH = 80;
const FINE: readonly Examined['state'][] = ['fine', 'accepted'];

/** Whether a scan would meet nothing that it cannot read. */
function isFine({ sources, together }: Examination): boolean {
  return together.length === 0 && sources.every(({ state }) => FINE.includes(state));
}

/** 2 where the configuration itself is wrong, 3 where something of what it names is not to be read, 0 where all of it is. */
export function exitCodeOf(examination: Examination): 0 | 2 | 3 {
  const troubles = [...examination.sources.flatMap((source) => source.troubles), ...examination.together];
  if (troubles.some(({ because }) => because === 'configuration')) return 2;
  return isFine(examination) ? 0 : 3;
}

/** An examination for a person: source by source, what is in the way with what to do, and what was asked of whom. */
export function tell(examination: Examination, requests: ReadonlyMap<string, number>): string {
  const { sources, together } = examination;
  const blocks = [
    ...sources.map((source) => tellSource(source, untriedOf(examination))),
    ...together.map((trouble) => `together: ${tellTrouble(trouble)}`),
  ];
  const asked = [...requests].map(([host, count]) => `${printable(host)} (${count})`).join(', ');
  const missing = sources.filter(({ state }) => !FINE.includes(state)).length + together.length;
  const sum = isFine(examination) ? `${countOf(sources.length, 'source')}, nothing to mend.` : `${countOf(missing, 'thing')} to mend.`;
  return `${blocks.join('\n')}\n${folded(`${sum} Asked: ${asked || 'nobody'}.`, '')}`;
}

const STATES: Readonly<Record<Examined['state'], string>> = {
  fine: 'fine',
  accepted: 'its login is accepted, and nothing of ours was wanted of it: what it may read was not tried',
  missing: 'something is missing',
  untried: 'not tried: nothing of ours that runs comes from there',
};

/** Where nothing that runs could be seen, it is not known what comes from where. */
function untriedOf({ sources }: Examination): string {
  const blind = sources.some(({ state, saw, troubles }) => {
    return state === 'missing' && !saw['running-image'] && troubles.some(({ of }) => of?.includes('running-image'));
  });
  const isSeen = sources.some(({ saw }) => saw['running-image']);
  return blind && !isSeen ? 'not tried: nothing that runs could be read' : STATES.untried;
}

function tellSource({ name, use, state, saw, troubles, excess }: Examined, untried: string): string {
  const title = name === use ? use : `${use} ${name}`;
  const facts = Object.entries(saw).map(([kind, count]) => countOf(count, kind.replaceAll('-', ' ')));
  const seen = facts.length > 0 ? folded(`saw ${facts.join(', ')}`, '  ') : '';
  return `${wrap(printable(`${title}: ${state === 'untried' ? untried : STATES[state]}`), WIDTH - 2, '  ')}\n${seen}${troubles.map((trouble) => `  ${tellTrouble(trouble)}`).join('')}${excess.map((line) => folded(`more than it needs: ${line}`, '    ').slice(2)).join('')}`;
}

function tellTrouble({ because, of = [], where: [first = '', ...others], hint }: Trouble): string {
  const what = of.length > 0 ? `${because}, ${of.join(' and ').replaceAll('-', ' ')}` : because;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  const told = folded(`${what}: ${first}${more}`, '    ').trimStart();
  return hint ? `${told}${folded(hint, '    ')}` : told;
}

function folded(text: string, indent: string): string {
  return `${indent}${wrap(printable(text), WIDTH - indent.length, indent)}\n`;
}
