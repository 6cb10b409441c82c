import { DAY_MS } from '../domain/day.ts';

/** The days of the week as a freeze names them, from Sunday, as Date counts them. */
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** A time in which nothing is to be deployed: from one instant to another, or every week on some days between two times of day, in UTC. */
export type Freeze = Readonly<{
  from: string;
  until: string;
  days?: readonly (typeof DAYS)[number][] | undefined;
  because: string;
  /** Those of the last rank, where none are named. */
  environments?: readonly string[] | undefined;
  /** Digests that may be deployed all the same. */
  allow?: readonly string[] | undefined;
}>;

/** A frozen span of time in milliseconds, and why. */
export type Span = Readonly<{ start: number; end: number; because: string }>;

/** No weekly freeze lasts longer than a week: of a longer time it is enough to know the last days. */
const MOST_DAYS = 8;

/** What freezes leave frozen of the time until an end, each span as long as it goes on without a break; weekly ones for the last eight days. */
export function spansOf(freezes: readonly Freeze[], { start, end }: Readonly<{ start: number; end: number }>): readonly Span[] {
  const all = freezes.flatMap((freeze): readonly Span[] => {
    const { from, until, days, because } = freeze;
    if (!days) return [{ start: Date.parse(from), end: Date.parse(until), because }];
    const firstDay = Math.floor(Math.max(start, end - MOST_DAYS * DAY_MS) / DAY_MS) - MOST_DAYS;
    const count = Math.floor(end / DAY_MS) + MOST_DAYS - firstDay + 1;
    const midnights = Array.from({ length: count }, (_, nth) => (firstDay + nth) * DAY_MS);
    const frozen = midnights.filter((midnight) => days.some((day) => day === DAYS[new Date(midnight).getUTCDay()]));
    return frozen.map((midnight) => ({ start: midnight + timeOfDay(from), end: midnight + timeOfDay(until), because }));
  });
  return merged(all.toSorted((a, b) => a.start - b.start || a.end - b.end));
}

function timeOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return (hours * 60 + minutes) * 60_000;
}

function merged(spans: readonly Span[]): readonly Span[] {
  const whole: Span[] = [];
  for (const span of spans) {
    const last = whole.at(-1);
    if (!last || span.start > last.end) whole.push(span);
    else whole.splice(-1, 1, { ...last, end: Math.max(last.end, span.end), because: togetherOf(last.because, span.because) });
  }
  return whole;
}

function togetherOf(one: string, other: string): string {
  return one.split('; ').includes(other) ? one : `${one}; ${other}`;
}
