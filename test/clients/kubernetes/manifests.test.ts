import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { declaredInManifests } from '../../../src/clients/kubernetes/manifests.ts';
import kubernetes from '../../../src/sources/kubernetes.ts';
import { ENVIRONMENTS, observed, of } from '../../fakes/cluster.ts';

const RENDERED = `# Source: shop/templates/service.yaml
apiVersion: v1
kind: Service
metadata: {name: payments}
---
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: payments
  namespace: shop
  creationTimestamp: null
  labels: {app.kubernetes.io/name: payments, helm.sh/chart: shop-1.4}
spec:
  replicas: 3
  template:
    spec:
      volumes:
      initContainers:
        - {name: migrate, image: registry.example/migrate:9}
      containers:
        - {name: api, image: "registry.example/payments:1.40"}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, namespace: till-stg}
spec: {schedule: '0 2 * * *', jobTemplate: {spec: {template: {spec: {containers: [{name: nightly, image: registry.example/nightly:2}]}}}}}
`;

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const place = await mkdtemp(path.join(tmpdir(), 'selfsame-'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(place, name)), { recursive: true });
    await writeFile(path.join(place, name), content);
  }
  return place;
}

async function read(files: Readonly<Record<string, string>>, config: object = { environments: ENVIRONMENTS }) {
  const place = await folder(files);
  return observed(kubernetes.config.parse({ cluster: 'harbour', manifests: [place], ...config }));
}

describe('rendered manifests', () => {
  it('declare every container of every workload, and nothing else', async () => {
    const seen = await read({ 'shop.yaml': RENDERED });

    expect(seen.map((one) => one.kind)).toEqual(['declared-image', 'declared-image', 'declared-image']);
    expect(
      of(seen, 'declared-image').map(({ environment, workload, container, role, because, declared }) => [
        environment,
        `${workload.namespace}/${workload.kind}/${workload.name}/${container}`,
        role,
        because,
        declared.tag,
      ]),
    ).toEqual([
      ['production', 'shop/Deployment/payments/migrate', 'init', 'manifest', '9'],
      ['production', 'shop/Deployment/payments/api', 'app', 'manifest', '1.40'],
      ['staging', 'till-stg/CronJob/nightly/nightly', 'app', 'manifest', '2'],
    ]);
    expect(of(seen, 'declared-image')[0]).toMatchObject({
      labels: { 'app.kubernetes.io/name': 'payments' },
      locator: expect.stringMatching(/shop\.yaml#Deployment\/shop\/payments$/),
    });
  });

  it('say what they start in place of what the image says, without credentials', async () => {
    const container = { name: 'till', image: 'registry.example/till:1', command: ['serve'], args: ['--token', 'canary-7f3e9a11', '-v'] };
    const pod = { kind: 'Pod', metadata: { name: 'till' }, spec: { containers: [container] } };

    const seen = await read({ 'pod.json': JSON.stringify(pod) }, { environment: 'production' });

    expect(of(seen, 'declared-image')[0]?.starts).toEqual({
      command: ['serve'],
      args: ['--token', expect.stringMatching(/^redacted/), '-v'],
    });
  });

  it('may be lists, in JSON, of pods, in folders, and without a namespace', async () => {
    const pods = {
      kind: 'Pod',
      metadata: { generateName: 'till-' },
      spec: { containers: [{ name: 'till', image: 'registry.example/till:1' }] },
    };

    const seen = await read(
      { 'deep/er/list.json': JSON.stringify({ kind: 'List', items: [pods] }), 'README.md': 'no manifest' },
      { environment: 'production' },
    );

    expect(of(seen, 'declared-image').map(({ workload }) => workload)).toEqual([
      { cluster: 'harbour', namespace: 'default', kind: 'Pod', name: 'till-' },
    ]);
  });

  it.each([
    ['is no YAML', 'kind: [', /broken\.yaml:1$/],
    ['expands too far', `a: &a [x]\nb: &b [${'*a,'.repeat(20)}]\nc: &c [${'*b,'.repeat(20)}]\nd: [${'*c,'.repeat(20)}]\n`, /broken\.yaml$/],
    ['says a key twice', 'kind: Pod\nkind: Pod\n', /broken\.yaml:2$/],
    ['is text', 'Deploy the till first.\n', /broken\.yaml:1$/],
    ['is a list without a kind', '---\n# two\n---\n- {kind: Pod, spec: {containers: [{name: a, image: till}]}}\n', /broken\.yaml:4$/],
    ['has no kind', 'metadata: {name: till}\nspec: {template: {spec: {containers: [{name: a, image: till}]}}}\n', /broken\.yaml:1$/],
    ['has a namespace that is none', 'kind: Pod\nmetadata: {name: till, namespace: [shop]}\n', /broken\.yaml:1$/],
    [
      'has init containers alone',
      `kind: Job\nmetadata: {name: till}\nspec: {template: {spec: {initContainers: [{name: a, image: till}], containers: }}}\n`,
      /#Job\/default\/till$/,
    ],
    [
      'has no container',
      'kind: Deployment\nmetadata: {name: till}\nspec: {template: {spec: {containers: []}}}\n',
      /#Deployment\/default\/till$/,
    ],
    ['has no name', 'kind: Pod\nspec: {containers: [{name: a, image: till}]}\n', /broken\.yaml:1 \(Pod\)$/],
    ['has no template', 'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: till}\n', /#DaemonSet\/default\/till$/],
    ['has containers that are none', 'kind: Pod\nmetadata: {name: till}\nspec: {containers: none}\n', /#Pod\/default\/till$/],
    [
      'has an image that is no reference',
      'kind: Pod\nmetadata: {name: till}\nspec: {containers: [{name: a, image: "Not An Image"}]}\n',
      /#Pod\/default\/till$/,
    ],
  ])('leave a gap where one %s, and the others are read', async (_, broken, locator) => {
    const seen = await read({ 'broken.yaml': broken, 'shop.yaml': RENDERED }, { environment: 'production' });

    expect(of(seen, 'gap')).toEqual([expect.objectContaining({ because: 'malformed', locator: expect.stringMatching(locator) })]);
    expect(of(seen, 'declared-image')).toHaveLength(3);
  });

  it.each([
    ['merge key', 'spec:\n  <<: &pod {containers: [{name: till, image: "registry.example/till:1"}]}\n  hostNetwork: "true"\n'],
    ['merge key with an alias', 'x: &pod {containers: [{name: till, image: "registry.example/till:1"}]}\nspec: {<<: *pod}\n'],
  ])('are read through a %s, as kubectl reads them', async (_, spec) => {
    const seen = await read({ 'pod.yaml': `kind: Pod\nmetadata: {name: till}\n${spec}` }, { environment: 'production' });

    expect(seen).toMatchObject([{ kind: 'declared-image', container: 'till' }]);
  });

  it.each([
    ['CronWorkflow', 'spec: {workflowSpec: {templates: [{container: {image: "registry.example/till:1"}}]}}', true],
    ['PodTemplate', 'template: {spec: {containers: [{name: till, image: "registry.example/till:1"}]}}', true],
    ['Cluster', 'spec: {imageName: "registry.example/postgres:18"}', true],
    ['Till', 'spec: {image: {repository: registry.example/till, tag: "1"}}', true],
    ['ClusterPolicy', 'spec: {rules: [{validate: {pattern: {spec: {containers: [{image: "!*:latest"}]}}}}]}', false],
    ['Service', 'spec: {ports: []}', false],
  ])('name an object of the kind %s where it holds an image', async (kind, text, isNamed) => {
    const place = path.join(await folder({ 'one.yaml': `kind: ${kind}\nmetadata: {name: till}\n${text}\n` }), 'one.yaml');
    const [named, seen]: [string[], unknown[]] = [[], []];
    const where = { cluster: 'harbour', labels: [], environmentOf: () => 'production', onOther: (one: string) => void named.push(one) };

    for await (const one of declaredInManifests([place], where, AbortSignal.timeout(10_000))) seen.push(one);

    expect({ seen, named }).toEqual({ seen: [], named: isNamed ? [`${place}#${kind}/till`] : [] });
  });

  it('may be lists in lists', async () => {
    const pod = { kind: 'Pod', metadata: { name: 'till' }, spec: { containers: [{ name: 'till', image: 'registry.example/till:1' }] } };
    const list = {
      kind: 'List',
      items: [
        { kind: 'List', items: [pod] },
        { kind: 'PodList', items: [] },
      ],
    };

    const seen = await read({ 'list.json': JSON.stringify(list) }, { environment: 'production' });

    expect(seen).toMatchObject([{ kind: 'declared-image', container: 'till' }]);
  });

  it.each([
    [
      'a Rollout that starts the template of a Deployment',
      'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec: {workloadRef: {kind: Deployment, name: till}}\n',
    ],
    ['a Job of another API', 'apiVersion: batch.volcano.sh/v1alpha1\nkind: Job\nspec: {tasks: []}\n'],
    ['a document of comments', '# nothing is enabled\n---\n'],
    ['a list of nothing', 'kind: List\nitems: []\n'],
  ])('need no container where there is %s', async (_, text) => {
    expect(await read({ 'one.yaml': text }, { environment: 'production' })).toEqual([]);
  });

  it.each([
    ['what is wrong with the YAML', 'kind: Pod\n\tspec: {}\n', 'Mend it: a tab indents it. Indent with spaces.'],
    [
      'that a template is to be rendered',
      'kind: Pod\nmetadata: {name: till}\nspec: {containers: [{name: a, image: {{ .Values.image }}}]}\n',
      'render it first',
    ],
    ['that lines of a template are to be rendered', '{{- if .Values.till }}\nkind: Pod\n{{- end }}\n', 'render it first'],
    [
      'that a container has no image',
      'kind: Pod\nmetadata: {name: till}\nspec: {containers: [{name: a}]}\n',
      'Give the container "a" an `image`',
    ],
    [
      'who tells why the API refuses it',
      'kind: Pod\nmetadata: {name: till}\nspec: {containers: none}\n',
      '`kubectl apply --dry-run=server`',
    ],
  ])('say %s', async (_, text, hint) => {
    const warn = vi.spyOn(process, 'emitWarning');

    const seen = await read({ 'till.yaml': text }, { environment: 'production' });

    expect(of(seen, 'gap')).toEqual([expect.objectContaining({ because: 'malformed', hint: expect.stringContaining(hint) })]);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it('that are not there are a gap', async () => {
    const seen = await observed(kubernetes.config.parse({ environment: 'production', manifests: ['/nowhere/shop.yaml'] }));

    expect(of(seen, 'gap')).toEqual([expect.objectContaining({ because: 'not-found', locator: '/nowhere/shop.yaml' })]);
  });

  it('in a folder that holds none are a gap', async () => {
    const seen = await read({ 'README.md': 'no manifest' });

    expect(of(seen, 'gap')).toEqual([expect.objectContaining({ because: 'not-found', hint: expect.stringContaining('holds no *.yaml') })]);
  });

  it('behind a link are a gap, and read once where the link leads to a file beside it', async () => {
    const [place, elsewhere] = [await folder({ '..data/shop.yaml': RENDERED }), await folder({ 'till.yaml': RENDERED })];
    await symlink('..data/shop.yaml', path.join(place, 'shop.yaml'));
    await symlink(path.join(elsewhere, 'till.yaml'), path.join(place, 'till.yaml'));

    const seen = await observed(kubernetes.config.parse({ environment: 'production', manifests: [place] }));

    expect(of(seen, 'gap')).toEqual([expect.objectContaining({ because: 'unsupported', locator: path.join(place, 'till.yaml') })]);
    expect(of(seen, 'declared-image')).toHaveLength(3);
  });

  it('answer for nothing that runs', () => {
    const expected = kubernetes.expects(kubernetes.config.parse({ environment: 'production', manifests: ['shop.yaml'] }));

    expect(expected).toEqual([]);
  });
});
