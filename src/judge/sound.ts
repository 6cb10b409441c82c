import { AuditError } from '../error.ts';

import type { AnyRule, Needs, Subject, Verdict } from './define-rule.ts';

/** Whose turn it is: one rule, on one subject. */
type Turn = Readonly<{ rule: AnyRule; subject: Subject }>;

const OUTCOMES: ReadonlySet<unknown> = new Set(['pass', 'not-applicable', 'unknown', 'drift']);

/** What a rule needs, once every need is an answer of the ledger; a rule that no compiler has seen may return anything. */
export function soundNeeds(turn: Turn, needs: unknown): Needs {
  if (!isObject(needs) || isPromise(needs)) throw failureOf(turn, `needs ${tellKind(needs)}, and must return answers of the ledger`);
  if (areAnswers(needs)) return needs;
  const unsound = Object.entries(needs).find(([, need]) => !isAnswer(need));
  throw failureOf(turn, `needs.${unsound?.[0]} is no answer of the ledger: it neither knows nor says why not`);
}

/** What a rule concluded, once it is a verdict that the rule has a sentence for. */
export function soundVerdict(turn: Turn, verdict: unknown): Verdict {
  if (!isVerdict(verdict)) throw failureOf(turn, `check ${tellKind(verdict)}, and must return a verdict`);
  const { messages, skips } = turn.rule;
  if (verdict.outcome === 'not-applicable' && !Object.hasOwn(skips, verdict.because))
    throw failureOf(turn, `it has no skip "${verdict.because}"`);
  if (verdict.outcome !== 'drift') return verdict;
  if (!Object.hasOwn(messages, verdict.message)) throw failureOf(turn, `it has no message "${verdict.message}"`);
  const wrong = Object.entries(verdict.facts ?? {}).find(([, value]) => typeof value !== 'string');
  if (wrong) throw failureOf(turn, `its fact ${wrong[0]} is no text`);
  return verdict;
}

/** Why a rule came to no verdict: what it would have found nobody knows, so the audit ends and nothing counts as a pass. */
export function failureOf({ rule, subject }: Turn, failure: unknown): AuditError {
  if (failure instanceof AuditError) return failure;
  const says = failure instanceof Error ? failure.message : String(failure);
  return new AuditError('RULE_FAILED', `${rule.id} on ${subject.where}: ${says}`, {
    hint: `Mend the rule, or turn it off until it is mended: rules: { ${rule.id}: "off" }.`,
    cause: failure,
  });
}

function areAnswers(needs: object): needs is Needs {
  return Object.values(needs).every(isAnswer);
}

function isAnswer(need: unknown): boolean {
  return isObject(need) && typeof need.known === 'boolean';
}

/** What goes with its outcome is not looked at here. */
function isVerdict(value: unknown): value is Verdict {
  return isObject(value) && OUTCOMES.has(value.outcome);
}

function tellKind(value: unknown): string {
  if (!isPromise(value)) return `returned ${value === null ? 'null' : typeof value}`;
  // Whether it is kept or broken, nobody waits for it.
  value.then(undefined, () => undefined);
  return 'is async';
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && typeof value.then === 'function';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
