import { Digest } from '../domain/digest.ts';
import type { Plan } from '../domain/plan.ts';
import type { Report, ReportRow } from '../domain/report.ts';
import type { Closure } from '../inventory/closure.ts';
import type { AnyRule } from '../judge/define-rule.ts';
import { openWaivers } from '../judge/waivers.ts';
import { isToTell, mustTell } from '../report/must-tell.ts';

/** An accusing standing that no rule could tell: it is no acquittal. */
export function untoldOf({ where, standing }: ReportRow, { findings, unknowns }: Report): readonly string[] {
  if (!['rebuilt', 'foreign', 'untested'].includes(standing.is) || findings.some((finding) => finding.where.includes(where))) return [];
  return unknowns.filter((unknown) => unknown.where.includes(where)).map(({ rule, because }) => `${rule} (${because})`);
}

type Judged = Readonly<{ report: Report; closure: Closure; plan: Plan; rules: readonly AnyRule[] }>;

/** The rules that must tell of a row, cannot, and are not waived there: as an audit counts them. */
export function silentOn(row: ReportRow, { report, closure, plan, rules }: Judged): readonly string[] {
  const { unknowns, dormant, effectiveAt } = report;
  const today = effectiveAt.slice(0, 10);
  const waivers = openWaivers(plan, today);
  const about = { standing: row.standing.is, where: row.where, family: familyOf(row, closure) };
  if (waivers.waiverFor(about)) return [];
  const asked = rules.filter((rule) => mustTell(rule, row, plan, today) && !waivers.waiverFor({ rule: rule.id, ...about }));
  const open = new Map(asked.map((rule) => [rule.id, rule]));
  const mayNotBe = (id: string, because: string) => [open.get(id)].some((rule) => rule && isToTell(rule, because));
  const silent = unknowns.filter(({ rule, because, where }) => mayNotBe(rule, because) && where.includes(row.where));
  return [
    ...silent.map(({ rule, because }) => `${rule} (${because})`),
    ...dormant.filter((id) => mayNotBe(id, 'not-configured')).map((id) => `${id} (no source tells of it)`),
  ];
}

function familyOf({ digest, platform }: ReportRow, closure: Closure): ReadonlySet<string> {
  const read = Digest.safeParse(digest).data;
  const artifact = read ? closure.artifactOf(read, platform) : 'no-digest';
  return typeof artifact === 'string' ? new Set() : closure.familyOf(artifact);
}
