import { canonicalJson } from '../domain/identify.ts';
import type { Observation } from '../domain/observation.ts';
import { byKey } from '../domain/order.ts';
import type { Recording } from '../domain/recording.ts';
import type { Report } from '../domain/report.ts';
import type { Coverage, Expected, Gap } from '../domain/statement.ts';
import type { Shrinkage } from '../inventory/shrinkage.ts';
import { meets } from '../inventory/silence.ts';

/** Gaps that no later recording has answered, oldest recording first in, sorted by what they say. */
export function gapsOf(recordings: readonly Recording[]): Report['gaps'] {
  const answered = lastAnswers(recordings);
  const gaps = recordings.flatMap(({ observations }, at) =>
    observations.filter((seen) => seen.kind === 'gap').filter((gap) => (answered.get(placeKey(gap)) ?? -1) <= at),
  );
  const distinct = new Map(gaps.map(({ at: _, ...gap }) => [canonicalJson(gap), gap]));
  return [...distinct].toSorted(byKey(([key]) => key)).map(([, gap]) => gap);
}

/** The last recording that said anything of each place: what it left open is open, what it covered is closed. */
function lastAnswers(recordings: readonly Recording[]): ReadonlyMap<string, number> {
  const isAnswer = (seen: Observation): seen is Gap | Coverage => seen.kind === 'gap' || seen.kind === 'coverage';
  const answers = recordings.flatMap(({ observations }, at) => observations.filter(isAnswer).map((seen) => ({ key: placeKey(seen), at })));
  return new Map(answers.map(({ key, at }) => [key, at]));
}

function placeKey({ of, scope: { since: _since, until: _until, ...place } }: Gap | Coverage): string {
  return `${of} ${canonicalJson(place)}`;
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
    const hint = `Collect again: the source "${scope.source}" neither listed every ${of} nor said why it could not.`;
    return { kind: 'gap', of, scope, because: 'incomplete', origin, hint } as const;
  });
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
