import { scenario, testRule } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import rule from '../../rules/deployed-in-freeze.ts';
import { readSketch } from '../../src/testing/observe.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';
const c0ffee = { run: '41', commit: 'c0ffee' };
const because = 'the books are closed';
const freeze = { from: '2026-03-02T12:00:00Z', until: '2026-03-02T18:00:00Z', because };
/** 2 March 2026 is a Monday. */
const mondays = { days: ['mon'], from: '12:00', until: '18:00', because };

const under = (...freezes: readonly object[]) => scenario({ rules: { 'deployed-in-freeze': { options: { freezes } } } });
const built = (...freezes: readonly object[]) =>
  under(...freezes)
    .at('09:00')
    .built('payments@A', c0ffee);
/** A recording at noon that saw production without it. */
const seenBefore = (...freezes: readonly object[]) =>
  built(...freezes)
    .at('12:10')
    .recorded()
    .at('14:00');

const cases = {
  passes: {
    'it came in the morning, and the freeze began at noon': built(freeze).at('10:00').deployed('payments@A', API),
    'a revision that pins it was made after the freeze, as its predecessor pinned another': built(freeze)
      .built('payments@B', { run: '57', commit: 'decaf0' })
      .at('10:00')
      .had('payments@A', API, { revision: 1 })
      .at('19:00')
      .deployed('payments@B', API, { revision: 2 }),
    'it came on a Monday, and Fridays are frozen': built({ ...mondays, days: ['fri'] })
      .at('14:00')
      .deployed('payments@A', API),
    'somebody went back in the freeze to what had run there before': built(freeze)
      .at('10:00')
      .deployed('payments@A', API)
      .recorded()
      .built('payments@B', { run: '57', commit: 'decaf0' })
      .at('11:00')
      .deployed('payments@B', API)
      .recorded()
      .at('14:00')
      .deployed('payments@A', API),
  },
  reports: {
    'it was deployed in the freeze, and the recording before lacks it': {
      given: seenBefore(freeze).deployed('payments@A', API),
      finds: [
        {
          where: API,
          says: 'between',
          with: {
            running: 'payments@A',
            after: '2026-03-02T12:10:00Z',
            by: '2026-03-02T14:00:00Z',
            since: '2026-03-02T12:00:00Z',
            until: '2026-03-02T18:00:00Z',
            because,
          },
        },
      ],
    },
    'the first revision of its workload pins it, and was made in the freeze': {
      given: built(freeze).at('14:00').deployed('payments@A', API, { revision: 1 }),
      finds: [{ where: API, says: 'at', with: { by: '2026-03-02T14:00:00Z' } }],
    },
    'the revision before pinned another': {
      given: built(freeze)
        .built('payments@B', { run: '57', commit: 'decaf0' })
        .at('10:00')
        .had('payments@B', API, { revision: 6 })
        .at('14:00')
        .deployed('payments@A', API, { revision: 7 }),
      finds: [{ where: API, says: 'at', with: { by: '2026-03-02T14:00:00Z' } }],
    },
    'it was built and deployed within one freeze': {
      given: built({ ...freeze, from: '2026-03-02T08:00:00Z' })
        .at('14:00')
        .deployed('payments@A', API),
      finds: [{ where: API, says: 'between', with: { after: '2026-03-02T09:00:00Z' } }],
    },
    'every Monday afternoon is frozen': {
      given: seenBefore(mondays).deployed('payments@A', API),
      finds: [{ where: API, says: 'between', with: { since: '2026-03-02T12:00:00Z', until: '2026-03-02T18:00:00Z' } }],
    },
    'it came at some time of a weekend that is frozen day by day': {
      given: under({ days: ['sat', 'sun'], from: '00:00', until: '24:00', because: 'nobody is there' })
        .at('2026-02-27T09:00:00Z')
        .built('payments@A', c0ffee)
        .at('2026-02-28T10:00:00Z')
        .recorded()
        .at('2026-03-01T20:00:00Z')
        .deployed('payments@A', API),
      finds: [{ where: API, says: 'between', with: { since: '2026-02-28T00:00:00Z', until: '2026-03-02T00:00:00Z' } }],
    },
    'a time of another zone is that time': {
      given: seenBefore({ ...freeze, from: '2026-03-02T14:00:00+02:00' }).deployed('payments@A', API),
      finds: [{ where: API, says: 'between', with: { since: '2026-03-02T12:00:00Z' } }],
    },
    'another digest may be deployed in the freeze': {
      given: seenBefore({ ...freeze, allow: [readSketch('payments@B').digest] }).deployed('payments@A', API),
      finds: [{ where: API, says: 'between', with: {} }],
    },
  },
  cannotTell: {
    'nobody said when nothing is to be deployed': {
      given: scenario().at('09:00').built('payments@A', c0ffee).at('14:00').deployed('payments@A', API),
      because: 'frozen: not-configured',
    },
    'it came before the freeze began or after that': {
      given: built(freeze).at('14:00').deployed('payments@A', API),
      because: 'frozen: arrival-not-known',
    },
    'the recording before it could not see production': {
      given: built(freeze).blindTo('running-image', 'forbidden').at('12:10').recorded().at('14:00').deployed('payments@A', API),
      because: 'frozen: arrival-not-known',
    },
    'it came within five minutes of the end of the freeze, by another clock': {
      given: built(freeze).at('18:03').deployed('payments@A', API, { revision: 1 }),
      because: 'frozen: arrival-not-known',
    },
    'the revision that pins it was made in the freeze, and nothing is known of the one before': {
      given: built(freeze).at('14:00').deployed('payments@A', API, { revision: 7 }),
      because: 'frozen: arrival-not-known',
    },
    'the revision before pinned the same': {
      given: built(freeze).at('13:00').had('payments@A', API, { revision: 6 }).at('14:00').deployed('payments@A', API, { revision: 7 }),
      because: 'frozen: arrival-not-known',
    },
    'somebody went back to a revision that is older than the one before it': {
      given: built(freeze)
        .built('payments@B', { run: '57', commit: 'decaf0' })
        .at('15:00')
        .had('payments@B', API, { revision: 6 })
        .at('14:00')
        .deployed('payments@A', API, { revision: 7 }),
      because: 'frozen: arrival-not-known',
    },
    'it has run for weeks, and Fridays are frozen': {
      given: under({ ...mondays, days: ['fri'] })
        .at('2026-02-02T09:00:00Z')
        .built('payments@A', c0ffee)
        .at('2026-03-02T14:00:00Z')
        .deployed('payments@A', API),
      because: 'frozen: arrival-not-known',
    },
    'a freeze names an environment that is on no path': {
      given: built({ ...freeze, environments: ['prodcution'] })
        .at('14:00')
        .deployed('payments@A', API),
      because: 'frozen: no-such-environment',
    },
    'the node reported no digest': {
      given: seenBefore(freeze).deployed('payments:1.4', API),
      because: 'frozen: no-digest',
    },
    'nothing of it has started': {
      given: seenBefore(freeze).deployed('payments@A', API, { phase: 'waiting' }),
      because: 'frozen: not-started',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: under(freeze).at('09:00').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'the freeze is of another environment': {
      given: seenBefore({ ...freeze, environments: ['staging'] }).deployed('payments@A', API),
      because: 'notAsked',
    },
    'the freeze allows this digest': {
      given: seenBefore({ ...freeze, allow: [readSketch('payments@A').digest] }).deployed('payments@A', API),
      because: 'allowed',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

describe('a freeze that cannot be read', () => {
  it.each([
    ['has no reason', { ...freeze, because: undefined }, 'because'],
    ['begins at a time without its zone', { ...freeze, from: '2026-03-02T12:00:00' }, 'from'],
    ['ends before it begins', { ...freeze, until: '2026-03-01T12:00:00Z' }, 'until'],
    ['is of a day that is none', { ...mondays, days: ['monday'] }, 'days.0'],
    ['goes over midnight', { ...mondays, from: '22:00', until: '06:00' }, 'until'],
    ['begins every week at an instant', { ...mondays, from: freeze.from }, 'from'],
    ['allows a tag', { ...freeze, allow: ['1.4'] }, 'allow.0'],
  ])('%s, and is refused there', (_, wrong, place) => {
    const { error } = rule.options?.safeParse({ freezes: [wrong] }) ?? {};

    expect(error?.issues[0]?.path.slice(2).join('.')).toBe(place);
  });
});

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
