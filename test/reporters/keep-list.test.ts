import { type Scenario, scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { readSketch } from '../../src/testing/observe.ts';
import { incidents, rendered } from './estates.ts';

const named = (image: string) => {
  const { declared, digest } = readSketch(image);
  return `${declared.registry}/${declared.repository}@${digest}`;
};
const linesOf = async (given: Scenario) => (await rendered('keep-list', given)).trimEnd().split('\n');
/** What is kept, without where. */
const keptIn = async (given: Scenario) => (await linesOf(given)).map((line) => line.split(' ').slice(0, 2).join(' ')).slice(0, -1);

const built = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .built('payments@B', { run: '57', commit: 'decaf0' })
  .built('payments@C', { run: '63', commit: 'facade' });
const production = 'production/payments-api';

describe('the list of what clean-ups spare', () => {
  it('has what runs, downstream and upstream, with where, and nothing of a vendor’s', async () => {
    const given = built
      .deployed('payments@B', 'staging/payments-api')
      .deployed('payments@A', production)
      .deployed('library/nginx@N', 'production/proxy');

    expect(await linesOf(given)).toEqual([
      ...[
        `${named('payments@A')} runs production/test/default/Deployment/payments-api/app`,
        `${named('payments@B')} runs staging/test/default/Deployment/payments-api/app`,
      ].toSorted(),
      '# complete 2026-03-02T09:00:00Z',
    ]);
  });

  it('marks what is declared and does not run, and what a roll-back would bring; older revisions may go', async () => {
    const given = built
      .had('payments@C', production, { revision: 1 })
      .had('payments@B', production, { revision: 2 })
      .deployed('payments@A', production, { revision: 3 })
      .idle('payments@C', 'production/payments-batch');

    expect(await keptIn(given)).toEqual(
      [`${named('payments@A')} runs`, `${named('payments@B')} rollback`, `${named('payments@C')} declared`].toSorted(),
    );
  });

  it('has every member of an index that runs: none of them has a tag', async () => {
    const given = built.indexed('payments@I', ['payments@A', 'payments@B']).deployed('payments@I', production);

    expect(await keptIn(given)).toEqual(
      [`${named('payments@A')} part`, `${named('payments@B')} part`, `${named('payments@I')} runs`].toSorted(),
    );
  });

  it('has what runs under the names of a mirror and of its origin', async () => {
    const given = scenario({ mirrors: { 'mirror.test': 'registry.test' } })
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .deployed('mirror.test/payments@A', production);

    expect(await keptIn(given)).toHaveLength(2);
  });

  it('forgets what ran last night and does not run now', async () => {
    const given = built.deployed('payments@A', production).recorded().at('10:00').deployed('payments@B', production);

    expect(await keptIn(given)).toEqual([`${named('payments@B')} runs`]);
  });

  it.each([
    [
      'a namespace could not be seen',
      built.deployed('payments@A', production).blindTo('running-image', 'forbidden', { namespace: 'fraud' }),
      '1 gap in what runs',
    ],
    ['a container reports no digest', incidents.inconclusive, 'no digest is known of 1 container'],
    ['what lies under a digest was not read', built.deployed('payments@U', production), 'nobody read what lies under 1 digest'],
    [
      'only a part was looked at',
      scenario({ only: [production] })
        .at('09:00')
        .pushed('payments@A')
        .deployed('payments@A', production),
      'only some places',
    ],
  ])('ends by saying that it is incomplete where %s', async (_, given, says) => {
    const last = (await linesOf(given)).at(-1);

    expect(last).toMatch(/^# incomplete 2026-03-02T/);
    expect(last).toContain(says);
  });

  it.each(['clean', 'drift'] as const)('is complete whatever was found: %s', async (name) => {
    expect((await linesOf(incidents[name])).at(-1)).toMatch(/^# complete /);
  });
});
