import { type Known, known, unknown } from '../domain/known.ts';
import type { Coverage } from '../domain/statement.ts';
import { testsSilence } from './absence.ts';
import { buildsSilence } from './origin.ts';
import type { Identified } from './row.ts';
import type { Silence } from './silence.ts';
import type { World } from './world.ts';

const MISSING = { test: 'tests-not-covered', build: 'builds-not-covered', content: 'content-unknown' } as const;

/** That nothing of some kinds was left out that could concern a row's artifact; only then is finding nothing knowing that there is none. */
export function allRead(world: World, row: Identified, kinds: readonly (keyof typeof MISSING)[]): Known<undefined> {
  const evidence: Coverage[] = [];
  for (const kind of kinds) {
    const silence = silenceOf(world, row, kind);
    if (silence.covered) evidence.push(...silence.evidence);
    // Without a source of content equal digests are what there is; any other kind has to be asked for.
    else if (silence.because === 'not-covered') return unknown(MISSING[kind]);
    else if (kind !== 'content') return unknown('not-configured');
  }
  return known(undefined, evidence);
}

function silenceOf(world: World, row: Identified, kind: keyof typeof MISSING): Silence {
  if (kind === 'test') return testsSilence(world, row);
  if (kind === 'build') return buildsSilence(world, row);
  const { registry, repository } = row.running[0]?.declared.spec ?? {};
  return world.silenceOn({ of: 'content', registry, repository });
}
