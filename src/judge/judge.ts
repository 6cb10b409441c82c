import { known } from '../domain/known.ts';
import type { Plan } from '../domain/plan.ts';
import type { Ledger } from '../inventory/ledger.ts';
import type { Row } from '../inventory/row.ts';
import type { DockerfileSubject, JobSubject } from '../inventory/workflows/subject.ts';
import type { AnyRule, Say, Sentences, Subject, Verdict } from './define-rule.ts';
import { isOff, optionsOf } from './policy.ts';
import { failureOf, soundNeeds, soundVerdict } from './sound.ts';

/** One rule's verdict on one row. */
export type Judged = Readonly<{ rule: AnyRule; row: Row; verdict: Verdict }>;

/** One rule's verdict on a part of a file. */
export type JudgedFile = Readonly<{ rule: AnyRule; subject: JobSubject | DockerfileSubject; verdict: Verdict }>;

/** Whose it is makes no difference to a rule that judges everything. */
const OURS = known(false);

const PASS: Verdict = { outcome: 'pass' };

const say: Say<Sentences, Sentences> = {
  pass: () => PASS,
  skip: (because) => ({ outcome: 'not-applicable', because }),
  drift: (message, facts, line) => ({ outcome: 'drift', message, facts, evidence: [], ...(line === undefined ? {} : { line }) }),
};

/** Judges every row by every rule that the plan does not turn off there. */
export function judgeAll(rules: readonly AnyRule[], ledger: Ledger, plan: Plan): readonly Judged[] {
  return rules.flatMap((rule) => {
    if (rule.judges !== 'deployed') return [];
    const rows = ledger.rows.filter(({ environment }) => !isOff(rule, environment, plan));
    const options = optionsOf(rule, plan);
    return rows.map((row) => ({ rule, row, verdict: judge(rule, row, ledger, options) }));
  });
}

/** Judges every job and every file that images are built by, by every rule of those that the plan does not turn off. */
export function judgeFiles(rules: readonly AnyRule[], ledger: Ledger, plan: Plan): readonly JudgedFile[] {
  const { jobs, dockerfiles } = ledger.workflows;
  return rules.flatMap((rule) => {
    if (rule.judges === 'deployed' || isOff(rule, undefined, plan)) return [];
    const options = optionsOf(rule, plan);
    const subjects = rule.judges === 'dockerfile' ? dockerfiles : jobs;
    return subjects.map((subject) => ({ rule, subject, verdict: ask({ rule, subject, ledger, options }) }));
  });
}

/** One rule, one row. A rule whose needs are unmet is never asked; of what a vendor built, few are (SEMANTICS 5). One that fails ends the audit. */
export function judge(rule: AnyRule, row: Row, ledger: Ledger, options: unknown): Verdict {
  const vendor = rule.vendors ? OURS : ledger.isVendors(row);
  if (!vendor.known) return { outcome: 'unknown', because: [`standing: ${vendor.because}`] };
  if (vendor.value) return { outcome: 'not-applicable', because: 'vendor' };

  const verdict = ask({ rule, subject: row, ledger, options });
  if (verdict.outcome !== 'drift') return verdict;
  return { ...verdict, evidence: [...new Set([...row.running, ...verdict.evidence])] };
}

type Asked = Readonly<{ rule: AnyRule; subject: Subject; ledger: Ledger; options: unknown }>;

function ask(about: Asked): Verdict {
  try {
    return answerTo(about);
  } catch (cause) {
    throw failureOf(about, cause);
  }
}

/** A rule is asked only where all that it needs is known; what it finds cites what it was told. */
function answerTo({ rule, subject, ledger, options }: Asked): Verdict {
  // The rule's own types were checked where it was defined; here they are erased.
  const needs = soundNeeds({ rule, subject }, rule.needs(subject as never, ledger, options as never));
  const values: Record<string, unknown> = {};
  const unmet: string[] = [];
  for (const [name, need] of Object.entries(needs))
    if (need.known) values[name] = need.value;
    else unmet.push(`${name}: ${need.because}`);
  if (unmet.length > 0) return { outcome: 'unknown', because: unmet };

  const verdict = soundVerdict({ rule, subject }, rule.check(values as never, subject as never, say as never, options as never));
  if (verdict.outcome !== 'drift') return verdict;
  const read = Object.values(needs).flatMap((need) => (need.known ? need.evidence : []));
  return { ...verdict, evidence: [...new Set(read)] };
}
