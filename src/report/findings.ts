import { type Finding, reaches, type Severity } from '../domain/finding.ts';
import { identify, sha256 } from '../domain/identify.ts';
import type { Observation } from '../domain/observation.ts';
import { byKey, byText, groupBy } from '../domain/order.ts';
import type { Plan } from '../domain/plan.ts';
import { weakest } from '../domain/trust.ts';
import type { Ledger } from '../inventory/ledger.ts';
import type { Judged } from '../judge/judge.ts';
import { fillMessage, fillWhole } from './words.ts';

const SEVERITY_ORDER: readonly Severity[] = ['high', 'medium', 'low', 'info'];

type Drift = Judged & { verdict: Extract<Judged['verdict'], { outcome: 'drift' }> };

/** Findings, one per rule, artifact and counterpart, with every row that uses it; and the observations they cite. */
export function findingsOf(
  judged: readonly Judged[],
  ledger: Ledger,
  plan: Plan,
): { findings: Finding[]; cited: ReadonlySet<Observation> } {
  const drifts = judged.filter(isDrift);
  const groups = groupBy(drifts, ({ rule, row, verdict }) => {
    const counterpart = ledger.standing(row).counterpart?.key ?? '';
    return [rule.id, verdict.message, row.artifact?.key ?? row.where, counterpart, severityOf(rule, row.last, plan)].join(' ');
  });
  const findings = [...groups.values()].map((group) => toFinding(group, ledger, plan));
  return {
    findings: findings.toSorted(byKey(({ severity, rule, fingerprint }) => `${SEVERITY_ORDER.indexOf(severity)} ${rule} ${fingerprint}`)),
    cited: new Set(drifts.flatMap(({ verdict }) => verdict.evidence)),
  };
}

function isDrift(judged: Judged): judged is Drift {
  return judged.verdict.outcome === 'drift';
}

/** Only the last rank's findings keep their severity; others are at most low (SEMANTICS 12). */
function severityOf({ id, severity }: Judged['rule'], isLast: boolean, { rules }: Plan): Severity {
  const set = rules[id];
  const own = set === undefined || set === 'off' ? severity : set;
  return isLast || !reaches(own, 'medium') ? own : 'low';
}

function toFinding(group: readonly Drift[], ledger: Ledger, plan: Plan): Finding {
  const [{ rule, row, verdict }] = group as readonly [Drift, ...Drift[]];
  const where = [...new Set(group.map((one) => one.row.where))].toSorted(byText);
  const standing = ledger.standing(row);
  return {
    fingerprint: sha256([rule.id, verdict.message, ...where].join('\n')).slice(0, 32),
    rule: rule.id,
    severity: severityOf(rule, row.last, plan),
    confidence: weakest(group.map((one) => ledger.standing(one.row).confidence)),
    message: verdict.message,
    facts: verdict.facts,
    text: fillMessage(rule.messages[verdict.message] ?? verdict.message, verdict.facts),
    ...(standing.difference ? { cause: standing.difference.cause } : {}),
    fix: fillWhole(rule.fix, verdict.facts),
    artifact: row.artifact?.key ?? '',
    ...(standing.counterpart ? { counterpart: standing.counterpart.key } : {}),
    where,
    evidence: [...new Set(group.flatMap((one) => one.verdict.evidence.map(identify)))].toSorted(byText),
  };
}
