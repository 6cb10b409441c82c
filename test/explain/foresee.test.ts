import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Scenario, scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { judgeRecorded } from '../../src/audit.ts';
import { tellForeseen } from '../../src/cli/tell-foreseen.ts';
import { loadConfig } from '../../src/config/load.ts';
import { parseImageReference } from '../../src/domain/image-reference.ts';
import type { Recording } from '../../src/domain/recording.ts';
import type { Report } from '../../src/domain/report.ts';
import { foresee } from '../../src/explain/foresee.ts';
import { readRecording } from '../../src/recording/read.ts';
import { loadAll } from '../../src/registry.ts';
import { readSketch } from '../../src/testing/observe.ts';

const rules = await loadAll('rules');
const tested = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .tested('payments@A', { gate: 'e2e' })
  .at('14:00')
  .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' });

function mayGo(sketches: string | readonly string[], given: Pick<Scenario, 'recordings' | 'plan'> = tested) {
  const candidates = [sketches].flat().map((sketch) => {
    const { declared, digest } = readSketch(sketch);
    return { image: declared, digest: digest!, environment: 'production' };
  });
  return foresee(candidates, given.recordings(), { plan: given.plan(), rules, version: '0.1.0' });
}

describe('an image that is to go to production', () => {
  it.each(['approval', 'deployment'] as const)('cannot be told, though its gate passed, where not every %s could be read', (of) => {
    const torn = tested
      .released('checkout@K', { to: 'prod', run: '58' })
      .approved('checkout@K', { for: 'prod', by: 'grace', requestedBy: 'ada' })
      .blindTo(of, 'forbidden')
      .deployed('payments@A', 'production/payments-api');

    expect(mayGo('payments@A', torn)).toMatchObject({ exitCode: 3, images: [{ verdict: 'cannot-tell' }], gaps: [{ of }] });
  });

  it('cannot be told, though its gate passed, where not all that runs there could be read', () => {
    const torn = tested
      .deployed('payments@A', 'production/payments-api')
      .blindTo('running-image', 'unreachable', { environment: 'production' });

    const foreseen = mayGo('payments@A', torn);

    expect(foreseen).toMatchObject({ exitCode: 3, images: [{ verdict: 'cannot-tell' }], gaps: [{ of: 'running-image' }] });
  });

  it('may, though somewhere else not all that runs could be read', () => {
    const torn = tested.deployed('payments@A', 'production/payments-api').blindTo('running-image', 'unreachable', { environment: 'lab' });

    expect(mayGo('payments@A', torn)).toMatchObject({ exitCode: 0, gaps: [] });
  });

  it('must not, where it is a rebuild, also to an environment that leads to another', () => {
    const given = tested.deployed('payments@A', 'production/payments-api').deployed('payments@A', 'mars/payments-api');
    const farther = { ...given, plan: () => ({ ...given.plan(), promotion: [['staging'], ['production'], ['mars']] }) };

    expect(mayGo('payments@B', farther)).toMatchObject({ exitCode: 1, images: [{ verdict: 'must-not-go' }] });
  });

  it('may, where its gate passed, and the finding on what runs now would go with it', () => {
    const foreseen = mayGo('payments@A', tested.deployed('payments@B', 'production/payments-api'));

    expect(foreseen).toMatchObject({
      exitCode: 0,
      rows: [{ where: 'production/test/default/Deployment/payments-api/app', standing: { is: 'selfsame' } }],
      appear: [],
    });
    expect(foreseen.disappear.map(({ rule }) => rule)).toEqual([
      'rebuilt-after-test',
      'base-layer-mismatch',
      'test-evidence-on-other-digest',
    ]);
  });

  it('must not, where it is a rebuild, and the digest to deploy instead is named', () => {
    const foreseen = mayGo('payments@B', tested.deployed('payments@A', 'production/payments-api'));

    expect(foreseen).toMatchObject({ exitCode: 1, rows: [{ standing: { is: 'rebuilt' }, instead: readSketch('payments@A').digest }] });
    expect(foreseen.appear.map(({ rule }) => rule)).toContain('rebuilt-after-test');
  });

  it('goes to every container of its line, and to one made up where there is none', () => {
    const two = tested.deployed('payments@B', 'production/payments-api').deployed('payments@B', 'production/payments-worker');

    expect(mayGo('payments@A', two).rows).toHaveLength(2);
    expect(mayGo('payments@A', tested).rows).toMatchObject([
      { where: 'production/new/new/Deployment/payments/payments', standing: { is: 'selfsame' } },
    ]);
  });

  it('cannot be told where the tests may not be read', () => {
    const blind = tested
      .blindTo('test', 'forbidden')
      .built('payments@D', { run: '60', commit: 'decaf0' })
      .deployed('payments@A', 'production/payments-api');

    expect(mayGo('payments@D', blind)).toMatchObject({
      exitCode: 3,
      rows: [{ standing: { is: 'unresolved', reason: 'tests-not-covered' } }],
    });
  });

  it.each([
    'test',
    'build',
  ] as const)('cannot be told, though its gate passed, where not every %s could be read: one may have failed', (of) => {
    const torn = tested.blindTo(of, 'rate-limited').deployed('payments@A', 'production/payments-api');

    const foreseen = mayGo('payments@A', torn);

    expect(foreseen).toMatchObject({ exitCode: 3, images: [{ verdict: 'cannot-tell' }], gaps: [{ of, because: 'rate-limited' }] });
    expect(tellForeseen(foreseen, { width: 200 })).toContain(`gap: not every ${of} could be listed, rate-limited`);
  });

  it('must not, where nothing upstream ever ran it and the absence is covered', () => {
    const watched = scenario()
      .at('09:00')
      .built('ledger@L', { run: '70', commit: 'abad1dea' })
      .deployed('payments@A', 'staging/payments-api');

    expect(mayGo('ledger@L', watched)).toMatchObject({ exitCode: 1, rows: [{ standing: { is: 'untested', reason: 'no-counterpart' } }] });
  });

  it('is untested where every test was listed and none passed on it: what is imagined asks for no test of later', () => {
    const given = tested.deployed('payments@A', 'production/payments-api').built('payments@D', { run: '60', commit: 'decaf0' });

    const foreseen = mayGo('payments@D', given);

    expect(foreseen).toMatchObject({ exitCode: 1, rows: [{ standing: { is: 'untested', reason: 'no-passed-gate' } }] });
    expect(foreseen.appear.map(({ rule }) => rule)).toEqual(['untested-digest']);
  });

  it('is not untested where only the tests of what ran were listed: nobody asked for those of what is to run', () => {
    const given = tested.deployed('payments@A', 'production/payments-api').built('payments@D', { run: '60', commit: 'decaf0' });
    const wanted = { ...given, recordings: () => given.recordings().map(onlyWantedTests) };

    expect(mayGo('payments@D', wanted)).toMatchObject({ exitCode: 3, rows: [{ standing: { is: 'unresolved' } }] });
  });

  it('is not found tested too late because what is imagined beside it repeats the pass', () => {
    const given = tested.deployed('payments@A', 'production/payments-api').built('ledger@L', { run: '70', commit: 'abad1dea' });

    const foreseen = mayGo(['payments@A', 'ledger@L'], given);

    expect(foreseen.appear.filter(({ rule }) => rule === 'deployed-before-tested')).toEqual([]);
  });

  it('goes to a cluster that another recording than the newest is of', () => {
    const ofCluster = (cluster: string) =>
      tested
        .deployed('payments@B', 'production/payments-api', { cluster })
        .recordings()
        .map((recording) => readFrom(cluster, recording));
    const given = { ...tested, recordings: () => [...ofCluster('one'), ...ofCluster('two')] };

    expect(mayGo('payments@A', given).rows.map(({ where }) => where)).toEqual([
      'production/one/default/Deployment/payments-api/app',
      'production/two/default/Deployment/payments-api/app',
    ]);
  });

  it('leaves the other environments and containers as they are', () => {
    const given = tested
      .deployed('payments@B', 'staging/payments-api')
      .deployed('payments@A', 'production/payments-api')
      .built('ledger@L', { run: '70', commit: 'abad1dea' })
      .deployed('ledger@L', 'production/ledger');

    expect(mayGo('payments@A', given).rows.map(({ where }) => where)).toEqual(['production/test/default/Deployment/payments-api/app']);
  });
});

describe('several images', () => {
  it('are judged where one is of a job that has finished: what ran it still does, beside the other', () => {
    const finished = { kind: 'Job', phase: 'completed', finishedAt: '2026-03-02T13:00:00Z' } as const;
    const given = tested.deployed('payments@A', 'production/payments-migration', finished).deployed('ledger@L', 'production/ledger');

    const { images, rows } = mayGo(['payments@A', 'ledger@M'], given);

    expect(rows.map(({ where }) => where)).toEqual(images.flatMap(({ where }) => where).toSorted());
  });

  it('have a verdict each, and the worst of them is the answer', () => {
    const given = scenario()
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .built('ledger@L', { run: '70', commit: 'abad1dea' })
      .deployed('payments@A', 'staging/payments-api');

    const { exitCode, images } = mayGo(['payments@A', 'ledger@L', 'ledger-web@Z'], given);

    expect(exitCode).toBe(1);
    expect(images.map(({ verdict, where }) => [verdict, where.length])).toEqual([
      ['may-go', 1],
      ['must-not-go', 1],
      ['cannot-tell', 1],
    ]);
  });
});

describe('an image for a channel of a registry', () => {
  it('is judged as published, like all that is known there, and not as if somebody saw it run', () => {
    const published = { phase: 'published' } as const;
    const given = scenario()
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .deployed('payments@A', 'staging/payments', published)
      .built('payments@B', { run: '57', commit: 'decaf0' })
      .deployed('payments@B', 'production/payments', published);

    expect(mayGo('payments@A', given)).toMatchObject({ exitCode: 0, rows: [{ published: true, standing: { is: 'selfsame' } }] });
  });
});

describe('an image of which nothing is known', () => {
  it('is not let go where one of its places was not judged: the audit was narrowed to another', () => {
    const two = tested.deployed('payments@A', 'production/payments-api').deployed('payments@B', 'production/payments-worker');
    const narrowed = { ...two, plan: () => ({ ...two.plan(), only: ['production/payments-api'] }) };

    expect(mayGo('payments@A', narrowed)).toMatchObject({ exitCode: 3, images: [{ where: { length: 2 } }], rows: { length: 1 } });
  });

  it('makes no finding disappear: nobody knows whether it has it too', () => {
    const foreseen = mayGo('payments@Z', tested.deployed('payments@B', 'production/payments-api'));

    expect(foreseen).toMatchObject({
      exitCode: 3,
      images: [{ verdict: 'cannot-tell' }],
      rows: [{ standing: { is: 'unresolved' }, next: expect.any(String) }],
      disappear: [],
    });
  });

  it('is said to have an invented place where nothing of its line was seen', () => {
    expect(mayGo('payments@A', tested).rows).toMatchObject([{ invented: true }]);
    expect(mayGo('payments@A', tested.deployed('payments@B', 'production/payments-api')).rows[0]).not.toHaveProperty('invented');
  });
});

const arm = { platform: 'linux/arm64' };
const released = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .built('payments@R', { run: '41', commit: 'c0ffee', ...arm })
  .indexed('payments@I', ['payments@A', 'payments@R'])
  .tested('payments@A', { gate: 'e2e' })
  .deployed('payments@I', 'staging/payments-api')
  .at('14:00');

describe('an image for other platforms than its nodes', () => {
  it('must not go to a node that it holds nothing for, though it was tested', () => {
    const given = released.deployed('payments@I', 'production/payments-api', arm);

    expect(mayGo('payments@A', given)).toMatchObject({
      exitCode: 1,
      rows: [{ unfit: 'it is for linux/amd64, and has nothing for the linux/arm64 of its nodes' }],
    });
  });

  it('must not go where one of two kinds of nodes has nothing of it', () => {
    const given = released
      .deployed('payments@I', 'production/payments-api', arm)
      .deployed('payments@I', 'production/payments-api', { beside: true });

    expect(mayGo('payments@A', given)).toMatchObject({ exitCode: 1, rows: [{ unfit: expect.stringContaining('linux/arm64') }] });
  });

  it('may go where its nodes emulate that platform already', () => {
    const given = released
      .built('payments@B', { run: '57', commit: 'decaf0' })
      .tested('payments@B', { gate: 'e2e' })
      .deployed('payments@B', 'staging/payments-api')
      .deployed('payments@A', 'production/payments-api', arm);

    expect(mayGo('payments@B', given)).toMatchObject({ exitCode: 0, rows: [{ standing: { is: 'selfsame' } }] });
  });

  it('goes to the nodes that have something of it where its place is made up', () => {
    const given = released
      .built('ledger@L', { run: '70', commit: 'abad1dea' })
      .deployed('ledger@L', 'production/a-ledger', arm)
      .deployed('ledger@L', 'production/ledger');

    expect(mayGo('payments@A', given)).toMatchObject({ exitCode: 0, rows: [{ platform: 'linux/amd64' }] });
  });

  it('is not answered with the digest of another platform', () => {
    const given = released.deployed('payments@I', 'production/payments-api', arm);

    const [row] = mayGo('payments@I', given).rows;

    expect(row).toMatchObject({ standing: { is: 'untested', reason: 'other-platform' }, counterpart: readSketch('payments@A').digest });
    expect(row).not.toHaveProperty('instead');
  });
});

function readFrom(cluster: string, recording: Recording): Recording {
  const observations = recording.observations.map((seen) =>
    (seen.kind === 'coverage' || seen.kind === 'expected') && seen.of === 'running-image'
      ? { ...seen, scope: { ...seen.scope, cluster } }
      : seen,
  );
  return { ...recording, digest: `${recording.digest} of ${cluster}`, observations };
}

function onlyWantedTests(recording: Recording): Recording {
  const observations = recording.observations.map((seen) =>
    seen.kind === 'coverage' && seen.of === 'test' ? { ...seen, scope: { ...seen.scope, only: 'wanted' as const } } : seen,
  );
  return { ...recording, observations };
}

async function openEstate(estate: string) {
  const { plan } = await loadConfig(path.join(ESTATES, estate, 'selfsame.yaml'), rules);
  const folders = readdirSync(path.join(ESTATES, estate)).filter((name) => !name.includes('.'));
  const recordings = await Promise.all(folders.map((folder) => readRecording(path.join(ESTATES, estate, folder))));
  return { plan, recordings, night: judgeRecorded(recordings, plan, rules, '0.1.0') };
}

const ESTATES = fileURLToPath(new URL('../../fixtures/estates', import.meta.url));

describe('what runs already', () => {
  it.each(readdirSync(ESTATES))('makes nothing appear or disappear where it is checked again: %s', async (estate) => {
    const { plan, recordings, night } = await openEstate(estate);

    const foreseen = aloneIn(night).map((row) => foresee([candidateOf(row)], recordings, { plan, rules, version: '0.1.0' }));

    expect(foreseen.flatMap(({ appear, disappear }) => [...appear, ...disappear])).toEqual([]);
    expect(foreseen.map((told) => told.rows.length > 0)).not.toContain(false);
  });

  it.each(readdirSync(ESTATES))('is not judged harder than by the night: %s', async (estate) => {
    const { plan, recordings, night } = await openEstate(estate);

    const foreseen = aloneIn(night).map((row) => foresee([candidateOf(row)], recordings, { plan, rules, version: '0.1.0' }));

    const allowed = { 0: [0], 1: [0, 1, 3], 3: [0, 3] }[night.exitCode];
    expect(foreseen.map(({ exitCode }) => exitCode).filter((code) => !allowed.includes(code))).toEqual([]);
  });
});

/** A slot that runs two digests would run one of them afterwards. */
function aloneIn({ rows }: Report) {
  return rows.filter(({ digest, where }) => digest !== '' && rows.filter((row) => row.where === where).length === 1);
}

function candidateOf({ image, digest, environment }: Report['rows'][number]) {
  const reference = parseImageReference(`${image}@${digest}`)!;
  return { image: reference, digest: reference.digest!, environment };
}
