import { DAY_MS } from '../domain/day.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import { madeTimes } from './made-times.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

/** Between how many and how many whole days old an artifact was when the newest recording ended, by everybody who says. */
export type Age = Readonly<{ atLeast: number; atMost: number; made: string }>;

/** The age of what a row runs, where somebody set a limit: never by the clock, so that a recording judged later says the same. */
export function ageOf(world: World, { artifact, missing }: Row, limit: number | undefined): Known<Age> {
  if (limit === undefined) return unknown('not-configured');
  if (!artifact) return unknown(missing ?? 'no-digest');
  const times = madeTimes(world, artifact);
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return unknown(reasonOfSilence(world));
  const now = Date.parse(world.recordings.at(-1)?.takenAt.to ?? '');
  const daysSince = (time: string) => Math.floor((now - Date.parse(time)) / DAY_MS);
  const evidence = [artifact.manifest, artifact.config].filter((seen) => seen !== undefined);
  return known({ atLeast: daysSince(last), atMost: daysSince(first), made: last }, evidence);
}

function reasonOfSilence(world: World): string {
  const silence = world.silenceOn({ of: 'content' });
  return !silence.covered && silence.because === 'not-configured' ? 'not-configured' : 'birth-not-known';
}
