import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Report } from 'selfsame';
import { afterAll, describe, expect, it } from 'vitest';
import { type Audit, openAudit, type Ran, type Wish } from './audit.ts';
import { openKubernetesApi } from './kubernetes-api.ts';
import { MORE_THAN_A_PAGE, type Story } from './play.ts';
import { secretsOf, writtenBy } from './secrets.ts';
import { type SilentServer, startSilentServer } from './silent-server.ts';
import { podOf } from './workloads.ts';

const { LIVE_STATE = '' } = process.env;
const opened: Audit[] = [];
const silent: SilentServer[] = [];

function story(): Story {
  return JSON.parse(readFileSync(path.join(LIVE_STATE, 'story.json'), 'utf8')) as Story;
}

function audit(wish: Wish = {}): Audit {
  const one = openAudit(story(), wish);
  opened.push(one);
  return one;
}

async function silence(): Promise<SilentServer> {
  const server = await startSilentServer();
  silent.push(server);
  return server;
}

/** Scans with a JSON report, and reads it. */
async function scanned(one: Audit, ...argv: readonly string[]) {
  const ran = await one.run('scan', '--report', 'json', ...argv);
  return { ...ran, report: reportOf(ran) };
}

function reportOf({ stdout, stderr }: Ran): Report {
  expect(stderr).toBe('');
  return Report.parse(JSON.parse(stdout));
}

function standingsOf({ rows }: Report): Record<string, string> {
  return Object.fromEntries(rows.map(({ where, standing }) => [where, standing.is]));
}

function nightsOf({ folder }: Audit): string[] {
  return readdirSync(path.join(folder, 'nights')).map((name) => path.join(folder, 'nights', name));
}

afterAll(async () => {
  for (const { folder } of opened) rmSync(folder, { recursive: true });
  for (const server of silent) await server.stop();
});

describe.runIf(LIVE_STATE)('against a Kubernetes API server and two registries', () => {
  it('a scan tells the rebuild, the hotfix and the moved tag from what was promoted', async () => {
    const { images } = story();

    const { status, report } = await scanned(audit());

    expect(status).toBe(1);
    expect(report.gaps).toEqual([]);
    expect(standingsOf(report)).toMatchObject({
      'production/harbour/shop-prd/Deployment/payments/api': 'rebuilt',
      'production/harbour/shop-prd/Deployment/cart/api': 'selfsame',
      'production/harbour/shop-prd/Deployment/search/api': 'foreign',
      'production/harbour/books-prd/Deployment/ledger/ledger': 'selfsame',
      'production/harbour/books-prd/Deployment/tariff/tariff': 'selfsame',
    });
    expect(report.findings.find(({ rule }) => rule === 'rebuilt-after-test')).toMatchObject({ cause: 'base-image' });
    expect(report.findings.find(({ rule }) => rule === 'tag-moved')?.text).toContain(
      images.tariff.after.split('@sha256:')[1]?.slice(0, 12),
    );
  });

  it('what is not ours, not running or in no environment is told and not judged', async () => {
    const { servers } = story();

    const { report } = await scanned(audit());

    const vendors = report.rows.filter(({ standing }) => standing.is === 'vendor');
    expect(vendors.map(({ where, parity }) => [where.split('/').at(-1), parity])).toEqual([
      ['mesh-proxy', 'same'],
      ['redis', 'differs'],
    ]);
    expect(report.idle).toEqual(['production/harbour/books-prd/CronJob/close-day/close']);
    expect(report.outside).toContainEqual({ cluster: 'harbour', namespace: 'sandbox', ours: [`${servers.registry}/ci/payments`] });
  });

  it('a list of more than one page is read to its end', async () => {
    const { report } = await scanned(audit(), '--only', 'production/cart');

    expect(report.rows).toMatchObject([{ instances: MORE_THAN_A_PAGE }]);
  });

  it('what is kept is judged again, offline, to the same bytes', async () => {
    const one = audit();

    await one.run('scan', '--keep', 'nights');
    const second = await one.run('scan', '--keep', 'nights', '--report', 'json=audit.json', '--report', 'json');
    const judged = await one.run('judge', ...nightsOf(one), '--report', 'json');

    expect(nightsOf(one)).toHaveLength(2);
    expect(reportOf(second).recordings).toHaveLength(2);
    expect(readFileSync(path.join(one.folder, 'audit.json'), 'utf8')).toBe(second.stdout);
    expect(judged).toEqual(second);
  });

  it('a collection alone is judged like a scan, and holds no secret', async () => {
    const one = audit();

    const collected = await one.run('collect', '--out', 'tonight');
    const judged = await one.run('judge', 'tonight');

    expect(collected).toMatchObject({ status: 0, stdout: '' });
    expect(collected.stderr).toMatch(/^selfsame: \d+ observations, 0 gaps, in tonight \(sha256:[0-9a-f]{64}\)\n$/);
    expect(judged.status).toBe(1);
    const written = writtenBy(one);
    expect(written).toContain('running-image');
    expect(secretsOf(story()).filter((secret) => written.includes(secret))).toEqual([]);
  });

  it('the chain of the rebuild is told from the commit on', async () => {
    const { images } = story();

    const { status, stdout } = await audit().run('explain', 'production/payments');

    expect(status).toBe(0);
    const [tested, rebuilt] = [images.payments.tested, images.payments.rebuilt].map((image) => image.split('@')[1]);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      new RegExp(`standing rebuilt.*run 41 attempt 1 built ${tested}.*gate e2e passed on ${tested}.*run 57 attempt 1 built ${rebuilt}`),
    );
  });

  it.each([
    ['a promoted image is the one artifact', 'ci/cart:12', 'prod/cart:12', 0, 'linux/amd64: one artifact: same digest'],
    [
      'the member of an index is the one artifact on its platform',
      'ci/ledger:5',
      'prod/ledger:5',
      0,
      'linux/amd64: one artifact: same manifest',
    ],
    ['a rebuild is another, on another base', 'ci/payments:41', 'prod/payments:57', 1, '(base image)'],
    ['a hotfix is another, in its own layer', 'ci/search:8', 'prod/search:hotfix', 1, '(app layer)'],
  ])('of two references, %s', async (_, ours, theirs, status, says) => {
    const { registry, guarded } = story().servers;

    const told = await audit().run('diff', `${registry}/${ours}`, `${guarded}/${theirs}`);

    expect(told).toMatchObject({ status, stdout: expect.stringContaining(says) });
  });

  it('a scan of one place judges that place alone, and says so first', async () => {
    const { status, stdout } = await audit().run('scan', '--only', 'production/cart');

    expect(status).toBe(0);
    expect(stdout).toMatch(/^NARROWED to production\/cart · production 1 first-party: 1 selfsame/);
  });

  it('an environment in which nothing runs is no clean one', async () => {
    const { status, report } = await scanned(audit({ environments: { staging: ['*-stg'], production: ['*-nowhere'] } }));

    expect(status).toBe(3);
    expect(report.because).toEqual([expect.stringContaining('nothing of yours was judged in production')]);
  });

  it('a token that may not list the pods of one namespace leaves a gap there, with the grant to add', async () => {
    const { status, report } = await scanned(audit({ account: 'stevedore' }), '--only', 'production/cart');

    expect(status).toBe(3);
    expect(report.gaps).toMatchObject([
      {
        because: 'forbidden',
        scope: { namespace: 'books-prd' },
        hint: expect.stringMatching(/resources: \["pods"\].*\(Role in books-prd\)/),
      },
    ]);
    expect(standingsOf(report)).toEqual({ 'production/harbour/shop-prd/Deployment/cart/api': 'selfsame' });
  });

  it('a wrong password leaves gaps, accuses nobody, and is written nowhere', async () => {
    const password = 'barnacle-and-kelp-77';
    const one = audit({ password });

    const { status, stdout, stderr, report } = await scanned(one, '--keep', 'nights', '--report', 'table=audit.txt');

    expect(status).toBe(3);
    expect(new Set(report.gaps.map(({ because, scope }) => `${because} at ${scope.registry}`))).toEqual(
      new Set([`unauthenticated at ${story().servers.guarded}`]),
    );
    expect(standingsOf(report)).toMatchObject({ 'production/harbour/shop-prd/Deployment/payments/api': 'unresolved' });
    const written = [stdout, stderr, writtenBy(one)].join('\n');
    expect(secretsOf(story(), password).filter((secret) => written.includes(secret))).toEqual([]);
  });

  it('a cluster that is not there is one gap, and the others are judged', async () => {
    const gone = await startSilentServer();
    await gone.stop();

    const { status, report } = await scanned(audit({ other: `https://${gone.host}` }));

    expect(status).toBe(1);
    expect(report.gaps).toMatchObject([{ because: 'unreachable', scope: { cluster: 'lightship' } }]);
    expect(Object.values(standingsOf(report))).toContain('rebuilt');
  });

  it('a cluster that never answers does not hold a scan longer than its deadline', async () => {
    const { host } = await silence();
    const one = audit({ other: `http://${host}` });
    const begun = performance.now();

    const { status, report } = await scanned(one, '--timeout', '1s', '--keep', 'nights');

    expect(performance.now() - begun).toBeLessThan(6000);
    expect(status).toBe(3);
    expect(report.gaps).toContainEqual(
      expect.objectContaining({ because: 'incomplete', scope: expect.objectContaining({ cluster: 'lightship' }) }),
    );
    expect(nightsOf(one)).toHaveLength(1);
  });

  it('a Ctrl-C ends the asking: what was seen is kept and reported, with gaps for the rest', async () => {
    const { host, asked } = await silence();
    const namespace = `fog-${host.split(':')[1]}`;
    const api = openKubernetesApi(story().servers);
    const image = `${host}/fog/horn@sha256:${'f0'.repeat(32)}`;
    await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await api.create(podOf({ namespace, name: 'horn', labels: {} }, [{ name: 'horn', image, imageID: image }]));
    api.close();
    const one = audit({ environments: { staging: ['*-stg'], production: ['*-prd', namespace] }, registry: host });

    const { child, ran } = one.start('scan', '--keep', 'nights', '--report', 'json');
    await Promise.race([asked, ran]);
    child.kill('SIGINT');
    const { status, ...printed } = await ran;

    const report = reportOf({ status, ...printed });
    expect(status).toBe(130);
    expect(report.gaps).toContainEqual(expect.objectContaining({ because: 'incomplete', scope: { source: 'fog', registry: host } }));
    expect(standingsOf(report)).toHaveProperty(`production/harbour/${namespace}/Pod/horn/horn`, 'unresolved');
    expect(nightsOf(one)).toHaveLength(1);
  });
});
