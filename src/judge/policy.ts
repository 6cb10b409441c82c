import { reaches, type Severity } from '../domain/finding.ts';
import { isInFile, isPlacedIn, segmentsOf } from '../domain/place.ts';
import type { Plan, Waiver } from '../domain/plan.ts';
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

/** What a waiver is asked to cover: a finding of a rule, or a row that is unresolved. */
export type Waivable = Readonly<{ rule?: string; standing?: string; where: string; family: ReadonlySet<string> }>;

/** What became of a waiver, with what to do about it. */
export type WaiverState = 'applied' | 'expired' | 'unused' | 'stale-digest' | 'not-applied';

/** A plan's waivers; each remembers what it covered. */
export type Waivers = Readonly<{
  waiverFor(about: Waivable): Waiver | undefined;
  states(): readonly Readonly<{ waiver: Waiver; state: WaiverState; why: string }>[];
}>;

/** Opens the waivers of a plan, sorted by when they end, as of a day: the end of the newest recording, never the clock. */
export function openWaivers({ waivers }: Plan, today: string): Waivers {
  const covered = new Map(waivers.map((waiver) => [waiver, { here: 0, elsewhere: 0 }]));
  return {
    waiverFor(about) {
      for (const waiver of waivers) {
        const count = covered.get(waiver);
        if (!count || !speaksOf(waiver, about)) continue;
        if (waiver.digest && !about.family.has(waiver.digest)) count.elsewhere += 1;
        else count.here += 1;
      }
      // Of several that cover it, the one that does so longest.
      return waivers.findLast((waiver) => !whyNotApplied(waiver, today) && speaksOf(waiver, about) && isOfDigest(waiver, about));
    },
    states: () => waivers.map((waiver) => ({ waiver, ...stateOf(waiver, covered.get(waiver) ?? { here: 0, elsewhere: 0 }, today) })),
  };
}

function speaksOf({ rule, standing, where }: Waiver, about: Waivable): boolean {
  if (!isPlacedIn(about.where, where)) return false;
  return rule === undefined ? standing === about.standing : rule === about.rule;
}

/** A row that is unresolved is accepted only digest by digest: what it will be next is not known. */
function isOfDigest({ digest }: Waiver, { rule, family }: Waivable): boolean {
  return digest === undefined ? rule !== undefined : family.has(digest);
}

function whyNotApplied({ because, owner, until, where, standing, digest }: Waiver, today: string): string | undefined {
  const missing = Object.entries({ because, owner, until }).filter(([, value]) => !value);
  if (missing.length > 0) return `it has no ${missing.map(([name]) => name).join(', no ')}`;
  if (standing === 'unresolved' && !digest) return 'it names no digest, and what is unresolved can be accepted only digest by digest';
  if (where.split('/').every((segment) => segment === '*')) return 'its `where` names no place';
  if (!isInFile(where) && !segmentsOf(where))
    return 'its `where` is neither environment/name, a place as reports print it, nor a whole slot';
  return until !== undefined && until < today ? `it ended on ${until}` : undefined;
}

function stateOf(
  waiver: Waiver,
  { here, elsewhere }: { here: number; elsewhere: number },
  today: string,
): { state: WaiverState; why: string } {
  const not = whyNotApplied(waiver, today);
  if (not) return { state: not.startsWith('it ended') ? 'expired' : 'not-applied', why: not };
  if (here > 0) return { state: 'applied', why: waiver.because ?? '' };
  if (elsewhere > 0) return { state: 'stale-digest', why: 'another digest runs there now: what was accepted is gone' };
  return { state: 'unused', why: 'nothing that it speaks of was found' };
}
