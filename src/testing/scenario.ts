import type { z } from 'zod';
import { canonicalJson, sha256 } from '../domain/identify.ts';
import { Observation } from '../domain/observation.ts';
import { Plan } from '../domain/plan.ts';
import type { Recording } from '../domain/recording.ts';
import { type GapReason, type Scope, Vouchable } from '../domain/statement.ts';
import {
  type Build,
  type CleanUp,
  type Event,
  type How,
  type Leave,
  type Place,
  type Release,
  type Repository,
  type Test,
  tellEvent,
} from './events.ts';
import { instant } from './instant.ts';
import { observe } from './observe.ts';

/** An immutable timeline of what happened; each call returns a longer one. By default every source vouches for everything. */
export type Scenario = Readonly<{
  at(clock: string): Scenario;
  built(image: string, by: Build): Scenario;
  /** A record that a run built what a registry holds already. */
  recordedBuild(image: string, by: Build): Scenario;
  /** Content in the registry that no build made. */
  pushed(image: string): Scenario;
  /** A tag, `payments:1.4`, names an image from now on; `{}` is of a registry that does not tell whether it can be moved. */
  tagged(tag: string, image: string, how?: { immutable?: boolean }): Scenario;
  /** The registry of the bases was read, and holds the base of a letter. */
  heldBase(letter: string): Scenario;
  /** The tag that every image takes its base by, `node:24`, names the base of a letter from now on. */
  namedBase(letter: string): Scenario;
  /** A registry is asked for an image, and has it. */
  held(image: string): Scenario;
  /** A registry is asked for an image, and has it no longer. */
  deleted(image: string): Scenario;
  /** A registry lists everything that hangs on an image there. */
  attached(image: string, ...types: readonly string[]): Scenario;
  /**
   * The registry deletes, or archives, by these rules whatever of a repository they select: any image unless they say so. It lists what it
   * holds, `payments:1.4=A` or untagged `payments=A`, with when that was pushed.
   */
  cleansUp(repository: string, rules: readonly CleanUp[], listed?: Readonly<Record<string, string>>): Scenario;
  tested(image: string, by: Test): Scenario;
  /** A gate that names no digest: it tests an address. */
  probed(by: Test): Scenario;
  /** Somebody approves an image for an environment of the CI system, or rejects it. */
  approved(image: string, by: Leave): Scenario;
  /** Somebody approves a run, whatever it deploys. */
  approvedRun(by: Leave & { run: string }): Scenario;
  /** The CI system lists the approvals of one run, and vouches for those of no other. */
  listedApprovalsOf(run: string): Scenario;
  /** A job records that it put an image into an environment of the CI system. */
  released(image: string, by: Release): Scenario;
  /** An index over images that were built: the letter R is for arm64, every other for amd64. */
  indexed(image: string, members: readonly string[]): Scenario;
  deployed(image: string, to: Place, how?: string | How): Scenario;
  /** An older revision of a workload, which declared another image. */
  had(image: string, at: Place, how: How & { revision: number }): Scenario;
  /** A workload that is declared and runs nothing. */
  idle(image: string, at: Place, how?: How): Scenario;
  /** A rendered manifest that declares an image for a workload. */
  manifested(image: string, at: Place, how?: How): Scenario;
  /** A repository has a workflow, an action or a Dockerfile that reads so. */
  wrote(path: string, text: string, to?: Repository): Scenario;
  stopped(at: Place): Scenario;
  /** Takes a recording of everything as of now; one more is always taken at the end. */
  recorded(): Scenario;
  blindTo(kind: Vouchable, because: GapReason, where?: Omit<Scope, 'source'>): Scenario;
  /** No source of this kind is configured. */
  withoutSource(kind: Vouchable): Scenario;
  recordings(): readonly Recording[];
  plan(): Plan;
  toString(): string;
}>;

/** What the plan says beside the timeline; gates may be written by name. */
export type Given = Readonly<Partial<Omit<z.input<typeof Plan>, 'gates'>> & { gates?: readonly (string | Plan['gates'][number])[] }>;

/** An empty timeline, with what the plan says beside it. */
export function scenario(given: Given = {}): Scenario {
  return timeline(given, [], '00:00');
}

function timeline(given: Given, events: readonly Event[], clock: string): Scenario {
  const then = (event: Event) => timeline(given, [...events, event], clock);
  return {
    at: (next) => timeline(given, events, next),
    built: (image, by) => then({ at: clock, did: 'build', image, by }),
    recordedBuild: (image, by) => then({ at: clock, did: 'record-build', image, by }),
    pushed: (image) => then({ at: clock, did: 'push', image }),
    tagged: (image, names, { immutable } = { immutable: false }) => then({ at: clock, did: 'tag', image, names, immutable }),
    heldBase: (base) => then({ at: clock, did: 'hold-base', base }),
    namedBase: (base) => then({ at: clock, did: 'name-base', base }),
    held: (image) => then({ at: clock, did: 'look-for', image, is: 'held' }),
    deleted: (image) => then({ at: clock, did: 'look-for', image, is: 'gone' }),
    attached: (image, ...types) => then({ at: clock, did: 'attach', image, types }),
    cleansUp: (repository, rules, listed = {}) => then({ at: clock, did: 'police', repository, rules, listed }),
    tested: (image, by) => then({ at: clock, did: 'test', image, by }),
    probed: (by) => then({ at: clock, did: 'test', image: undefined, by }),
    approved: (image, by) => then({ at: clock, did: 'approve', image, by }),
    approvedRun: (by) => then({ at: clock, did: 'approve', image: undefined, by }),
    listedApprovalsOf: (run) => then({ at: clock, did: 'list-approvals', run }),
    released: (image, by) => then({ at: clock, did: 'release', image, by }),
    indexed: (image, members) => then({ at: clock, did: 'index', image, members }),
    deployed: (image, to, how = {}) =>
      then({ at: clock, did: 'deploy', image, to, how: typeof how === 'string' ? { platform: how } : how }),
    had: (image, to, how) => then({ at: clock, did: 'declare', image, to, how, because: 'revision' }),
    idle: (image, to, how = {}) => then({ at: clock, did: 'declare', image, to, how, because: 'idle' }),
    manifested: (image, to, how = {}) => then({ at: clock, did: 'declare', image, to, how, because: 'manifest' }),
    wrote: (path, text, to = {}) => then({ at: clock, did: 'write', path, text, to }),
    stopped: (to) => then({ at: clock, did: 'stop', to }),
    recorded: () => then({ at: clock, did: 'record' }),
    blindTo: (of, because, where = {}) => then({ at: clock, did: 'go-blind', of, because, where }),
    withoutSource: (of) => then({ at: clock, did: 'not-ask', of }),
    recordings: () => recordingsOf(events, clock),
    plan: () => planOf(given),
    toString: () => events.map(tellEvent).join('\n'),
  };
}

function planOf({ gates = [], promotion = [['staging'], ['production']], ...rest }: Given): Plan {
  return Plan.parse({ ...rest, promotion, gates: gates.map((gate) => (typeof gate === 'string' ? { name: gate } : gate)) });
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

/** A later deployment to the same slot hides the earlier one: what runs is observed, not what ran. So does a tag that moves; a look at a registry is of its recording alone. */
function isStillTrue(event: Event, later: readonly Event[]): boolean {
  if (event.did === 'look-for')
    return !later.some((other) => other.did === 'record' || (other.did === 'look-for' && other.image === event.image));
  if (event.did === 'police') return !later.some((other) => other.did === 'police' && other.repository === event.repository);
  if (event.did === 'name-base') return !later.some(({ did }) => did === 'name-base');
  if (event.did === 'tag') return !later.some((other) => other.did === 'tag' && other.image === event.image);
  if (event.did !== 'deploy' && !(event.did === 'declare' && event.because === 'idle')) return true;
  const isReplaced = (other: Event) => {
    if (other.did === 'stop') return other.to === event.to;
    const isPlaced = other.did === 'deploy' || (other.did === 'declare' && other.because === 'idle');
    return isPlaced && slotOf(other) === slotOf(event) && !(other.how.beside ?? false);
  };
  return !later.some(isReplaced);
}

function slotOf({ to, how: { kind, namespace, cluster, container } }: Extract<Event, { did: 'deploy' | 'declare' }>): string {
  return [to, kind, namespace, cluster, container].join(' ');
}

/** What happened is listed for a window of time; what is, is listed as of now. */
const EVENTS: ReadonlySet<Vouchable> = new Set(['build', 'test', 'deployment', 'approval']);
const MOVES: ReadonlySet<Vouchable> = new Set(['deployment', 'approval']);

function statements(events: readonly Event[], clock: string): Observation[] {
  const seen = { at: instant(clock), origin: { source: 'scenario', locator: 'scenario' } };
  const unasked = new Set<Vouchable>(events.flatMap((event) => (event.did === 'not-ask' ? [event.of] : [])));
  if (!events.some(({ did }) => did === 'write')) unasked.add('workflow-file');
  const runs = events.flatMap((event) => (event.did === 'list-approvals' ? [{ project: 'acme/payments', run: event.run }] : []));
  const hasMoved = events.some(({ did }) => did === 'approve' || did === 'release');
  return (
    Vouchable.options
      // No registry is asked for channels, nobody for Dockerfiles by themselves, and no CI system for what it let through, unless a timeline has such a thing.
      .filter((of) => !unasked.has(of) && of !== 'channel' && of !== 'dockerfile' && (hasMoved || !MOVES.has(of)))
      .flatMap((of) => {
        const blind = events.filter((event) => event.did === 'go-blind').filter((event) => event.of === of);
        const window = EVENTS.has(of) ? { since: '2026-03-01T00:00:00Z', until: instant(clock) } : {};
        const gaps = blind.map(({ because, where }) => ({ ...seen, kind: 'gap', of, scope: { source: 'scenario', ...where }, because }));
        const isWhollyBlind = blind.some(({ where }) => Object.keys(where).length === 0);
        const places = of === 'approval' && runs.length > 0 ? runs : [{}];
        const coverage = isWhollyBlind
          ? []
          : places.map((place) => ({ ...seen, kind: 'coverage', of, scope: { source: 'scenario', ...place, ...window } }));
        const expected = places.map((place) => ({ ...seen, kind: 'expected', of, scope: { source: 'scenario', ...place } }));
        return [...expected, ...gaps, ...coverage].map((statement) => Observation.parse(statement));
      })
  );
}
