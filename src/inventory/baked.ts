import { type Known, known, unknown } from '../domain/known.ts';
import type { BuildRecord } from '../domain/observation.ts';
import { allRead } from './all-read.ts';
import type { Artifact } from './artifact.ts';
import { unequalLabels, unequalSettings } from './identity.ts';
import { isIdentified, type Row, type Standing } from './row.ts';
import type { World } from './world.ts';

/** Settings by name: in which alone two images differ (`image`), or which two builds of one source were given (`arguments`). */
export type Baked = Readonly<{ by: 'image' | 'arguments'; names: readonly string[] }>;

/** Build arguments that every build is given anew: they tell two builds apart, and no environment. */
const OF_EVERY_BUILD = /date|time|sha|commit|revision|version|build_?(?:id|number)|run_?(?:id|number)/i;

/** What of an environment is baked into a row's artifact; undefined only where both images and their builds were read. */
export function bakedInto(world: World, row: Row, standing: Standing): Known<Baked | undefined> {
  const { counterpart, difference, shipped, rehearsed } = standing;
  if (!isIdentified(row)) return unknown(row.missing ?? 'no-digest');
  if (difference?.cause === 'not-compared') return unknown('content-unknown');
  if (counterpart && difference?.cause === 'runtime-config')
    return known({ by: 'image', names: settingsOf(row.artifact, counterpart) }, []);

  const names = shipped && rehearsed ? argumentsOf(shipped, rehearsed) : [];
  if (shipped && rehearsed && names.length > 0) return known({ by: 'arguments', names }, [shipped, rehearsed]);
  return allRead(world, row, ['build', 'test', 'content']);
}

function settingsOf({ config: mine }: Artifact, { config: theirs }: Artifact): readonly string[] {
  if (!mine || !theirs) return [];
  return [...unequalSettings(mine, theirs), ...unequalLabels(mine, theirs).map((name) => `label ${name}`)];
}

/** By name only: values may be secret, and of those that were redacted nobody knows whether they are equal. */
function argumentsOf({ arguments: mine }: BuildRecord, { arguments: theirs }: BuildRecord): readonly string[] {
  const isHidden = (value = '') => value.includes('redacted');
  return [...new Set([...Object.keys(mine), ...Object.keys(theirs)])]
    .filter((name) => mine[name] !== theirs[name] && !isHidden(mine[name]) && !isHidden(theirs[name]))
    .filter((name) => !OF_EVERY_BUILD.test(name))
    .toSorted();
}
