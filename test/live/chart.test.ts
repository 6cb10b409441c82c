import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { type KubernetesApi, openKubernetesApi, type Thing } from './kubernetes-api.ts';
import { documentedRole } from './play.ts';
import { readServers } from './servers.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CHART = path.join(ROOT, 'deploy/chart');
const servers = readServers(process.env.LIVE_STATE ?? '');
const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-chart-'));

type Container = Readonly<{ args: readonly string[] }>;
type Pod = Readonly<{ volumes: readonly object[]; containers: readonly [Container, ...Container[]] }>;
type Labels = Readonly<Record<string, string>>;
/** Of the specs of all kinds what is looked at here, each by a test that knows its kind. */
type Spec = Readonly<{
  schedule: string;
  jobTemplate: { spec: { template: { metadata: { labels: Labels }; spec: Pod } } };
  podSelector: { matchLabels: Labels };
}>;
type Manifest = Thing & { spec: Spec; data: Record<string, string> };

const read = (text: string) => parseAllDocuments(text).map((document) => document.toJS() as Manifest);
const inFile = read(readFileSync(path.join(ROOT, 'deploy/cronjob.yaml'), 'utf8'));
const kindOf = (kind: string, things: readonly Manifest[]) => things.filter((thing) => thing.kind === kind);

/** What deploy/cronjob.yaml has to be filled in with, as values of the chart. */
const VALUES = {
  image: { repository: 'registry.example.com/selfsame', digest: `sha256:${'0'.repeat(64)}` },
  config: parse(kindOf('ConfigMap', inFile)[0]?.data['selfsame.yaml'] ?? ''),
  existingSecrets: [{ name: 'REGISTRY_PASSWORD', secret: 'selfsame-registry', key: 'password' }],
};

type Wish = Readonly<{ values?: object; release?: string; command?: readonly string[] }>;

function helm({ values = {}, release = 'selfsame', command = ['template', release] }: Wish = {}) {
  const file = path.join(folder, 'values.yaml');
  writeFileSync(file, stringify({ ...VALUES, ...values }));
  const kube = command[0] === 'template' ? ['--namespace', 'selfsame', '--kube-version', '1.34.0'] : [];
  const { status, stdout, stderr } = spawnSync(servers.helm ?? '', [...command, CHART, '--values', file, ...kube], {
    encoding: 'utf8',
    env: { HOME: folder },
  });
  return { status, stdout, stderr };
}

function rendered(wish?: Wish): readonly Manifest[] {
  const { status, stdout, stderr } = helm(wish);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return read(stdout);
}

function templateOf(things: readonly Manifest[]) {
  return kindOf('CronJob', things)[0]?.spec.jobTemplate.spec.template;
}

/** A manifest without what every chart adds: labels, and the annotation by which helm keeps a volume. */
function plain(thing: Manifest): unknown {
  const text = JSON.stringify(thing, (key, value: unknown) => (key === 'labels' || key === 'annotations' ? undefined : value));
  return JSON.parse(text.replaceAll('"metadata":{},', ''));
}

describe.skipIf(!servers.helm)('the chart', () => {
  let api: KubernetesApi;
  beforeAll(() => {
    api = openKubernetesApi(servers);
  });
  afterAll(() => api.close());

  it('passes the strict lint of helm', () => {
    const { status, stdout } = helm({ command: ['lint', '--strict'] });

    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('0 chart(s) failed') });
  });

  it('is the CronJob of deploy/cronjob.yaml in substance, and all that stands around it', () => {
    const things = rendered();

    const [job, account, binding, claim] = ['CronJob', 'ServiceAccount', 'ClusterRoleBinding', 'PersistentVolumeClaim'].map((kind) =>
      kindOf(kind, things).map(plain),
    );
    const own = (kind: string) => kindOf(kind, inFile).map(plain);
    // Said aloud by the chart, since a value may say otherwise.
    const said = JSON.parse(JSON.stringify(job).replace('"imagePullPolicy":"IfNotPresent",', ''));
    expect(said).toEqual(own('CronJob'));
    expect([account, binding, claim]).toEqual([own('ServiceAccount'), own('ClusterRoleBinding'), own('PersistentVolumeClaim')]);
    expect(things.map(({ kind }) => kind).toSorted((a, b) => a.localeCompare(b))).toEqual(
      inFile.flatMap(({ kind }) => (kind === 'Namespace' ? [] : [kind])).toSorted((a, b) => a.localeCompare(b)),
    );
  });

  it('grants what the page of the source names, and nothing else', () => {
    const [role] = kindOf('ClusterRole', rendered());

    expect(role && plain(role)).toEqual(documentedRole());
  });

  it('has the configuration of its values, and no other', () => {
    const [map] = kindOf('ConfigMap', rendered());

    expect(parse(map?.data['selfsame.yaml'] ?? '')).toEqual(VALUES.config);
  });

  it('renders the values that the page shows', () => {
    const page = readFileSync(path.join(ROOT, 'deploy/nightly-audit.md'), 'utf8');
    const blocks = [...page.matchAll(/^```yaml\n(?<block>[^]*?)^```$/gm)].map(({ groups }) => parse(groups?.block ?? ''));
    const example = blocks.find(({ image }) => image);

    const things = rendered({ values: example });

    const { repository, digest } = example.image;
    const [map] = kindOf('ConfigMap', things);
    expect(parse(map?.data['selfsame.yaml'] ?? '')).toEqual(example.config);
    expect(JSON.stringify(templateOf(things)?.spec)).toContain(`"image":"${repository}@${digest}"`);
    expect(JSON.stringify(templateOf(things)?.spec)).toContain('"secretKeyRef":{"name":"selfsame-registry","key":"password"}');
  });

  it('shuts off its own pods alone, in a namespace that it may share', () => {
    const things = rendered();

    const [policy] = kindOf('NetworkPolicy', things);
    const [own] = kindOf('NetworkPolicy', inFile);
    const selected = policy?.spec.podSelector.matchLabels ?? {};
    expect({ ...policy?.spec, podSelector: {} }).toEqual(own?.spec);
    expect(templateOf(things)?.metadata.labels).toMatchObject(selected);
    expect(Object.keys(selected)).toHaveLength(2);
  });

  it('is accepted by an API server as it stands, its pod in a restricted namespace too', async ({ skip }) => {
    if ((await api.minor()) < 27) skip('the older API server knows no CronJob with a time zone');
    // The story of the live tests has a role named selfsame.
    const things = rendered({ release: 'night-watch' });
    const [space] = kindOf('Namespace', inFile);
    await api.create(space!);
    await api.create(kindOf('ServiceAccount', things)[0]!);

    const spec = templateOf(things)?.spec;
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'night', namespace: 'selfsame' }, spec };
    const asRoot = { ...pod, spec: { ...spec, securityContext: {} } };
    const told = await Promise.all([...things.filter(({ kind }) => kind !== 'ServiceAccount'), pod].map((thing) => api.objects(thing)));
    expect(told.filter((objection) => objection !== undefined)).toEqual([]);
    expect(await api.objects(asRoot)).toContain('violates PodSecurity');
  });

  it.each([
    ['a tag in place of a digest', { image: { repository: 'registry.example.com/selfsame', digest: 'latest' } }, '/image/digest'],
    ['no image', { image: {} }, '/image/repository'],
    ['no configuration', { config: {} }, "missing properties 'version', 'promotion', 'sources'"],
    ['a secret among the values', { existingSecrets: [{ name: 'REGISTRY_PASSWORD', value: 'canary' }] }, "'value' not allowed"],
    ['a value that it does not know', { persistance: { enabled: false } }, "'persistance' not allowed"],
  ])('is not rendered with %s', (_, values, says) => {
    const { status, stdout, stderr } = helm({ values });

    expect(status).toBe(1);
    expect(stderr).toContain(says);
    expect(stdout).toBe('');
  });

  it('takes every switch of its values: another name, a claim that is there, no volume, no role, no policy', () => {
    const there = rendered({ release: 'harbour', values: { persistence: { existingClaim: 'nights' }, rbac: { create: false } } });
    const bare = rendered({ values: { persistence: { enabled: false }, networkPolicy: { enabled: false } } });

    const volumes = (things: readonly Manifest[]) => templateOf(things)?.spec.volumes[1];
    expect(there.map(({ kind, metadata }) => `${kind} ${metadata.name}`).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'ConfigMap harbour-selfsame',
      'CronJob harbour-selfsame',
      'NetworkPolicy harbour-selfsame',
      'ServiceAccount harbour-selfsame',
    ]);
    expect(volumes(there)).toEqual({ name: 'nights', persistentVolumeClaim: { claimName: 'nights' } });
    expect(volumes(bare)).toEqual({ name: 'nights', emptyDir: {} });
    expect(kindOf('NetworkPolicy', bare)).toEqual([]);
  });

  it('keeps what a value says a value, whatever stands in it', () => {
    const evil = '"]\n  evil: {{ .Release.Name }} # : - &x';

    const things = rendered({ values: { schedule: evil, config: { ...VALUES.config, cluster: evil }, arguments: [`--only=${evil}`] } });

    expect(kindOf('CronJob', things)[0]?.spec.schedule).toBe(evil);
    expect(templateOf(things)?.spec.containers[0].args.at(-1)).toBe(`--only=${evil}`);
    expect(parse(kindOf('ConfigMap', things)[0]?.data['selfsame.yaml'] ?? '')).toMatchObject({ cluster: evil });
  });
});
