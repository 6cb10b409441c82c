import { reaches } from '../domain/finding.ts';
import type { Plan } from '../domain/plan.ts';
import type { Row } from '../inventory/row.ts';
import type { AnyRule } from '../judge/define-rule.ts';
import { notBefore, severityOf } from '../judge/policy.ts';

/** Whether an audit is open where a rule cannot tell of a row: it was told what to judge by, the row is at the end of the path, and what it finds would count. */
export function mustTell(rule: AnyRule, row: Pick<Row, 'environment' | 'last'>, plan: Plan, today: string): boolean {
  if (!rule.mustTell || !row.last || isDormant(rule, plan) || notBefore(rule, plan, today).from !== undefined) return false;
  const severities = Object.keys(rule.messages).map((message) => severityOf(rule, message, row, plan));
  return severities.some((severity) => severity !== 'off' && reaches(severity, plan.failOn));
}

/** Whether a reason for which a rule cannot tell is one for which it must. */
export function isToTell({ mustTellWhere }: AnyRule, because: string): boolean {
  return mustTellWhere === undefined || mustTellWhere.some((reason) => because.endsWith(reason));
}

/** What it awaits was not said, or says nothing. */
function isDormant({ id, awaits }: AnyRule, { rules }: Plan): boolean {
  return awaits !== undefined && Object.keys(rules[id]?.options?.[awaits] ?? {}).length === 0;
}
