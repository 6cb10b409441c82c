import { reaches, type Severity } from '../domain/finding.ts';
import type { Plan } from '../domain/plan.ts';
import { AuditError } from '../error.ts';
import type { Row } from '../inventory/row.ts';
import type { AnyRule } from './define-rule.ts';

/** The severity a plan gives a rule's message in an environment; only the last rank's keep theirs, others are at most low (SEMANTICS 12). */
export function severityOf(
  rule: AnyRule,
  message: string,
  { environment, last }: Pick<Row, 'environment' | 'last'>,
  plan: Plan,
): Severity | 'off' {
  const set = plan.rules[rule.id];
  const severity = set?.environments[environment] ?? set?.severity ?? rule.severities?.[message] ?? rule.severity;
  if (severity === 'off' || last) return severity;
  return reaches(severity, 'medium') ? 'low' : severity;
}

/** The day from which a rule's findings count, where that is after today; as a finding has it. */
export function notBefore(rule: Pick<AnyRule, 'id' | 'appliesFrom'>, { rules }: Plan, today: string): Readonly<{ from?: string }> {
  const from = rules[rule.id]?.appliesFrom ?? rule.appliesFrom;
  return from !== undefined && from > today ? { from } : {};
}

/** Whether a rule is judged in an environment at all; what lies in files is in none. */
export function isOff({ id }: Pick<AnyRule, 'id'>, environment: string | undefined, { rules }: Plan): boolean {
  const here = environment === undefined ? undefined : rules[id]?.environments[environment];
  return (here ?? rules[id]?.severity) === 'off';
}

/** What a plan tells a rule, as the rule's own schema reads it; what it cannot read is refused by name. */
export function optionsOf({ id, options }: Pick<AnyRule, 'id' | 'options'>, { rules }: Plan): unknown {
  const read = options?.safeParse(rules[id]?.options ?? {});
  if (!read || read.success) return read?.data;
  const [issue] = read.error.issues;
  throw new AuditError('CONFIG_INVALID', `${['rules', id, 'options', ...(issue?.path ?? [])].join('.')}: ${issue?.message}`, {
    hint: `What it can be told stands in rules/${id}.md.`,
  });
}
