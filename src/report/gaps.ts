import { DAY_MS } from '../domain/day.ts';
import { canonicalJson } from '../domain/identify.ts';
import type { Observation } from '../domain/observation.ts';
import { byKey, byText } from '../domain/order.ts';
import type { Recording } from '../domain/recording.ts';
import type { Report } from '../domain/report.ts';
import { type Coverage, type Expected, type Gap, Vouchable } from '../domain/statement.ts';
import type { Look } from '../inventory/newest-look.ts';
import type { Shrinkage } from '../inventory/shrinkage.ts';
import { contains, meets } from '../inventory/silence.ts';

/**
 * Gaps that no later recording has answered: by covering all of it, by saying anew what of it is open, or, where the source never covers
 * its kind, by being asked again and telling something.
 */
export function gapsOf(recordings: readonly Recording[]): Report['gaps'] {
  const answers = recordings.map(({ observations }) => observations.filter((seen) => seen.kind === 'gap' || seen.kind === 'coverage'));
  const isAnswered = ({ of, scope }: Gap, later: readonly (readonly (Gap | Coverage)[])[]) =>
    later.some((said) =>
      said.some((one) => one.of === of && (one.kind === 'coverage' ? contains(placeOf(one), placeOf({ scope })) : isSame(one, { scope }))),
    );
  const gaps = answers.flatMap((said, at) =>
    said
      .filter((seen) => seen.kind === 'gap')
      .filter((gap) => !isAnswered(gap, answers.slice(at + 1)) && !isOvertaken(gap, recordings.slice(at))),
  );
  const distinct = new Map(gaps.map(({ at: _, ...gap }) => [canonicalJson(gap), gap]));
  return [...distinct].toSorted(byKey(([key]) => key)).map(([, gap]) => gap);
}

/** A source that vouches for no kind can cover no gap: what it tells later, without one, is all there is to wait for. */
function isOvertaken({ of, origin: { source } }: Gap, [its, ...later]: readonly Recording[]): boolean {
  const ofSource = (recording: Recording | undefined) => recording?.observations.filter(({ origin }) => origin.source === source) ?? [];
  if (ofSource(its).some((seen) => seen.kind === 'expected' && seen.of === of)) return false;
  return later.some((recording) => {
    const told = ofSource(recording);
    return told.length > 0 && !told.some((seen) => seen.kind === 'gap' && seen.of === of);
  });
}

function placeOf({ scope: { since: _since, until: _until, only: _only, ...place } }: Pick<Gap, 'scope'>) {
  return place;
}

function isSame(a: Pick<Gap, 'scope'>, b: Pick<Gap, 'scope'>): boolean {
  return canonicalJson(placeOf(a)) === canonicalJson(placeOf(b));
}

/** Environments of the path that no source was ever to see, as gaps: nobody looked. */
export function gapsOfUnseen(recordings: readonly Recording[], environments: readonly string[]): Report['gaps'] {
  const asked = recordings.flatMap(({ observations }) =>
    observations.filter((seen) => seen.kind === 'expected' && (seen.of === 'running-image' || seen.of === 'channel')),
  );
  const strays = [...new Set(recordings.flatMap(({ observations }) => observations.flatMap(environmentOf)))].filter(
    (environment) => !environments.includes(environment),
  );
  const isAsked = (environment: string) =>
    asked.some((seen) => seen.kind === 'expected' && (seen.scope.environment ?? environment) === environment);
  return environments
    .filter((environment) => !isAsked(environment))
    .map((environment) => {
      const origin = { source: 'configuration', locator: `no source was to see ${environment}` };
      const add = `dd a source for it, such as \`{ use: kubernetes, environment: ${environment} }\`, and collect again.`;
      const hint =
        strays.length > 0
          ? `The recordings hold ${strays.toSorted(byText).join(', ')}, which the promotion does not name: one of the two may be misspelt. Or a${add}`
          : `A${add}`;
      return {
        kind: 'gap',
        of: 'running-image',
        scope: { source: 'configuration', environment },
        because: 'not-configured',
        origin,
        hint,
      } as const;
    });
}

function environmentOf(seen: Observation): readonly string[] {
  return seen.kind === 'running-image' ? [seen.environment] : [];
}

/** What a source was asked for and neither listed nor said that it could not, in that recording and in every later one, as gaps. */
export function gapsOfUnanswered(recordings: readonly Recording[]): Report['gaps'] {
  const answers = recordings.map(({ observations }) => observations.filter((seen) => seen.kind === 'gap' || seen.kind === 'coverage'));
  const isAnswered = ({ of, scope }: Expected, since: number) =>
    answers.slice(since).some((said) => said.some((one) => one.of === of && one.scope.source === scope.source && meets(one.scope, scope)));
  const open = recordings.flatMap(({ observations }, at) =>
    observations.filter((seen) => seen.kind === 'expected').filter((expected) => !isAnswered(expected, at)),
  );
  const distinct = new Map(open.map((expected) => [`${expected.of} ${canonicalJson(expected.scope)}`, expected]));
  return [...distinct].toSorted(byKey(([key]) => key)).map(([, { of, scope, origin }]) => {
    return { kind: 'gap', of, scope, origin, ...unanswered({ of, scope }) } as const;
  });
}

/** Files of repositories are asked for by the commits that images were built from: a source that is asked for none has nothing to list. */
function unanswered({ of, scope: { source } }: Pick<Expected, 'of' | 'scope'>): Pick<Gap, 'because' | 'hint'> {
  if (of !== 'workflow-file')
    return { because: 'incomplete', hint: `Collect again: the source "${source}" neither listed every ${of} nor said why it could not.` };
  const hint = `No commit is known from which images of the repositories of "${source}" were built: let records, attestations (github-actions) or labels of the images (oci) tell it.`;
  return { because: 'not-asked', hint };
}

/** Recordings that lie between those given and are not among them, as gaps: what they saw is not known. */
export function gapsOfMissing(recordings: readonly Recording[]): Report['gaps'] {
  const known = new Set(recordings.map(({ digest }) => digest));
  return recordings.slice(1).flatMap(({ previous, takenAt }) => {
    if (previous === undefined || known.has(previous)) return [];
    const origin = { source: 'recordings', locator: `before the one of ${takenAt.from}` };
    const hint = 'Judge the missing recording with the others, or only those after it.';
    return [{ kind: 'gap', of: 'running-image', scope: { source: 'recordings' }, because: 'incomplete', origin, hint } as const];
  });
}

/** As long as a place may go without a look, in milliseconds: clusters are recorded by jobs of their own, every week at the least. */
export const STALE_MS = 7 * DAY_MS;

/** Places that were looked at long before the newest recording, as gaps: what runs there now is not known. */
export function gapsOfStale(recordings: readonly Recording[], looks: readonly Look[]): Report['gaps'] {
  const now = recordings.at(-1)?.takenAt.to ?? '';
  const stale = looks.filter(({ at }) => Date.parse(now) - Date.parse(at) > STALE_MS);
  return stale.map(({ environment, cluster, at }) => {
    const place = cluster ? `${environment} in ${cluster}` : environment;
    const origin = { source: 'recordings', locator: `${place}, looked at last on ${at}` };
    const hint = `Collect ${place} again: it is judged as of ${now}. Where it is no more, judge without the recordings that saw it.`;
    const scope = { source: 'recordings', environment, ...(cluster ? { cluster } : {}) };
    return { kind: 'gap', of: 'running-image', scope, because: 'incomplete', origin, hint } as const;
  });
}

/** Kinds that were asked for last long before the newest recording, as gaps: what was added since is not known. */
export function gapsOfStaleKinds(recordings: readonly Recording[]): Report['gaps'] {
  const now = recordings.at(-1)?.takenAt.to ?? '';
  // Places are told one by one, and what a digest names does not change.
  const kinds = Vouchable.options.filter((of) => of !== 'running-image' && of !== 'content');
  const asked = new Map<Vouchable, string>();
  for (const { observations, takenAt } of recordings)
    for (const seen of observations) if (seen.kind === 'expected') asked.set(seen.of, takenAt.to);
  return kinds.flatMap((of) => {
    const at = asked.get(of);
    if (at === undefined || Date.parse(now) - Date.parse(at) <= STALE_MS) return [];
    const origin = { source: 'recordings', locator: `every ${of}, asked for last on ${at}` };
    const hint = `Collect every ${of} again: what was added since is not known, and it is judged as of ${now}. Where none is to be asked for any more, judge without the recordings that asked.`;
    return [{ kind: 'gap', of, scope: { source: 'recordings' }, because: 'incomplete', origin, hint } as const];
  });
}

/** What was seen before and is not any more, as gaps: nobody said that it was gone. */
export function gapsOfShrinkage(shrinkage: readonly Shrinkage[]): Report['gaps'] {
  return shrinkage.map(({ what, name, before, now }) => ({
    kind: 'gap',
    of: 'running-image',
    scope: { source: name },
    because: 'incomplete',
    origin: {
      source: name,
      locator: what === 'source' ? 'asked in an earlier recording, and not in the newest' : `${before} slots before, ${now} now`,
    },
    hint:
      what === 'source'
        ? `Put the source "${name}" back into the configuration.`
        : `Look whether ${name} really became smaller; a recording that agrees closes this.`,
  }));
}
