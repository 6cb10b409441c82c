import { countOf } from '../../report/count-of.ts';
import type { Look } from '../../report/define-reporter.ts';
import { printable } from '../../report/printable.ts';
import { wrap } from '../../report/wrap.ts';
import type { Checked, Examined } from './checked.ts';

const MOST_SUBJECTS = 3;

/** What was verified, for a person: each attestation with its signer, or why it is refused and what to do, and the sum. */
export function tellExamined({ checked, others, unread }: Examined, { width }: Pick<Look, 'width'>): string {
  const line = (head: string, text: string) => `${head}${wrap(printable(text), width - head.length, ' '.repeat(head.length))}\n`;
  const told = checked.map(
    (one) =>
      `${line('', `${one.verdict}: ${one.place}`)}${linesOf(one)
        .map(([head, text]) => line(head, text))
        .join('')}`,
  );
  const missed = unread.map(({ place, why, hint }) => `${line('', `not read: ${place}: ${why}`)}${line('  ', hint)}`);
  const verified = checked.filter(({ verdict }) => verdict === 'verified').length;
  const refused = checked.filter(({ verdict }) => verdict === 'refused').length;
  const whole = checked.filter(({ verdict }) => verdict === 'whole').length;
  const unsealed = whole > 0 ? `, ${whole} whole but of nobody who was named` : '';
  const beside = others > 0 ? `, beside ${countOf(others, 'record')} that ${others === 1 ? 'rests' : 'rest'} on no attestation` : '';
  return `${told.join('')}${missed.join('')}${line('', `${verified} verified, ${refused} refused${unsealed}${beside}.${nothing(checked)}`)}`;
}

function nothing(checked: readonly Checked[]): string {
  return checked.length > 0
    ? ''
    : ' No attestation was found, which proves nothing: look at what is named, and at the step that fetches it.';
}

function linesOf(one: Checked): readonly (readonly [string, string])[] {
  const { predicateType, subjects = [] } = one;
  const more = subjects.length > MOST_SUBJECTS ? ` and ${subjects.length - MOST_SUBJECTS} more` : '';
  const about =
    predicateType === undefined ? [] : [['  ', `${predicateType} of ${subjects.slice(0, MOST_SUBJECTS).join(', ')}${more}`] as const];
  if (one.verdict === 'refused') return [...about, ['  ', `${one.because}: ${one.hint}`]];
  if ('notes' in one) return [...about, ['  ', one.notes]];
  const { identity, issuer, at, root, run, verifier } = one.signer;
  const by = [`by ${identity}`, ...(issuer ? [`issuer ${issuer}`] : []), ...(at ? [`at ${at}`] : []), ...(run ? [`run ${run}`] : [])];
  return [...about, ['  ', by.join(', ')], ['  ', `${root ? `root ${root}, ` : ''}verified by ${verifier}`]];
}
