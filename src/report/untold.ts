import { byText, groupBy } from '../domain/order.ts';
import type { Ledger } from '../inventory/ledger.ts';
import type { Verdict } from '../judge/define-rule.ts';
import type { Judged } from '../judge/judge.ts';
import { countOf } from './count-of.ts';
import type { Terms } from './findings.ts';
import { isToTell, mustTell } from './must-tell.ts';

/** Of each rule that must tell and cannot: of how many rows at the end of the path, why, and the next step. */
export function untoldBy(judged: readonly Judged[], ledger: Ledger, terms: Terms): readonly string[] {
  const untold = judged.flatMap((one) => {
    const because = reasonsOf(one.verdict).filter((reason) => isToTell(one.rule, reason));
    return because.length > 0 && isOpenIn(one, ledger, terms) ? [{ rule: one.rule, because }] : [];
  });
  return [...groupBy(untold, ({ rule }) => rule.id)].map(([id, group]) => {
    const reasons = [...new Set(group.flatMap(({ because }) => because))].toSorted(byText);
    return `${id} cannot tell of ${countOf(group.length, 'row')} (${reasons.join(', ').replaceAll('-', ' ')}): ${group[0]?.rule.mustTell}`;
  });
}

/** What is unresolved is counted as that; and whoever waived what the rule would find there has accepted that it is not known. */
function isOpenIn({ rule, row }: Judged, ledger: Ledger, { plan, waivers, today }: Terms): boolean {
  const { is } = ledger.standing(row);
  if (is === 'unresolved' || !mustTell(rule, row, plan, today)) return false;
  return !waivers.waiverFor({ rule: rule.id, standing: is, where: row.where, family: ledger.familyOf(row) });
}

function reasonsOf(verdict: Verdict): readonly string[] {
  return verdict.outcome === 'unknown' ? verdict.because.map((because) => because.replace(/^[^:]+: /, '')) : [];
}
