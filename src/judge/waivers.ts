import { DAY_MS } from '../domain/day.ts';
import { byText, groupBy } from '../domain/order.ts';
import { formatPlace, isInFile, isPlacedIn, segmentsOf } from '../domain/place.ts';
import type { Plan, Waiver } from '../domain/plan.ts';

/** What a waiver is asked to cover: a finding of a rule, or a row that is unresolved; a rule that explains others' findings is none more. */
export type Waivable = Readonly<{
  rule?: string;
  explains?: boolean | undefined;
  standing?: string;
  where: string;
  family: ReadonlySet<string>;
  /** The digest of the family that reports name, where one is known. */
  digest?: string | undefined;
}>;

/** What became of a waiver, with what to do about it. */
export type WaiverState = 'applied' | 'expired' | 'unused' | 'stale-digest' | 'not-applied';

/** What is to be said of a waiver although it is applied. */
export type Concern = Readonly<{ is: 'expiring' | 'too-broad'; says: string }>;

/** A plan's waivers; each remembers what it covered. */
export type Waivers = Readonly<{
  waiverFor(about: Waivable): Waiver | undefined;
  states(): readonly Readonly<{ waiver: Waiver; state: WaiverState; why: string; concerns: readonly Concern[] }>[];
}>;

type Entry = Readonly<{ waiver: Waiver; at: number; not: string | undefined; covered: Covered }>;
type Covered = { here: number; elsewhere: Set<string>; rules: Set<string> };

const SOON_DAYS = 30;
/** A year, and a month so that recordings of last month are judged by it too: an end that nobody will see is none (SEMANTICS 36). */
export const LONGEST_DAYS = 396;
/** The segment of a slot's key that is the name of its workload. */
const NAME = 4;

/** Opens the waivers of a plan, sorted by when they end, as of a day: the end of the newest recording, never the clock. */
export function openWaivers({ waivers }: Plan, today: string): Waivers {
  const entries = waivers.map(
    (waiver, at): Entry => ({
      waiver,
      at,
      not: whyNotApplied(waiver, today),
      covered: { here: 0, elsewhere: new Set(), rules: new Set() },
    }),
  );
  const index = groupBy(entries, ({ waiver }) => keyOf(waiver));
  return {
    waiverFor(about) {
      const speaking = keysOf(about).flatMap((key) => (index.get(key) ?? []).filter(({ waiver }) => isPlacedIn(about.where, waiver.where)));
      for (const { waiver, covered } of speaking) count(waiver, about, covered);
      const applied = speaking.filter(({ waiver, not }) => !not && isOfDigest(waiver, about));
      // Of several that cover it, the one that does so longest.
      return applied.reduce<Entry | undefined>((last, one) => (last && last.at > one.at ? last : one), undefined)?.waiver;
    },
    states: () => entries.map((entry) => ({ waiver: entry.waiver, ...stateOf(entry), concerns: concernsOf(entry, today) })),
  };
}

/** A baseline has a waiver for every place: those that name one outright are found by it. */
function keyOf({ rule, standing, where }: Waiver): string {
  const about = rule ?? `standing ${standing}`;
  const isWhole = !where.includes('*') && (isInFile(where) || where.split('/').length === 6);
  return isWhole ? `${about} at ${where}` : about;
}

/** That a row is unresolved may be accepted; what a rule knows of it all the same is another thing, and may come later. */
function keysOf({ rule, standing, where }: Waivable): readonly string[] {
  const abouts = rule === undefined ? [`standing ${standing}`] : [rule, ...(standing === 'unresolved' ? [] : [`standing ${standing}`])];
  return abouts.flatMap((about) => [about, `${about} at ${where}`]);
}

function count({ digest }: Waiver, { family, rule, explains, digest: running }: Waivable, covered: Covered): void {
  if (digest && !family.has(digest)) covered.elsewhere.add(running ?? 'something whose digest is not known');
  else {
    covered.here += 1;
    if (rule !== undefined && !explains) covered.rules.add(rule);
  }
}

/** A row that is unresolved is accepted only digest by digest: what it will be next is not known. */
function isOfDigest({ digest }: Waiver, { rule, family }: Waivable): boolean {
  return digest === undefined ? rule !== undefined : family.has(digest);
}

function whyNotApplied({ because, owner, until, where, standing, digest }: Waiver, today: string): string | undefined {
  const missing = Object.entries({ because, owner, until }).filter(([, value]) => !value);
  if (missing.length > 0) return `it has no ${missing.map(([name]) => name).join(', no ')}`;
  if (standing === 'unresolved' && !digest) return 'it names no digest, and what is unresolved can be accepted only digest by digest';
  if (namesNothing(where)) return 'its `where` names no place';
  if (!isInFile(where) && !segmentsOf(where))
    return 'its `where` is neither environment/name, a place as reports print it, nor a whole slot';
  const days = daysTo(until ?? today, today);
  if (days < 0) return `it ended on ${until}`;
  if (days <= LONGEST_DAYS) return undefined;
  return `it ends on ${until}, more than ${LONGEST_DAYS} days after what it accepts was seen: the last day that is taken is ${lastDayFrom(today)}`;
}

function lastDayFrom(today: string): string {
  return new Date(Date.parse(today) + LONGEST_DAYS * DAY_MS).toISOString().slice(0, 10);
}

function daysTo(until: string, today: string): number {
  return Math.round((Date.parse(until) - Date.parse(today)) / DAY_MS);
}

/** Stars alone: of whatever runs, or of whatever lies in files. */
function namesNothing(where: string): boolean {
  const place = isInFile(where) ? formatPlace(where) : where;
  return place.split(/[/#]/).every((segment) => /^\**$/.test(segment));
}

function stateOf({ waiver, not, covered: { here, elsewhere } }: Entry): { state: WaiverState; why: string } {
  if (not) return { state: not.startsWith('it ended') ? 'expired' : 'not-applied', why: not };
  if (here > 0) return { state: 'applied', why: waiver.because ?? '' };
  if (elsewhere.size > 0) return { state: 'stale-digest', why: whyStale(waiver, [...elsewhere].toSorted(byText)) };
  return { state: 'unused', why: 'nothing that it speaks of was found' };
}

function whyStale({ digest }: Waiver, [first = '', ...others]: readonly string[]): string {
  const running = others.length > 0 ? `${first} and ${others.length} more` : first;
  return `it accepts ${digest ?? ''}, and what runs there now is ${running}: remove the waiver`;
}

function concernsOf(entry: Entry, today: string): readonly Concern[] {
  if (stateOf(entry).state !== 'applied') return [];
  return [...endOf(entry.waiver, today), ...breadthOf(entry)];
}

function endOf({ until = '' }: Waiver, today: string): readonly Concern[] {
  const days = daysTo(until, today);
  if (days > SOON_DAYS) return [];
  const left = days === 0 ? 'today' : `in ${days} day${days === 1 ? '' : 's'}`;
  return [{ is: 'expiring', says: `it ends on ${until}, ${left}` }];
}

/** It accepts what nobody has read: a finding of another kind on the same row, or whatever is deployed there next. */
function breadthOf({ waiver: { where, digest }, covered: { rules } }: Entry): readonly Concern[] {
  const named = isInFile(where) ? where : where.split('/')[segmentsOf(where)?.indexOf(NAME) ?? 0];
  const isOfAny = digest === undefined && /^\*+$/.test(named ?? '');
  const says = [
    ...(rules.size > 1 ? [`it covers findings of ${rules.size} rules: ${[...rules].toSorted(byText).join(', ')}`] : []),
    ...(isOfAny ? ['it names no workload or digest: whatever is found there next is waived too'] : []),
  ];
  return says.length > 0 ? [{ is: 'too-broad', says: says.join('; ') }] : [];
}
