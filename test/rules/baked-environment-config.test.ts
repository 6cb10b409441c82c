import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/baked-environment-config.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';
const again = { run: '57', commit: 'c0ffee' };

const ranInStaging = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .deployed('payments@A', 'staging/payments-api');

/** Production's own build, with what it was given. */
const builtWith = (given: Readonly<Record<string, string>>) =>
  scenario()
    .at('09:00')
    .built('payments@A', { run: '41', commit: 'c0ffee', arguments: { NODE_VERSION: '24', API_HOST: 'api.staging.example' } })
    .deployed('payments@A', 'staging/payments-api')
    .at('14:00')
    .built('payments@B', { ...again, arguments: { NODE_VERSION: '24', ...given } })
    .deployed('payments@B', API);

const rebuilt = ranInStaging
  .at('14:00')
  .built('payments@B', { ...again, base: 'Y' })
  .deployed('payments@B', API);

const cases = {
  passes: {
    'one digest serves both environments': ranInStaging.at('14:00').deployed('payments@A', API),
    'the rebuild differs in its labels alone': ranInStaging
      .at('14:00')
      .built('payments@B', { ...again, like: 'payments@A', but: 'labels' })
      .deployed('payments@B', API),
  },
  reports: {
    'the channel was baked in, and nothing else differs (A13)': {
      given: ranInStaging
        .at('14:00')
        .built('payments@B', { ...again, like: 'payments@A', but: 'runtime-config' })
        .deployed('payments@B', API),
      finds: [{ where: API, says: 'baked', with: { running: 'payments@B', tested: 'payments@A', settings: 'ENV CHANNEL' } }],
    },
    'somebody set a variable on the tested image, and pushed that': {
      given: ranInStaging
        .at('14:00')
        .built('payments@B', { run: '58', commit: 'decaf0', like: 'payments@A', but: 'runtime-config' })
        .deployed('payments@B', API),
      finds: [{ where: API, says: 'set', with: { settings: 'ENV CHANNEL, label org.opencontainers.image.revision' } }],
    },
    'the build for production was given other arguments': {
      given: builtWith({ API_HOST: 'api.acme.example', BUILD_DATE: '2026-03-02' }),
      finds: [{ where: API, says: 'given', with: { tested: 'payments@A', settings: 'API_HOST' } }],
    },
  },
  cannotTell: {
    'the builds could not be listed': { given: rebuilt.blindTo('build', 'forbidden').at('15:00'), because: 'settings: builds-not-covered' },
    'what the registry holds under the digest was not read': {
      given: ranInStaging.at('14:00').deployed('payments@U', API),
      because: 'standing: content-unknown',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: scenario().at('09:00').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'the rebuild stands on another base': { given: rebuilt, because: 'notBaked' },
    'the two builds differ only in what every build is given anew': {
      given: builtWith({ API_HOST: 'api.staging.example', GIT_COMMIT: 'c0ffee', BUILD_DATE: '2026-03-02' }),
      because: 'notBaked',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
