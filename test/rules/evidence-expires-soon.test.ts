import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/evidence-expires-soon.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';
const c0ffee = { run: '41', commit: 'c0ffee', trust: 'artifact' } as const;
const until = (day: string) => `2026-${day}T12:00:00Z`;
const asking = (days: string) => scenario({ rules: { 'evidence-expires-soon': { options: { days } } } }).at('09:00');
const start = scenario().at('09:00');

const cases = {
  passes: {
    'it is kept for another month': start
      .built('payments@A', { ...c0ffee, expires: until('04-02') })
      .at('14:00')
      .deployed('payments@A', API),
    'its record is a file of one’s own, which nobody deletes by itself': start
      .built('payments@A', c0ffee)
      .at('14:00')
      .deployed('payments@A', API),
    'its artifact goes, and an attestation stays': start
      .built('payments@A', { ...c0ffee, expires: until('03-09') })
      .recordedBuild('payments@A', { ...c0ffee, trust: 'signed' })
      .at('14:00')
      .deployed('payments@A', API),
    'it goes after the days that were asked for': asking('3')
      .built('payments@A', { ...c0ffee, expires: until('03-09') })
      .at('14:00')
      .deployed('payments@A', API),
  },
  reports: {
    'the artifact that names it goes in six days': {
      given: start
        .built('payments@A', { ...c0ffee, expires: until('03-09') })
        .at('14:00')
        .deployed('payments@A', API),
      finds: [{ where: API, says: 'expires', with: { running: 'payments@A', end: until('03-09'), when: '6 days', record: 'run 41' } }],
    },
    'two artifacts name it, and the later one counts': {
      given: start
        .built('payments@A', { ...c0ffee, expires: until('03-04') })
        .recordedBuild('payments@A', { ...c0ffee, run: '42', expires: until('03-03') })
        .at('14:00')
        .deployed('payments@A', API),
      finds: [{ where: API, says: 'expires', with: { end: until('03-04'), when: '1 day', record: 'run 41' } }],
    },
    'it goes tonight': {
      given: start
        .built('payments@A', { ...c0ffee, expires: '2026-03-02T23:00:00Z' })
        .at('14:00')
        .deployed('payments@A', API),
      finds: [{ where: API, says: 'expires', with: { when: 'less than a day' } }],
    },
    'it is gone where it was kept, and only remembered here': {
      given: start
        .built('payments@A', { ...c0ffee, expires: until('03-01') })
        .at('14:00')
        .deployed('payments@A', API),
      finds: [{ where: API, says: 'expired', with: { end: until('03-01'), record: 'run 41' } }],
    },
    'no source answers for every build, and what was read goes': {
      given: scenario()
        .withoutSource('build')
        .at('09:00')
        .built('payments@A', { ...c0ffee, expires: until('03-09') })
        .at('14:00')
        .deployed('payments@A', API),
      finds: [{ where: API, says: 'expires', with: { when: '6 days' } }],
    },
  },
  cannotTell: {
    'only a log names it, and how long that is kept is not said': {
      given: start
        .built('payments@A', { ...c0ffee, trust: 'log' })
        .at('14:00')
        .deployed('payments@A', API),
      because: 'end: expiry-not-known',
    },
    'a part of the builds could not be read': {
      given: start
        .built('payments@A', { ...c0ffee, expires: until('03-09') })
        .blindTo('build', 'forbidden')
        .at('14:00')
        .deployed('payments@A', API),
      because: 'end: builds-not-covered',
    },
    'no record names it, and no source answers for every build': {
      given: scenario().withoutSource('build').at('09:00').pushed('payments@A').at('14:00').deployed('payments@A', API),
      because: 'end: not-configured',
    },
    'the node reported no digest': { given: start.deployed('payments:1.4', API), because: 'end: no-digest' },
  },
  skips: {
    'every build was listed, and none made it': {
      given: start.pushed('payments@A').at('14:00').deployed('payments@A', API),
      because: 'none',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
