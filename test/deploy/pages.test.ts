import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { NODES, node, PODS, pod, RUNNING, TOKEN } from '../fakes/cluster.ts';
import { startKubernetes, writeKubeconfig } from '../fakes/kubernetes.ts';
import { configOf, type FakeRegistry, startRegistry } from '../fakes/registry.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (page: string) => readFileSync(path.join(ROOT, page), 'utf8');
const blocksOf = (page: string, language: string) =>
  [...read(page).matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, block = '']) => block);

const cwd = mkdtempSync(path.join(tmpdir(), 'selfsame-pages-'));
const stops: (() => Promise<void>)[] = [];
let registry: FakeRegistry;
let digests: Readonly<Record<'payments' | 'cart', string>>;
let env: Readonly<Record<string, string>>;

/** `selfsame` as it would be installed; servers of a test speak no TLS, which init and the registry's source must be allowed. */
const INSTALLED = `#!/bin/bash
if [[ $1 == init ]]; then set -- "$@" --allow insecure; fi
"${process.execPath}" --conditions=selfsame-source "${ROOT}bin/selfsame.js" "$@"
code=$?
if [[ $1 == init ]]; then sed -i 's/^    registry: .*/&\\n    insecure: "true"/' selfsame.yaml; fi
exit $code
`;

beforeAll(async () => {
  registry = await startRegistry();
  const image = (repository: string) => `${registry.host}/${repository}@${digests[repository as 'cart']}`;
  digests = {
    payments: registry.image('payments').digest,
    cart: registry.image('cart', configOf({ created: '2026-03-01T00:00:00Z' })).digest,
  };
  const started = (place: string, name: string) => {
    return {
      ...pod(place, { image: name }),
      status: { phase: 'Running', containerStatuses: [{ name: 'app', image: name, imageID: name, state: RUNNING }] },
    };
  };
  const runs = [started('shop-stg/payments', image('payments')), started('shop-prd/payments', image('payments'))];
  const server = await startKubernetes({ [PODS]: runs, [NODES]: [node('quay-1')] }, { token: TOKEN });
  stops.push(
    () => server.stop(),
    () => registry.stop(),
  );
  writeFileSync(path.join(cwd, 'selfsame'), INSTALLED);
  chmodSync(path.join(cwd, 'selfsame'), 0o755);
  env = {
    PATH: `${cwd}:${process.env.PATH}`,
    HOME: cwd,
    TZ: 'UTC',
    KUBECONFIG: await writeKubeconfig(server.url, { user: { token: TOKEN } }),
  };
});
afterAll(async () => {
  for (const stop of stops) await stop();
});

/** Types the lines of a block into a shell, as whoever follows the page would. */
function type(block: string): Promise<{ status: number | null; said: string }> {
  const child = spawn('bash', ['-c', block], { cwd, env });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, said })));
}

async function follow(blocks: readonly string[]): Promise<readonly { status: number | null; said: string }[]> {
  const ran = [];
  for (const block of blocks) ran.push(await type(block));
  return ran;
}

describe('whoever follows the pages', () => {
  it('has a nightly audit at the end of the first, and a report of every step', async () => {
    const blocks = blocksOf('deploy/nightly-audit.md', 'sh');
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(path.join(cwd, 'seal.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(path.join(cwd, 'seal.pub'), publicKey.export({ type: 'spki', format: 'pem' }));

    const [wrote, tried, first, balance, judged, second, explained, packed] = await follow(blocks);

    expect(blocks).toHaveLength(8);
    expect(wrote).toMatchObject({ status: 0, said: expect.stringContaining('staging and production, 1 registry') });
    expect(tried).toMatchObject({ status: 0, said: expect.stringContaining('2 sources, nothing to mend.') });
    expect(first?.said).toMatch(/production 1 first-party: 1 selfsame/);
    expect(balance).toMatchObject({ status: 0, said: '' });
    expect(judged?.said).toMatch(/production 1 first-party: 1 selfsame/);
    expect(second).toMatchObject({ status: 0 });
    expect(readFileSync(path.join(cwd, 'selfsame.prom'), 'utf8')).toContain('selfsame_exit_code 0');
    expect(explained).toMatchObject({ status: 0, said: expect.stringContaining('payments') });
    expect(packed).toMatchObject({ status: 0, said: expect.stringMatching(/2 recordings[^]*verified: audit[^]*signed with seal.pub/) });
  });

  it('knows at the end of the second what may go, and what may not be told', async () => {
    const asked = blocksOf('deploy/pre-release-check.md', 'sh');
    const render = (repository: 'payments' | 'cart') => {
      const manifest = pod(`shop-prd/${repository}`, { image: `${registry.host}/${repository}@${digests[repository]}` });
      mkdirSync(path.join(cwd, 'rendered'), { recursive: true });
      writeFileSync(path.join(cwd, 'rendered/payments.yaml'), stringify({ apiVersion: 'v1', kind: 'Pod', ...manifest }));
    };
    const release = (repository: 'payments' | 'cart') =>
      asked.map((block) =>
        block.replace('registry.example.com/payments@sha256:…', `${registry.host}/${repository}@${digests[repository]}`),
      );

    render('payments');
    const [tested, testedNow, testedAsApplied] = await follow(release('payments'));
    render('cart');
    const [untested, , untestedAsApplied] = await follow(release('cart'));

    expect(tested).toMatchObject({ status: 0, said: expect.stringMatching(/^may go:[^]*kustomize:[^]*digest: sha256:/) });
    expect(testedNow).toMatchObject({ status: 0, said: expect.stringContaining('may go') });
    expect(testedAsApplied).toMatchObject({ status: 0, said: expect.stringMatching(/^may go:[^]*shop-prd\/Pod\/payments\/app: selfsame/) });
    for (const { status, said } of [untested!, untestedAsApplied!]) {
      expect(status).not.toBe(0);
      expect(said).toMatch(/^(?:must not go|cannot tell):/);
    }
  });

  it('judges a pull request by the configuration of the branch that it goes to, and is told why (P07)', () => {
    const page = read('deploy/pre-release-check.md');
    const [workflow = ''] = blocksOf('deploy/pre-release-check.md', 'yaml');

    const { on, jobs } = parse(workflow);
    const steps: { uses?: string; with?: { ref?: string } }[] = Object.values<{ steps: [] }>(jobs).flatMap((job) => job.steps);

    expect(on).toBe('pull_request');
    expect(steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')).map((step) => step.with?.ref)).toEqual([
      '${{ github.event.pull_request.base.sha }}',
    ]);
    expect(page).toMatch(/The rules come from the branch that is protected/);
  });

  it.each([
    'deploy/nightly-audit.md',
    'deploy/pre-release-check.md',
  ])('finds a workflow on %s that names inputs of the action, by commit', (page) => {
    const { inputs } = parse(read('action.yml'));
    const [workflow = ''] = blocksOf(page, 'yaml');

    const steps: { uses?: string; with?: object }[] = Object.values<{ steps: [] }>(parse(workflow).jobs).flatMap((job) => job.steps);

    expect(steps.filter(({ uses }) => uses && !/@[0-9a-f]{40}$/.test(uses))).toEqual([]);
    const ours = steps.find(({ uses }) => uses?.startsWith('acme/selfsame@'));
    expect(Object.keys(ours?.with ?? {}).filter((name) => !(name in inputs))).toEqual([]);
  });
});
