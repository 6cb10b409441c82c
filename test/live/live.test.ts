import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Report } from 'selfsame';
import { afterAll, describe, expect, it } from 'vitest';
import { byText } from '../../src/domain/order.ts';
import { type Audit, openAudit, type Ran, type Wish } from './audit.ts';
import { everySlot, FLEET } from './every-kind.ts';
import { openKubernetesApi } from './kubernetes-api.ts';
import { bindingOf, documentedRole, MORE_THAN_A_PAGE, type Rule, type Story } from './play.ts';
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
  // Where a recording was kept is said beside the report.
  expect(stderr).toMatch(/^(?:selfsame: kept in .*\n)?$/);
  return Report.parse(JSON.parse(stdout));
}

function standingsOf({ rows }: Report): Record<string, string> {
  return Object.fromEntries(rows.map(({ where, standing }) => [where, standing.is]));
}

function nightsOf({ folder }: Audit): string[] {
  return readdirSync(path.join(folder, 'nights')).map((name) => path.join(folder, 'nights', name));
}

/** What shows otherwise, or only where something is told by it. */
const NEEDED_FOR_MORE = ['nodes', 'namespaces'];

const CART = ['--only', 'production/cart'];

/** The token of an account made for a test, with what the test grants it. */
async function tokenFor(account: string, grant: (api: ReturnType<typeof openKubernetesApi>) => Promise<unknown>): Promise<string> {
  const api = openKubernetesApi(story().servers);
  try {
    await api.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace: 'audit' } });
    await grant(api);
    return await api.tokenOf('audit', account);
  } finally {
    api.close();
  }
}

/** The token of an account that has the role of the page, but for something. */
function tokenWithout(name: string, lessOf: (rule: Rule) => Rule): Promise<string> {
  const role = documentedRole();
  return tokenFor(`without-${name}`, async (api) => {
    await api.create({
      ...role,
      metadata: { name: `without-${name}` },
      rules: role.rules.map(lessOf).filter(({ resources }) => resources.length > 0),
    });
    await api.create(bindingOf('ClusterRole', `without-${name}`, `without-${name}`));
  });
}

function lacking(group: string, resource: string): (rule: Rule) => Rule {
  return (rule) => (rule.apiGroups.includes(group) ? { ...rule, resources: rule.resources.filter((one) => one !== resource) } : rule);
}

async function minorOf(): Promise<number> {
  const api = openKubernetesApi(story().servers);
  return api.minor().finally(() => api.close());
}

function clusterGaps({ gaps }: Report): Report['gaps'] {
  return gaps.filter(({ scope }) => scope.source === 'harbour');
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
    expect(report.outside).toContainEqual(
      expect.objectContaining({ cluster: 'harbour', namespace: 'sandbox', ours: [`${servers.registry}/ci/payments`] }),
    );
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
    expect([judged.status, judged.stdout]).toEqual([second.status, second.stdout]);
  });

  it('a collection alone is judged like a scan, and holds no secret (O11)', async () => {
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
    expect(report.because).toEqual([
      expect.stringContaining('nothing of yours was judged in production'),
      '1 namespace in no environment that run image lines of the path',
    ]);
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

  it('the cluster is told in one line: its version, its pods, and the fewest requests that its pages need', async () => {
    const { report } = await scanned(audit(), '--only', 'production/cart');

    // Each kind is one page but for two of pods; two more questions are about the cluster itself, and an old batch/v1 has no CronJobs.
    const pages = documentedRole()
      .rules.flatMap(({ resources }) => resources)
      .filter((resource) => resource !== 'namespaces').length;
    expect(report.clusters).toEqual([
      {
        cluster: 'harbour',
        also: [],
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        version: expect.stringMatching(/^v1\./),
        pods: expect.any(Number),
        requests: expect.any(Number),
        denied: [],
        through: [expect.stringMatching(/^file .*ca\.crt$/)],
      },
    ]);
    expect(report.clusters[0]?.requests).toBe(pages + 1 + 2 + ((await minorOf()) < 21 ? 1 : 0));
  });

  it('a cluster that is another than the one that was meant is not read', async () => {
    const { status, stderr } = await audit({ clusterUid: 'c0ffee00-0000-4000-8000-000000000000' }).run('scan');

    expect(status).toBe(2);
    expect(stderr).toMatch(/has the uid [0-9a-f-]{36}, not c0ffee00/);
  });

  const everyList = documentedRole().rules.flatMap(({ apiGroups: [group = ''], resources }) =>
    resources.map((resource) => [group, resource] as const),
  );

  it.each(
    everyList.filter(([, resource]) => !NEEDED_FOR_MORE.includes(resource)),
  )('a role that may not list %j %s leaves a gap that names it', async (group, resource) => {
    const { status, report } = await scanned(audit({ token: await tokenWithout(resource, lacking(group, resource)) }), ...CART);

    const named = clusterGaps(report).filter(
      ({ because, hint }) => because === 'forbidden' && hint?.includes(`resources: ["${resource}"]`),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(status).toBe(3);
  });

  it('a role that may not list nodes leaves platforms unknown', async () => {
    const one = audit({ token: await tokenWithout('nodes', lacking('', 'nodes')) });

    await one.run('collect', '--out', 'tonight');

    const running = readFileSync(path.join(one.folder, 'tonight', 'observations', 'running-image.ndjson'), 'utf8');
    expect(running).toContain('shop-prd');
    expect(running).not.toContain('"platform"');
  });

  it('a role that may not list namespaces is enough where nothing is told by them', async () => {
    const { report } = await scanned(audit({ token: await tokenWithout('namespaces', lacking('', 'namespaces')) }), ...CART);

    expect(clusterGaps(report)).toEqual([]);
  });

  it('a role that may not get namespaces cannot tell which cluster it is, where that is asked', async () => {
    const { report: whole } = await scanned(audit(), ...CART);
    const token = await tokenWithout('uids', (rule) => ({ ...rule, verbs: ['list'] }));

    const { status, report } = await scanned(audit({ token, clusterUid: whole.clusters[0]?.uid ?? '' }), ...CART);
    const unasked = await scanned(audit({ token }), ...CART);

    expect(status).toBe(3);
    expect(clusterGaps(report)).toMatchObject([
      { because: 'forbidden', hint: expect.stringContaining('resources: ["namespaces"], verbs: ["get"]') },
    ]);
    expect(clusterGaps(unasked.report)).toEqual([]);
  });

  it('a pod of every kind of owner is listed with all its containers, under the workload that people deploy', async () => {
    const one = audit({ environments: { staging: [FLEET], production: ['*-prd'] } });

    await one.run('collect', '--out', 'tonight');

    const lines = readFileSync(path.join(one.folder, 'tonight', 'observations', 'running-image.ndjson'), 'utf8')
      .trim()
      .split('\n');
    const slots = lines
      .map((line) => JSON.parse(line) as { workload: { namespace: string; kind: string; name: string }; role: string; container: string })
      .filter(({ workload }) => workload.namespace === FLEET)
      .map(({ workload: { kind, name }, role, container }) => `${kind}/${name} ${role} ${container}`);
    expect(slots.toSorted(byText)).toEqual(everySlot(await minorOf()).toSorted(byText));
  });

  it('a token for one namespace reads that one, and says what it could not', async () => {
    const token = await tokenFor('berth', async (api) => {
      await api.create({ ...documentedRole(), kind: 'Role', metadata: { name: 'berth', namespace: 'shop-prd' } });
      await api.create(bindingOf('Role', 'berth', 'berth', 'shop-prd'));
    });

    const { status, report } = await scanned(audit({ token, environments: { staging: ['shop-stg'], production: ['shop-prd'] } }));

    expect(status).toBe(3);
    expect(report.clusters).toMatchObject([{ denied: ['shop-stg'] }]);
    expect(report.gaps).toContainEqual(
      expect.objectContaining({ because: 'forbidden', hint: expect.stringContaining('(Role in shop-stg)') }),
    );
    expect(Object.keys(standingsOf(report))).toContain('production/harbour/shop-prd/Deployment/cart/api');
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
