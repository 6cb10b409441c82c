import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { tellDifference } from '../../src/cli/tell-difference.ts';
import { compareDigests } from '../../src/explain/difference.ts';
import { readSketch } from '../../src/testing/observe.ts';

const digestOf = (sketch: string) => readSketch(sketch).digest!;
const HOSTED = 'https://github.com/actions/runner';
const OWN = 'https://ci.payments.test/builder';

function compared(given: ReturnType<typeof scenario>) {
  const observations = given.recordings().flatMap((recording) => recording.observations);
  return compareDigests(digestOf('payments@A'), digestOf('payments@B'), observations, undefined);
}

const built = (a: object, b: object) =>
  scenario()
    .at('09:00')
    .built('payments@A', { run: '41', commit: 'c0ffee', ...a })
    .built('payments@B', { run: '57', commit: 'c0ffee', ...b });

describe('the builders of two images', () => {
  it('are told where they are others, with how each is known', () => {
    const [only] = compared(built({ builder: HOSTED, trust: 'verified' }, { builder: OWN, trust: 'recorded' }));

    expect(only).toMatchObject({ verdict: 'different', builders: { a: [`${HOSTED} (verified)`], b: [`${OWN} (recorded)`] } });
  });

  it('are told to people on a line of their own', () => {
    const comparisons = compared(built({ builder: HOSTED }, { builder: OWN }));
    const named = (what: string) => ({ what, digest: digestOf(what) });

    const text = tellDifference({ a: named('payments@A'), b: named('payments@B'), comparisons });

    expect(text).toContain(`\n  built by ${HOSTED} (recorded) against ${OWN} (recorded)\n`);
  });

  it.each([
    ['one builder made both', { builder: HOSTED }, { builder: HOSTED }],
    ['the builder of one is on no record', { builder: HOSTED }, {}],
    ['one builder made both by records of unequal trust', { builder: HOSTED, trust: 'verified' }, { builder: HOSTED }],
  ])('are not told where %s', (_, a, b) => {
    const [only] = compared(built(a, b));

    expect(only?.verdict).toBe('different');
    expect(only).not.toHaveProperty('builders');
  });

  it('are those of records, where claims beside an image say otherwise', () => {
    const claim = { run: '58', commit: 'c0ffee', builder: HOSTED, trust: 'declared' } as const;
    const given = built({ builder: HOSTED }, { builder: OWN }).recordedBuild('payments@B', claim);

    expect(compared(given)[0]).toMatchObject({ builders: { b: [`${OWN} (recorded)`] } });
  });
});
