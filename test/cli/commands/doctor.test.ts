import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NODES, node, PODS, pod, RUNNING, TOKEN } from '../../fakes/cluster.ts';
import { type Run, selfsame } from '../../fakes/command-line.ts';
import { TOKEN as GITHUB_TOKEN, startGithub } from '../../fakes/github.ts';
import { type Fault, type Listed, REVIEWS, refused, reviewed, startKubernetes, writeKubeconfig } from '../../fakes/kubernetes.ts';
import { type FakeRegistry, sendJson, startRegistry } from '../../fakes/registry.ts';

const PASSWORD = 'canary-5d1c0b7e';
let registry: FakeRegistry;
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  registry = await startRegistry();
  stops.push(() => registry.stop());
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

function running(place: string, image: string): Listed {
  const name = image.replace('://', '');
  return {
    ...pod(place, { image: name }),
    status: { phase: 'Running', containerStatuses: [{ name: 'app', image: name, imageID: name, state: RUNNING }] },
  };
}

/** A harbour whose staging and production run payments of the registry. */
async function harbour(fault?: Fault): Promise<string> {
  const { digest } = registry.image('payments');
  const image = `${registry.host}/payments@${digest}`;
  const lists = { [PODS]: [running('stg/payments', image), running('prd/payments', image)], [NODES]: [node('quay-1')] };
  const server = await startKubernetes(lists, { token: TOKEN, ...(fault ? { fault } : {}) });
  stops.push(() => server.stop());
  return writeKubeconfig(server.url, { user: { token: TOKEN } });
}

const CLUSTER = '{ use: kubernetes, context: harbour, insecure: "true", environments: { staging: [stg], production: [prd] } }';
const ours = () => `{ use: oci, registry: "${registry.host}", insecure: "true" }`;

type Given = Readonly<{
  sources: readonly string[];
  more?: string;
  fault?: Fault;
  argv?: readonly string[];
  tested?: string;
  env?: Readonly<Record<string, string>>;
}>;

async function examined({ sources, more = '', fault, argv = [], tested = `sha256:${'a'.repeat(64)}`, env = {} }: Given): Promise<Run> {
  const cwd = mkdtempSync(path.join(tmpdir(), 'selfsame-doctor-'));
  const text = `version: 1\npromotion: [staging, production]\nlimits: { retries: 0 }\n${more}sources:\n${sources.map((source) => `  - ${source}\n`).join('')}`;
  writeFileSync(path.join(cwd, 'selfsame.yaml'), text);
  writeFileSync(
    path.join(cwd, 'records.jsonl'),
    `{"schema":"selfsame/record/v1","kind":"test","digest":"${tested}","gate":"e2e","result":"passed","at":"2026-01-01T00:00:00Z"}\n`,
  );
  return selfsame(['doctor', ...argv], { cwd, env: { KUBECONFIG: await harbour(fault), REGISTRY_PASSWORD: PASSWORD, ...env } });
}

/** What was said, as one line: lines are folded for a terminal. */
const told = ({ stdout }: Run) => stdout.replaceAll(/\s+/g, ' ');

describe('selfsame doctor', () => {
  it('is content where every source is read, and says what was asked of whom', async () => {
    const run = await examined({ sources: [CLUSTER, ours(), '{ use: records, files: [records.jsonl] }'] });

    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(told(run)).toMatch(
      /kubernetes: fine saw 2 running images, 1 cluster oci: fine saw 1 config, 1 manifest.* records: fine 3 sources, nothing to mend\./,
    );
    expect(told(run)).toContain(`Asked: 127.0.0.1:`);
  });

  it('reads the workflows of a checkout, and names the line that cannot be read', async () => {
    const whole = await examined({
      sources: [CLUSTER, ours(), `{ use: github-workflows, path: "${path.resolve('fixtures/workflows/build-once')}" }`],
    });
    const broken = mkdtempSync(path.join(tmpdir(), 'selfsame-broken-'));
    mkdirSync(path.join(broken, '.github/workflows'), { recursive: true });
    writeFileSync(path.join(broken, '.github/workflows/ci.yml'), 'on: push\njobs: [');

    const run = await examined({ sources: [CLUSTER, ours(), `{ use: github-workflows, path: "${broken}" }`] });

    expect([whole.status, told(whole)]).toEqual([0, expect.stringContaining('github-workflows: fine saw 1 workflow file, 1 dockerfile')]);
    expect([run.status, told(run)]).toEqual([3, expect.stringMatching(/malformed, workflow file: .*ci\.yml:2/)]);
  });

  it('only reads', async () => {
    await examined({ sources: [CLUSTER, ours()] });

    const methods = registry.requests.map(({ method }) => method);
    expect(methods.length).toBeGreaterThan(0);
    expect(methods.filter((method) => method !== 'GET' && method !== 'HEAD')).toEqual([]);
  });

  it('names the rule that a cluster lacks', async () => {
    const run = await examined({
      sources: [CLUSTER],
      fault: ({ path: asked }) => (asked.endsWith('/deployments') ? refused(403, 'Forbidden') : undefined),
    });

    expect(run.status).toBe(3);
    expect(told(run)).toContain('forbidden, running image: ');
    expect(told(run)).toContain('{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list"] }');
  });

  it('says what a registry wants, each thing once', async () => {
    registry.reply((_, response) => {
      sendJson(response, 403, { errors: [{ code: 'DENIED' }] });
      return true;
    });

    const run = await examined({ sources: [CLUSTER, ours()] });

    expect(run.status).toBe(3);
    expect(told(run)).toMatch(/kubernetes: fine .* oci: something is missing .*forbidden, content: .*read access/);
    expect(told(run).match(/forbidden/g)).toHaveLength(1);
  });

  it.each([
    ['everything', { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, 'it may do everything: give it a role of its own'],
    [
      'changes',
      { verbs: ['get', 'delete', 'create'], apiGroups: [''], resources: ['pods', 'pods/exec'] },
      'it may create, delete pods, pods/exec: it only ever reads',
    ],
    ['secrets', { verbs: ['list'], apiGroups: [''], resources: ['secrets'] }, 'it may read Secrets: it never does'],
  ])('warns of credentials that may more than is needed, and is content all the same: %s', async (_, rule, warning) => {
    const run = await examined({
      sources: [CLUSTER, ours()],
      fault: ({ path: asked }) => (asked === REVIEWS ? reviewed(rule) : undefined),
    });

    expect(told(run)).toContain(`more than it needs: ${warning}`);
    expect(run.status).toBe(0);
  });

  it.each([
    ['refuses', refused(403, 'Forbidden')],
    ['answers with something else', { status: 200, body: '<html>' }],
  ])('says that it was not told where a cluster %s', async (_, answer) => {
    const run = await examined({ sources: [CLUSTER, ours()], fault: ({ path: asked }) => (asked === REVIEWS ? answer : undefined) });

    expect(told(run)).toContain('what else it may do is not told');
    expect(run.status).toBe(0);
  });

  it('tries the others where one is not configured right', async () => {
    const run = await examined({
      sources: ['{ use: kubernetes, name: none, context: nowhere, environment: staging }', CLUSTER, '{ use: oci }'],
    });

    expect(run.status).toBe(2);
    expect(told(run)).toMatch(
      /kubernetes none: something is missing .*Set `context:` to one of: harbour\. kubernetes: fine .*oci: something is missing/,
    );
  });

  it('says what is not configured at all', async () => {
    const run = await examined({ sources: [CLUSTER], more: 'gates: [e2e]\n' });

    expect(run.status).toBe(3);
    expect(told(run)).toContain(`Add this line to the sources: - { use: oci, registry: "${registry.host}" }`);
    expect(told(run)).toContain('there are gates, and no source knows of tests');
  });

  it('misses an environment of the promotion that no source sees', async () => {
    const half = '{ use: kubernetes, context: harbour, insecure: "true", environments: { staging: [stg] } }';

    const run = await examined({ sources: [half, ours()] });

    expect(run.status).toBe(3);
    expect(told(run)).toContain('together: not-configured: no source sees production Add a source for it');
    expect(told(run)).not.toContain('no source sees staging');
  });

  it('says which gate was probably meant', async () => {
    const sources = [CLUSTER, ours(), '{ use: records, files: [records.jsonl] }'];

    const run = await examined({ sources, more: 'gates: [e2ee]\n', tested: registry.image('payments').digest });

    expect(run.status).toBe(3);
    expect(told(run)).toContain('no record names a gate e2ee, and there are records of e2e Did you mean "e2e"?');
  });

  it('does not call fine what it could not try', async () => {
    const run = await examined({ sources: [CLUSTER, ours(), '{ use: oci, name: other, registry: ghcr.io }'] });

    expect(run.status).toBe(3);
    expect(told(run)).toContain('oci other: not tried: nothing of ours that runs comes from there');
  });

  it('tries at least the login, where nothing was wanted of a source', async () => {
    const github = await startGithub();
    stops.push(() => github.stop());
    const actions = `{ use: github-actions, repositories: [acme/*], apiUrl: "${github.apiUrl}", tokenEnv: HARBOUR, attestations: "false" }`;

    const accepted = await examined({ sources: [CLUSTER, ours(), actions], env: { HARBOUR: GITHUB_TOKEN } });
    const refusedOne = await examined({ sources: [CLUSTER, ours(), actions], env: { HARBOUR: 'ghp_of_last_year' } });
    const unset = await examined({ sources: [CLUSTER, ours(), actions, '{ use: ghcr, owner: acme, tokenEnv: HARBOUR }'] });

    expect([accepted.status, told(accepted)]).toEqual([
      0,
      expect.stringContaining('github-actions: its login is accepted, and nothing of'),
    ]);
    expect([refusedOne.status, told(refusedOne)]).toEqual([3, expect.stringContaining('GitHub does not accept the token')]);
    expect([unset.status, told(unset)]).toEqual([3, expect.stringMatching(/ghcr: something is missing .*HARBOUR is not set/)]);
  });

  it('does not take a server that tells no limit for one that accepts', async () => {
    const github = await startGithub();
    stops.push(() => github.stop());
    github.reply(() => ({ status: 404, body: { message: 'Rate limiting is not enabled.' } }));
    const actions = `{ use: github-actions, repositories: [acme/*], apiUrl: "${github.apiUrl}", tokenEnv: HARBOUR, attestations: "false" }`;

    const run = await examined({ sources: [CLUSTER, ours(), actions], env: { HARBOUR: GITHUB_TOKEN } });

    expect([run.status, told(run)]).toEqual([3, expect.stringContaining('github-actions: not tried: nothing of ours that runs')]);
  });

  it('tries a registry whose channels are compared, though no cluster is read', async () => {
    registry.image('payments', undefined, 'prod');
    const channels = 'channels: { staging: { payments: "payments:staging" }, production: { payments: "payments:prod" } }';

    const run = await examined({ sources: [`{ use: oci, registry: "${registry.host}", insecure: "true", ${channels} }`] });

    expect(run.status).toBe(3);
    expect(told(run)).toMatch(/oci: something is missing saw .*not-found, .*staging/);
  });

  it('finds one cluster that is read twice', async () => {
    const run = await examined({ sources: [CLUSTER, CLUSTER.replace('use: kubernetes', 'use: kubernetes, name: again, cluster: again')] });

    expect(told(run)).toMatch(/together: configuration: .*read one cluster/);
  });

  it('says the same to a machine, and prints no secret', async () => {
    const login = `{ use: oci, registry: "${registry.host}", insecure: "true", username: scanner, passwordEnv: REGISTRY_PASSWORD }`;

    const { status, stdout, stderr } = await examined({ sources: [CLUSTER, login], argv: ['--json'] });

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      sources: [
        { name: 'kubernetes', state: 'fine' },
        { name: 'oci', state: 'fine' },
      ],
      together: [],
      exitCode: 0,
    });
    expect(stdout).not.toContain(PASSWORD);
  });

  it('says what to do where there is nothing to try', async () => {
    const run = await examined({ sources: [], more: 'ours: []\n' });

    expect(run).toMatchObject({ status: 2 });
  });
});
