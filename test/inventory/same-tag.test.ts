import fc from 'fast-check';
import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { openWorld } from '../../src/inventory/open-world.ts';
import { isIdentified, type Row } from '../../src/inventory/row.ts';
import { populationOf } from '../../src/inventory/rows.ts';
import { openSameTag } from '../../src/inventory/same-tag.ts';
import type { World } from '../../src/inventory/world.ts';
import { readSketch } from '../../src/testing/observe.ts';

const LETTERS = ['A', 'B', 'C', 'D', 'E'] as const;
const COMMITS = { A: 'c0ffee', B: 'c0ffee', C: 'decaf0', D: 'facade', E: undefined } as const;
type Letter = (typeof LETTERS)[number] | 'U';

/** Everything runs by `latest`: A and B are of one commit, E was pushed by hand, and U was read by nobody. */
function estateOf(runs: readonly (readonly [string, Letter])[]) {
  const made = LETTERS.reduce((so, letter) => {
    const commit = COMMITS[letter];
    return commit === undefined ? so.pushed(`payments@${letter}`) : so.built(`payments@${letter}`, { run: letter, commit });
  }, scenario().at('09:00'));
  return runs
    .reduce(
      (so, [slot, letter]) => so.deployed(`payments:latest=${letter}`, slot as `${string}/${string}`, { beside: true }),
      made.at('10:00'),
    )
    .at('11:00');
}

function worldOf(runs: readonly (readonly [string, Letter])[]): World {
  const estate = estateOf(runs);
  return openWorld(estate.recordings(), estate.plan());
}

const whereIs = (slot: string) => slot.replace('/', '/test/default/Deployment/').concat('/app');

const isRunBy = ({ running }: Row, letter: Letter) => running[0]?.digest === readSketch(`payments@${letter}`).digest;

/** One by one, as it is meant: the first in another place, of another artifact and another commit; else the least doubt. */
function plainly([slot, letter]: readonly [string, Letter], runs: readonly (readonly [string, Letter])[]): string {
  const others = runs.filter(([where, other]) => where !== slot && other !== letter).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const answers = others.map(([where, other]) => {
    if (letter === 'U' || other === 'U') return 'content-unknown';
    const [mine, theirs] = [COMMITS[letter], COMMITS[other]];
    if (mine === undefined || theirs === undefined) return 'source-not-recorded';
    return mine === theirs ? 'same' : `other in ${whereIs(where)}`;
  });
  const [doubt] = answers.filter((answer) => answer === 'content-unknown' || answer === 'source-not-recorded').toSorted();
  return answers.find((answer) => answer.startsWith('other')) ?? doubt ?? 'none';
}

const slots = ['staging/a', 'staging/b', 'production/a', 'production/b', 'production/c'];
// Several artifacts in one slot: a row of it knows of the others only by another slot.
const lettersIn = fc.subarray<Letter>([...LETTERS, 'U'], { minLength: 1, maxLength: 2 });
const runs = fc.tuple(...slots.map(() => lettersIn)).map((all) => {
  return all.flatMap((letters, nth) => letters.map((letter) => [slots[nth] ?? '', letter] as const));
});

describe('one tag', () => {
  it('means what it means where everything that runs by it is compared one by one', () => {
    fc.assert(
      fc.property(runs, (all) => {
        const world = worldOf(all);
        const sameTag = openSameTag(world);

        for (const row of populationOf(world).rows.filter(isIdentified)) {
          const mine = all.find(([slot, letter]) => row.where === whereIs(slot) && isRunBy(row, letter));
          const answer = sameTag(row);
          const told = answer.known ? (typeof answer.value === 'object' ? `other in ${answer.value.place}` : 'none') : answer.because;
          expect([row.where, told]).toEqual([row.where, mine && plainly(mine, all)]);
        }
      }),
      { numRuns: 150 },
    );
  });
});
