import type { Recording } from '../domain/recording.ts';
import type { Coverage, Expected, Gap, Scope, Vouchable } from '../domain/statement.ts';

/** What is asked to be complete: a scope whose source is any, within a window of time. */
export type Question = Readonly<
  Partial<Omit<Scope, 'source' | 'only'>> & {
    of: Vouchable;
    /** Every digest of the artifact that is asked about; a coverage that kept only what was wanted answers for no other. */
    about?: ReadonlySet<string>;
  }
>;

/** Whether silence means "none": covered, or why not. `not-configured` is a question nobody was set up to answer. */
export type Silence = Readonly<
  { covered: true; evidence: readonly Coverage[] } | { covered: false; because: 'not-configured' | 'not-covered' }
>;

const PLACES = ['source', 'environment', 'cluster', 'namespace', 'registry', 'repository', 'project', 'run'] as const;
/** Kinds of records that several sources may tell of. */
const EVENTS: ReadonlySet<Vouchable> = new Set(['build', 'test', 'deployment', 'approval']);
type Partly = Readonly<Partial<Scope>>;

type Statement = Expected | Coverage | Gap;

/**
 * None is known for a question where, in one recording, every expectation that meets it is met by a coverage that contains
 * their intersection and by no gap.
 */
export function openSilence(recordings: readonly Recording[]): (question: Question) => Silence {
  const stated = recordings.map(toStated);
  const memo = new Map<string, Silence>();
  return (question) => {
    const { of, about, environment, cluster, namespace, registry, repository, project, since, until } = question;
    const asked = stated.map(({ wanted }) => wanted.size > 0 && about !== undefined && [...about].some((digest) => wanted.has(digest)));
    const key = JSON.stringify([of, environment, cluster, namespace, registry, repository, project, since, until, asked]);
    const known = memo.get(key);
    if (known) return known;
    const silence = silenceOn(stated, question, asked);
    memo.set(key, silence);
    return silence;
  };
}

/** What one recording says of its completeness, and the digests that its records were asked about. */
type Stated = Readonly<{ statements: readonly Statement[]; wanted: ReadonlySet<string> }>;

function toStated({ observations }: Recording): Stated {
  const statements = observations.filter((seen) => seen.kind === 'expected' || seen.kind === 'coverage' || seen.kind === 'gap');
  const wanted = new Set<string>();
  if (statements.some(({ scope }) => scope.only === 'wanted')) for (const digest of digestsIn(observations)) wanted.add(digest);
  return { statements, wanted };
}

function* digestsIn(observations: Recording['observations']): Iterable<string> {
  for (const seen of observations) {
    if (seen.kind === 'declared-image' && seen.declared.digest) yield seen.declared.digest;
    if (seen.kind !== 'running-image') continue;
    if (seen.digest) yield seen.digest;
    if (seen.declared.spec.digest) yield seen.declared.spec.digest;
  }
}

function silenceOn(stated: readonly Stated[], question: Question, asked: readonly boolean[]): Silence {
  let configured = false;
  for (const [at, { statements }] of stated.entries()) {
    const about = statements.filter(({ of, scope }) => of === question.of && meets(scope, question));
    const expected = about.filter((seen) => seen.kind === 'expected');
    if (expected.length === 0) continue;
    configured = true;
    // What another source was asked for and could not tell may be the very thing.
    const isOpen =
      EVENTS.has(question.of) &&
      statements.some(({ kind, of, scope: { source: _, ...place } }) => kind === 'gap' && of === question.of && meets(place, question));
    if (isOpen) continue;
    const counting = about.filter(({ kind, scope }) => kind !== 'coverage' || scope.only === undefined || asked[at]);
    const answers = expected.map((one) => answerTo(one, question, counting)).filter((answer) => answer !== undefined);
    if (answers.length === expected.length) return { covered: true, evidence: answers };
  }
  return { covered: false, because: configured ? 'not-covered' : 'not-configured' };
}

function answerTo({ scope }: Expected, question: Question, about: readonly Statement[]): Coverage | undefined {
  const asked: Partly = { ...scope, ...definedOf(question) };
  if (about.some((seen) => seen.kind === 'gap' && meets(seen.scope, asked))) return undefined;
  return about.filter((seen) => seen.kind === 'coverage').find((seen) => contains(seen.scope, asked));
}

function definedOf({ of: _, about: _about, ...scope }: Question): Partly {
  return Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== undefined));
}

/** Whether two scopes meet: where no place they both name differs and their times overlap. */
export function meets(a: Partly, b: Partly): boolean {
  if (a.since && b.until && a.since > b.until) return false;
  if (b.since && a.until && b.since > a.until) return false;
  return PLACES.every((place) => a[place] === undefined || b[place] === undefined || a[place] === b[place]);
}

/** Whether a scope leaves nothing out of another. */
export function contains(outer: Partly, inner: Partly): boolean {
  if (outer.since && (!inner.since || outer.since > inner.since)) return false;
  if (outer.until && (!inner.until || outer.until < inner.until)) return false;
  return PLACES.every((place) => outer[place] === undefined || outer[place] === inner[place]);
}
