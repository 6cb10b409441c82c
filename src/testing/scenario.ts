import { canonicalJson, sha256 } from '../domain/identify.ts';
import { type GapReason, Observation, type TestRecord, Vouchable } from '../domain/observation.ts';
import { Plan } from '../domain/plan.ts';
import type { Recording } from '../domain/recording.ts';
import { type Build, type Event, type Place, tellEvent } from './events.ts';
import { instant, observe } from './observe.ts';

/** An immutable timeline of what happened; each call returns a longer one. By default every source vouches for everything. */
export type Scenario = Readonly<{
  at(clock: string): Scenario;
  built(image: string, by: Build): Scenario;
  /** Content in the registry that no build made. */
  pushed(image: string): Scenario;
  tested(image: string, by: { gate: string; result?: TestRecord['result'] }): Scenario;
  /** An index over images that were built: the letter R is for arm64, every other for amd64. */
  indexed(image: string, members: readonly string[]): Scenario;
  deployed(image: string, to: Place, platform?: string): Scenario;
  stopped(at: Place): Scenario;
  /** Takes a recording of everything as of now; one more is always taken at the end. */
  recorded(): Scenario;
  blindTo(kind: Vouchable, because: GapReason): Scenario;
  recordings(): readonly Recording[];
  plan(): Plan;
  toString(): string;
}>;

export type Given = Readonly<{ gates?: readonly string[]; promotion?: readonly (readonly string[])[] }>;

/** An empty timeline, with what the plan says beside it. */
export function scenario(given: Given = {}): Scenario {
  return timeline(given, [], '00:00');
}

function timeline(given: Given, events: readonly Event[], clock: string): Scenario {
  const then = (event: Event) => timeline(given, [...events, event], clock);
  return {
    at: (next) => timeline(given, events, next),
    built: (image, by) => then({ at: clock, did: 'build', image, by }),
    pushed: (image) => then({ at: clock, did: 'push', image }),
    tested: (image, { gate, result = 'passed' }) => then({ at: clock, did: 'test', image, gate, result }),
    indexed: (image, members) => then({ at: clock, did: 'index', image, members }),
    deployed: (image, to, platform = 'linux/amd64') => then({ at: clock, did: 'deploy', image, to, platform }),
    stopped: (to) => then({ at: clock, did: 'stop', to }),
    recorded: () => then({ at: clock, did: 'record' }),
    blindTo: (of, because) => then({ at: clock, did: 'go-blind', of, because }),
    recordings: () => recordingsOf(events, clock),
    plan: () => Plan.parse({ promotion: given.promotion ?? [['staging'], ['production']], gates: given.gates ?? [] }),
    toString: () => events.map(tellEvent).join('\n'),
  };
}

function recordingsOf(events: readonly Event[], end: string): Recording[] {
  const cuts = events.flatMap((event, at) => (event.did === 'record' ? [{ upTo: at, clock: event.at }] : []));
  return [...cuts, { upTo: events.length, clock: end }].map(({ upTo, clock }) => take(events.slice(0, upTo), clock));
}

function take(events: readonly Event[], clock: string): Recording {
  const standing = events.filter((event, at) => isStillTrue(event, events.slice(at + 1)));
  const observations = [...statements(events, clock), ...standing.flatMap(observe)];
  const takenAt = { from: instant(clock), to: instant(clock) };
  return { takenAt, observations, digest: `sha256:${sha256(canonicalJson([takenAt, observations]))}` };
}

/** A later deployment to the same place hides the earlier one: what runs is observed, not what ran. */
function isStillTrue(event: Event, later: readonly Event[]): boolean {
  return event.did !== 'deploy' || !later.some((other) => (other.did === 'deploy' || other.did === 'stop') && other.to === event.to);
}

/** What happened is listed for a window of time; what is, is listed as of now. */
const EVENTS: ReadonlySet<Vouchable> = new Set(['build', 'test']);

function statements(events: readonly Event[], clock: string): Observation[] {
  const blind = new Map(events.flatMap((event) => (event.did === 'go-blind' ? [[event.of, event.because] as const] : [])));
  const seen = { at: instant(clock), origin: { source: 'scenario', locator: 'scenario' } };
  return Vouchable.options.flatMap((of) => {
    const because = blind.get(of);
    const answer = because
      ? { ...seen, kind: 'gap', of, scope: { source: 'scenario' }, because }
      : {
          ...seen,
          kind: 'coverage',
          of,
          scope: { source: 'scenario', ...(EVENTS.has(of) ? { since: '2026-03-01T00:00:00Z', until: instant(clock) } : {}) },
        };
    return [Observation.parse({ ...seen, kind: 'expected', of, scope: { source: 'scenario' } }), Observation.parse(answer)];
  });
}
