import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/runtime-config-override.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';
const STAGING = 'staging/payments-api';
const PORT = { args: ['--port=8080'] };

const built = scenario().at('09:00').built('payments@A', { run: '41', commit: 'c0ffee' });
const ranInStaging = built.deployed('payments@A', STAGING).at('14:00');
/** Only its digest is known: what the image says by itself was not read. */
const unread = scenario().at('09:00').deployed('payments@U', STAGING, { starts: PORT }).at('14:00');

const cases = {
  passes: {
    'both start what the image says': ranInStaging.deployed('payments@A', API),
    'both are given the same arguments': built.deployed('payments@A', STAGING, { starts: PORT }).at('14:00').deployed('payments@A', API, {
      starts: PORT,
    }),
    'the spec spells out what the image says anyway': ranInStaging.deployed('payments@A', API, {
      starts: { command: ['node'], args: ['server.js'] },
    }),
    'it ran upstream in this way before, and runs there in another now': built
      .deployed('payments@A', STAGING, { starts: PORT })
      .recorded()
      .at('12:00')
      .deployed('payments@A', STAGING)
      .at('14:00')
      .deployed('payments@A', API, { starts: PORT }),
    'an equal image of another build is started alike': ranInStaging
      .built('payments@B', { run: '57', commit: 'c0ffee', like: 'payments@A', but: 'metadata' })
      .deployed('payments@B', API),
    'nobody could read the image, and both are given the same arguments': unread.deployed('payments@U', API, { starts: PORT }),
  },
  reports: {
    'production starts another program of the tested image': {
      given: ranInStaging.deployed('payments@A', API, { starts: { command: ['node', 'legacy.js'] } }),
      finds: [{ where: API, says: 'command', with: { starts: '`node legacy.js`', rehearsed: 'what the image says' } }],
    },
    'production is given other arguments': {
      given: built
        .deployed('payments@A', STAGING, { starts: { command: ['node', 'server.js'], args: ['--ledger=strict'] } })
        .at('14:00')
        .deployed('payments@A', API, { starts: { command: ['node', 'server.js'], args: ['--ledger=lenient now'] } }),
      finds: [
        {
          where: API,
          says: 'args',
          with: { starts: '`"--ledger=lenient now"` for arguments', rehearsed: '`--ledger=strict` for arguments' },
        },
      ],
    },
    'staging was told to start a rehearsal, and production what the image says': {
      given: built
        .deployed('payments@A', STAGING, { starts: { command: ['node', 'rehearse.js'] } })
        .at('14:00')
        .deployed('payments@A', API),
      finds: [{ where: API, says: 'command', with: { starts: 'what the image says', rehearsed: '`node rehearse.js`' } }],
    },
    'one of two revisions is started in another way': {
      given: ranInStaging
        .deployed('payments@A', API, { revision: 1 })
        .deployed('payments@A', API, { revision: 2, beside: true, starts: { command: ['sleep', 'infinity'] } }),
      finds: [{ where: API, says: 'command', with: { starts: '`sleep infinity`' } }],
    },
    'a long script differs near its end': {
      given: built
        .deployed('payments@A', STAGING, { starts: { command: ['sh', '-c', `${'settle && '.repeat(40)}close --books`] } })
        .at('14:00')
        .deployed('payments@A', API, { starts: { command: ['sh', '-c', `${'settle && '.repeat(40)}true`] } }),
      finds: [
        {
          where: API,
          says: 'command',
          with: {
            starts: '`…settle && settle && settle && settle && true"`',
            rehearsed: '`…settle && settle && settle && settle && close --books"`',
          },
        },
      ],
    },
    'what it is given differs in a credential, which nobody is told': {
      given: built
        .deployed('payments@A', STAGING, { starts: { args: ['--token', 'redacted#1@aaaa'] } })
        .at('14:00')
        .deployed('payments@A', API, { starts: { args: ['--token', 'redacted#2@aaaa'] } }),
      finds: [{ where: API, says: 'args', with: { starts: '`--token redacted#2@aaaa` for arguments' } }],
    },
    'nobody could read the image, and arguments differ': {
      given: unread.deployed('payments@U', API, { starts: { args: ['--port=9090'] } }),
      finds: [{ where: API, says: 'args', with: { starts: '`--port=9090` for arguments', rehearsed: '`--port=8080` for arguments' } }],
    },
  },
  cannotTell: {
    'an older recording does not say what started it here': {
      given: ranInStaging.deployed('payments@A', API, { starts: 'not read' }),
      because: 'started: starts-not-read',
    },
    'an older recording does not say what started it upstream': {
      given: built.deployed('payments@A', STAGING, { starts: 'not read' }).at('14:00').deployed('payments@A', API),
      because: 'started: starts-not-read',
    },
    'only one of the two is given words, and what the image says was not read': {
      given: unread.deployed('payments@U', API),
      because: 'started: content-unknown',
    },
    'the words differ in what two collections redacted': {
      given: built
        .deployed('payments@A', STAGING, { starts: { args: ['--token', 'redacted#1@aaaa'] } })
        .at('14:00')
        .deployed('payments@A', API, { starts: { args: ['--token', 'redacted#1@bbbb'] } }),
      because: 'started: redacted',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: scenario().at('09:00').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'what runs is a rebuild': {
      given: ranInStaging.built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' }).deployed('payments@B', API, { starts: PORT }),
      because: 'otherStanding',
    },
    'it was injected': {
      given: built
        .deployed('payments@A', STAGING, { injected: true })
        .at('14:00')
        .deployed('payments@A', API, { injected: true, starts: PORT }),
      because: 'injected',
    },
    'it is mounted as a volume': {
      given: built.deployed('payments@A', STAGING, { role: 'volume' }).at('14:00').deployed('payments@A', API, { role: 'volume' }),
      because: 'notAProcess',
    },
    'a gate passed on it, and upstream never ran it': {
      given: scenario({ gates: ['e2e'] })
        .at('09:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .tested('payments@A', { gate: 'e2e' })
        .at('14:00')
        .deployed('payments@A', API, { starts: PORT }),
      because: 'notUpstream',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
