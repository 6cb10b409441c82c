import type { LifecycleRule } from '../domain/lifecycle.ts';
import type { RunningImage, TestRecord } from '../domain/observation.ts';
import type { GapReason, Scope, Vouchable } from '../domain/statement.ts';
import type { Trust } from '../domain/trust.ts';

/** `environment/name`. */
export type Place = `${string}/${string}`;

/** What a build is said to be like another in: all that the two images share. */
export type Likeness = 'metadata' | 'labels' | 'runtime-config' | 'base' | 'bytes' | 'more-layers';

export type Build = Readonly<{
  run: string;
  attempt?: number;
  commit: string;
  /** The git tree, where the record has one. */
  tree?: string;
  /** A letter for the base image; X where nothing is said. */
  base?: string;
  /** Another image that this one shares its layers with, and what differs all the same. */
  like?: string;
  but?: Likeness;
  platform?: string;
  /** What the build was given. */
  arguments?: Readonly<Record<string, string>>;
  /** Where its source lies, if not in acme/payments. */
  repository?: string;
  builder?: string;
  trust?: Trust;
  /** When the record is deleted. */
  expires?: string;
}>;

/** Where and how an image runs, beyond its place. */
export type How = Readonly<
  Partial<
    Pick<
      RunningImage,
      'platform' | 'container' | 'role' | 'labels' | 'phase' | 'ready' | 'rollout' | 'injected' | 'finishedAt' | 'pullPolicy'
    >
  > & {
    kind?: string;
    namespace?: string;
    cluster?: string;
    pods?: number;
    /** The revision of its workload; made at the time of the event. */
    revision?: number;
    /** What the workload's template says, where admission changed it. */
    template?: string;
    /** What its spec starts in place of what the image says; nothing, unless it is told. */
    starts?: Readonly<{ command?: readonly string[]; args?: readonly string[] }> | 'not read';
    /** It runs beside what ran there before, and does not replace it. */
    beside?: boolean;
  }
>;

/** Who let a thing into an environment of the CI system, and how that is known: by its digest, or by its run alone. */
export type Leave = Readonly<{
  for: string;
  by?: string;
  requestedBy?: string;
  state?: 'approved' | 'rejected';
  /** The run that was approved, where no digest is named. */
  run?: string;
  attempt?: number;
  commit?: string;
  notBefore?: string;
  trust?: Trust;
}>;

/** What put a thing into an environment of the CI system. */
export type Release = Readonly<{ to: string; run?: string; result?: 'succeeded' | 'failed' | 'pending'; trust?: Trust }>;

export type Test = Readonly<{
  /** One gate at one time is one run, unless it is named; `none` is none. */
  run?: string;
  attempt?: number;
  gate: string;
  result?: TestRecord['result'];
  trust?: Trust;
  platform?: string;
  startedAt?: string;
}>;

/** Where a file lies: acme/payments, at no commit that was read, unless something else is said. */
export type Repository = Readonly<{ repository?: string; commit?: string; ref?: string }>;

/** A rule by which a registry deletes, or archives, by itself. */
export type CleanUp = Readonly<Partial<LifecycleRule> & Pick<LifecycleRule, 'by' | 'number'>>;

/** One thing that happened, at a time of day. */
export type Event =
  | Readonly<{ at: string; did: 'build'; image: string; by: Build }>
  | Readonly<{ at: string; did: 'record-build'; image: string; by: Build }>
  | Readonly<{ at: string; did: 'push'; image: string }>
  | Readonly<{ at: string; did: 'tag'; image: string; names: string; immutable: boolean | undefined }>
  | Readonly<{ at: string; did: 'look-for'; image: string; is: 'held' | 'gone' }>
  | Readonly<{ at: string; did: 'hold-base' | 'name-base'; base: string }>
  | Readonly<{ at: string; did: 'attach'; image: string; types: readonly string[] }>
  | Readonly<{ at: string; did: 'police'; repository: string; rules: readonly CleanUp[]; listed: Readonly<Record<string, string>> }>
  | Readonly<{ at: string; did: 'test'; image: string | undefined; by: Test }>
  | Readonly<{ at: string; did: 'approve'; image: string | undefined; by: Leave }>
  | Readonly<{ at: string; did: 'release'; image: string; by: Release }>
  | Readonly<{ at: string; did: 'list-approvals'; run: string }>
  | Readonly<{ at: string; did: 'index'; image: string; members: readonly string[] }>
  | Readonly<{ at: string; did: 'deploy'; image: string; to: Place; how: How }>
  | Readonly<{ at: string; did: 'declare'; image: string; to: Place; how: How; because: 'idle' | 'revision' | 'manifest' }>
  | Readonly<{ at: string; did: 'write'; path: string; text: string; to: Repository }>
  | Readonly<{ at: string; did: 'stop'; to: Place }>
  | Readonly<{ at: string; did: 'record' }>
  | Readonly<{ at: string; did: 'go-blind'; of: Vouchable; because: GapReason; where: Omit<Scope, 'source'> }>
  | Readonly<{ at: string; did: 'not-ask'; of: Vouchable }>;

/** An event as a line of an incident report. */
export function tellEvent(event: Event): string {
  return `${event.at}  ${tell(event)}`;
}

function tell(event: Event): string {
  switch (event.did) {
    case 'build':
      return `run ${event.by.run} builds ${event.image} from commit ${event.by.commit}${tellBuild(event.by)}`;
    case 'record-build':
      return `run ${event.by.run} is recorded as building ${event.image} from commit ${event.by.commit}${tellBuild(event.by)}`;
    case 'push':
      return `somebody pushes ${event.image} by hand`;
    case 'tag':
      return `tag ${event.image} names ${event.names}${event.immutable ? ', for ever' : ''}`;
    case 'hold-base':
      return `the registry holds base ${event.base}`;
    case 'name-base':
      return `tag node:24 names base ${event.base}`;
    case 'attach':
      return event.types.length > 0 ? `${event.types.join(', ')} hangs on ${event.image}` : `nothing hangs on ${event.image}`;
    case 'police':
      return tellPolicy(event);
    case 'look-for':
      return event.is === 'held' ? `the registry holds ${event.image}` : `the registry holds ${event.image} no longer`;
    case 'index':
      return `index ${event.image} is pushed with ${event.members.join(', ')}`;
    case 'test':
      return `gate ${event.by.gate} ${event.by.result ?? 'passed'} on ${event.image ?? 'whatever runs there'}${event.by.attempt ? `, in attempt ${event.by.attempt}` : ''}`;
    case 'approve':
      return tellLeave(event.image, event.by);
    case 'release':
      return `run ${event.by.run ?? 'unknown'} ${event.by.result ?? 'succeeded'} in deploying ${event.image} to the environment ${event.by.to}`;
    case 'list-approvals':
      return `every approval of run ${event.run} is listed, and of no other`;
    case 'deploy':
      if (event.how.phase === 'published') return `a channel publishes ${event.image} to ${event.to}`;
      return `${event.to}${tellHow(event.how)} runs ${event.image}${event.how.injected ? ', injected,' : ''}${event.how.template ? ` from a template with ${event.how.template}` : ''} on ${event.how.platform ?? 'linux/amd64'}${tellStarts(event.how)}`;
    case 'declare':
      if (event.because === 'manifest') return `the manifest of ${event.to}${tellHow(event.how)} declares ${event.image}`;
      return `${event.to} ${event.because === 'idle' ? 'is scaled to zero, declared as' : `has an older revision ${event.how.revision}:`} ${event.image}`;
    case 'write':
      return `${event.path} of ${event.to.repository ?? 'acme/payments'} reads\n\n${event.text.replaceAll(/^(?=.)/gm, '    ')}`;
    case 'stop':
      return `${event.to} is gone`;
    case 'record':
      return 'a recording is taken';
    case 'go-blind':
      return `not every ${event.of} can be seen${Object.values(event.where)
        .map((place) => ` in ${place}`)
        .join('')}: ${event.because}`;
    case 'not-ask':
      return `no source of any ${event.of} is configured`;
  }
}

function tellStarts({ starts }: How): string {
  if (starts === 'not read') return ', and what starts it was not read';
  const { command = [], args = [] } = starts ?? {};
  const told = [command.length > 0 ? `command ${command.join(' ')}` : '', args.length > 0 ? `arguments ${args.join(' ')}` : ''];
  const words = told.filter((word) => word !== '');
  return words.length > 0 ? `, with ${words.join(' and ')}` : '';
}

function tellPolicy({ repository, rules, listed }: Extract<Event, { did: 'police' }>): string {
  if (rules.length === 0) return `the registry deletes nothing of ${repository} by itself`;
  const told = rules.map(({ does = 'expire', selects = 'any', by, number, patterns = [], prefixes = [] }) => {
    const selected = [selects, ...patterns, ...prefixes.map((prefix) => `${prefix}*`)].join(' ');
    return `${does}s ${selected} images of it ${by === 'count' ? `beyond ${number}` : `${number} days after they were ${by}`}`;
  });
  return `${repository} lists ${Object.keys(listed).join(', ')}, and the registry ${told.join(', then ')}`;
}

function tellLeave(image: string | undefined, { by, state = 'approved', run, requestedBy, for: environment, trust }: Leave): string {
  const asked = requestedBy === undefined ? '' : `, as ${requestedBy} asked`;
  return `${by ?? 'an account that is gone'} ${state} ${image ?? `run ${run}`} for the environment ${environment}${asked}${trust ? `, which is ${trust}` : ''}`;
}

function tellBuild({ attempt, base, arguments: given, repository, builder, trust, expires }: Build): string {
  const told = [
    repository ? ` of ${repository}` : '',
    attempt === undefined ? '' : `, in attempt ${attempt}`,
    base ? ` on base ${base}` : '',
    given ? ` with ${Object.keys(given).join(', ')}` : '',
    builder ? ` by ${builder}` : '',
    trust ? `, which is ${trust}` : '',
    expires ? `, on record until ${expires}` : '',
  ];
  return told.join('');
}

function tellHow({ kind, namespace, cluster, container, phase, rollout, pullPolicy }: How): string {
  const told = [
    kind,
    namespace && `namespace ${namespace}`,
    cluster && `cluster ${cluster}`,
    container && `container ${container}`,
    phase,
    rollout,
    pullPolicy && `pulled ${pullPolicy}`,
  ];
  const words = told.filter((word) => word !== undefined && word !== '');
  return words.length > 0 ? ` (${words.join(', ')})` : '';
}
