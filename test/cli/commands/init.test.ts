import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { NODES, node, PODS, pod, TOKEN } from '../../fakes/cluster.ts';
import { selfsame } from '../../fakes/command-line.ts';
import { type FakeKubernetes, refused, startKubernetes, writeKubeconfig } from '../../fakes/kubernetes.ts';

const servers: FakeKubernetes[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

const LISTS = {
  [PODS]: [
    pod('shop-stg/payments', { image: 'ghcr.io/acme/payments:1.4' }),
    pod('shop-prd/payments', { image: 'ghcr.io/acme/payments:1.4' }),
    pod('shop-prd/cart', { metadata: { labels: { team: 'quay' } }, image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/cart:2' }),
    pod('shop-prd/proxy', { image: 'docker.io/library/nginx:1' }),
  ],
  [NODES]: [node('quay-1')],
};

async function harbour(options: Parameters<typeof startKubernetes>[1] = {}): Promise<string> {
  const server = await startKubernetes(LISTS, { token: TOKEN, ...options });
  servers.push(server);
  return writeKubeconfig(server.url, { user: { token: TOKEN } });
}

const folder = () => mkdtempSync(path.join(tmpdir(), 'selfsame-init-'));

describe('selfsame init', () => {
  it('works where nothing is found, and says what to fill in', async () => {
    const cwd = folder();

    const { status, stdout } = await selfsame(['init'], { cwd });

    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('3 places marked FILL IN') });
    await expect(loadConfig(path.join(cwd, 'selfsame.yaml'), [])).resolves.toMatchObject({ sources: [] });
  });

  it('writes the environments, clusters and registries that it finds', async () => {
    const cwd = folder();

    const { status, stdout } = await selfsame(['init', '--allow', 'insecure'], { cwd, env: { KUBECONFIG: await harbour() } });

    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('1 cluster, staging and production, 2 registries') });
    const { plan, sources } = await loadConfig(path.join(cwd, 'selfsame.yaml'), []);
    expect(plan.promotion).toEqual([['staging'], ['production']]);
    expect(sources.map(({ use, name }) => `${use} ${name}`)).toEqual([
      'kubernetes harbour',
      'ecr 123456789012.dkr.ecr.eu-west-1.amazonaws.com',
      'oci ghcr.io',
    ]);
    expect(sources[0]).toMatchObject({ insecure: 'true', environments: { staging: ['*-stg'], production: ['*-prd'] } });
    expect(readFileSync(path.join(cwd, 'selfsame.yaml'), 'utf8')).toContain("Taken for others': docker.io/library/nginx.");
  });

  it('proposes the teams that labels of workloads and CODEOWNERS name', async () => {
    const cwd = folder();
    for (const place of ['.git', '.github/workflows']) mkdirSync(path.join(cwd, place), { recursive: true });
    writeFileSync(path.join(cwd, '.git/HEAD'), 'ref: refs/heads/main\n');
    writeFileSync(path.join(cwd, '.git/config'), '[remote "origin"]\n\turl = https://github.com/acme/payments.git\n');
    writeFileSync(path.join(cwd, '.github/workflows/ci.yml'), 'jobs: { e2e: { steps: [] } }');
    writeFileSync(path.join(cwd, 'CODEOWNERS'), '* @acme/payments\n/.github/ @acme/release\n');

    const { stdout } = await selfsame(['init', '--print', '--allow', 'insecure'], { cwd, env: { KUBECONFIG: await harbour() } });

    expect(stdout.match(/^# teams:\n(?:# {3}.*\n)+/m)?.[0]).toBe(
      [
        '# teams:',
        '#   - name: quay',
        '#     labels: { team: quay }',
        '#   - name: payments',
        '#     images: [ghcr.io/acme/payments]',
        '#     contact: "@acme/payments"',
        '#   - name: release',
        '#     where: ["file:acme/payments/.github/workflows/ci.yml"]',
        '#     contact: "@acme/release"',
        '',
      ].join('\n'),
    );
  });

  it('asks no cluster whose certificate is not checked, runs no program, and says which line allows it', async () => {
    const kubeconfig = await harbour();

    const { stdout } = await selfsame(['init', '--print'], { cwd: folder(), env: { KUBECONFIG: kubeconfig } });

    expect(servers[0]?.requests).toEqual([]);
    expect(stdout).toContain('# insecure: "true"\n');
  });

  it('says what a cluster refused', async () => {
    const kubeconfig = await harbour({ fault: () => refused(403, 'Forbidden') });

    const { stdout } = await selfsame(['init', '--print', '--allow', 'insecure'], { cwd: folder(), env: { KUBECONFIG: kubeconfig } });

    expect(stdout.replaceAll(/\n *# /g, ' ')).toContain("Not read, or not whole: forbidden. Grant it to the scanner's role");
  });

  it('asks nobody where it may not', async () => {
    const kubeconfig = await harbour();

    const { status } = await selfsame(['init', '--offline', '--allow', 'insecure'], { cwd: folder(), env: { KUBECONFIG: kubeconfig } });

    expect({ status, requests: servers[0]?.requests }).toEqual({ status: 0, requests: [] });
  });

  it('tells contexts that lack their cluster one by one, and what to complete', async () => {
    const cwd = folder();
    const contexts = ['shop-stg', 'shop-prd'].map((name) => ({ name, context: { cluster: 'gone', user: 'gone' } }));
    writeFileSync(path.join(cwd, 'kubeconfig'), JSON.stringify({ apiVersion: 'v1', kind: 'Config', contexts }));

    const { stdout } = await selfsame(['init', '--print'], { cwd, env: { KUBECONFIG: path.join(cwd, 'kubeconfig') } });

    expect(stdout.match(/lacks its cluster/g)).toHaveLength(2);
    expect(stdout).toContain('promotion: [staging, production]');
  });

  it('prints nothing of what a kubeconfig keeps secret', async () => {
    const { stdout, stderr } = await selfsame(['init', '--print'], { cwd: folder(), env: { KUBECONFIG: await harbour() } });

    expect(`${stdout}${stderr}`).not.toContain(TOKEN);
  });

  it('writes over nothing unless it is told to', async () => {
    const cwd = folder();
    writeFileSync(path.join(cwd, 'selfsame.yaml'), 'mine');

    const first = await selfsame(['init'], { cwd });
    const kept = readFileSync(path.join(cwd, 'selfsame.yaml'), 'utf8');
    const second = await selfsame(['init', '--force'], { cwd });

    expect([first.status, kept, second.status]).toEqual([2, 'mine', 0]);
    expect(first.stderr).toContain('--force');
  });

  it.each([
    ['a context that is not there', ['--context', 'quay'], 2, 'There is no kubeconfig'],
    ['a permission that there is not', ['--allow', 'all'], 2, '--allow exec'],
    ['a folder that is not there', ['--config', 'none/selfsame.yaml'], 4, '--config FILE'],
    ['a duration that is none', ['--timeout', 'soon'], 2, '90s'],
  ])('says what to do about %s', async (_, argv, status, hint) => {
    const result = await selfsame(['init', ...argv], { cwd: folder() });

    expect(result).toMatchObject({ status, stderr: expect.stringContaining(hint) });
  });

  it('names the schema as an editor finds it from there: in a clone, or in what was installed', async () => {
    const clone = fileURLToPath(new URL('../../..', import.meta.url));

    const [here, elsewhere] = await Promise.all([clone, folder()].map((cwd) => selfsame(['init', '--print', '--offline'], { cwd })));

    expect(here?.stdout).toMatch(/^# yaml-language-server: \$schema=\.\/schemas\/config\.schema\.json\n/);
    expect(elsewhere?.stdout).toContain('$schema=./node_modules/selfsame/schemas/config.schema.json\n');
  });

  it('is not stopped by a kubeconfig that is none', async () => {
    const cwd = folder();
    mkdirSync(path.join(cwd, '.kube'));
    writeFileSync(path.join(cwd, '.kube/config'), '[: nonsense');

    const { status, stderr } = await selfsame(['init'], { cwd });

    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('kubectl config view') });
  });
});
