import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { idsIn } from '../../src/registry.ts';
import { NODES, node, PODS, pod, RUNNING, TOKEN } from '../fakes/cluster.ts';
import { type Run, selfsame } from '../fakes/command-line.ts';
import { type FakeGithub, TOKEN as GITHUB_TOKEN, startGithub } from '../fakes/github.ts';
import { refused, startKubernetes, writeKubeconfig } from '../fakes/kubernetes.ts';
import { configOf, type FakeRegistry, sendJson, startRegistry } from '../fakes/registry.ts';

const PASSWORD = 'canary-5d1c0b7e';
const SIGNING_KEY = 'canary-c0ffee-c0ffee-c0ffee';
const BASIC = Buffer.from(`scanner:${PASSWORD}`).toString('base64');
const SECRETS = [PASSWORD, BASIC, encodeURIComponent(BASIC), TOKEN, GITHUB_TOKEN, SIGNING_KEY];

let registry: FakeRegistry;
let cwd = '';
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  registry = await startRegistry();
  stops.push(() => registry.stop());
  cwd = mkdtempSync(path.join(tmpdir(), 'selfsame-canary-'));
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A registry that asks for a login, and repeats it to whoever asks for what hangs on an image. */
function echoLogin(): void {
  registry.reply(({ headers, url }, response) => {
    const { authorization } = headers;
    if (authorization === undefined) {
      sendJson(response, 401, { errors: [{ code: 'UNAUTHORIZED' }] }, { 'www-authenticate': 'Basic realm="harbour"' });
      return true;
    }
    if (!url?.includes('/referrers/')) return false;
    sendJson(response, 403, { errors: [{ code: 'DENIED', message: `no ${authorization} ${PASSWORD}` }] });
    return true;
  });
}

const Labels = {
  'org.opencontainers.image.source': 'https://github.com/acme/payments',
  'org.opencontainers.image.revision': 'c0ffee11c0ffee22c0ffee33c0ffee44c0ffee55',
};

/** An API server that repeats the token where it refuses something. */
async function harbour(): Promise<string> {
  const { digest } = registry.image('payments', configOf({ config: { Labels } }));
  const image = `${registry.host}/payments@${digest}`;
  const running = (place: string) => ({
    ...pod(place, { image }),
    status: { phase: 'Running', containerStatuses: [{ name: 'app', image, imageID: image, state: RUNNING }] },
  });
  const lists = { [PODS]: [running('stg/payments'), running('prd/payments')], [NODES]: [node('quay-1')] };
  const echo = refused(403, `Forbidden to Bearer ${TOKEN}`);
  const server = await startKubernetes(lists, { token: TOKEN, fault: ({ path: asked }) => (asked.endsWith('/jobs') ? echo : undefined) });
  stops.push(() => server.stop());
  return writeKubeconfig(server.url, { user: { token: TOKEN } });
}

/** GitHub, which repeats its token where it is asked for runs. */
async function github(): Promise<FakeGithub> {
  const server = await startGithub();
  stops.push(() => server.stop());
  server.reply(({ headers }) => ({ status: 403, body: { message: `Resource not accessible by ${headers.authorization}` } }));
  return server;
}

/** One scan that writes everything there is to write. */
async function scan(): Promise<Run & Readonly<{ written: ReadonlyMap<string, string>; called: FakeGithub['calls'] }>> {
  echoLogin();
  const { apiUrl, calls } = await github();
  const config = `version: 1
promotion: [staging, production]
gates: [e2e]
limits: { retries: 0 }
sources:
  - { use: kubernetes, context: harbour, insecure: "true", environments: { staging: [stg], production: [prd] } }
  - { use: oci, registry: "${registry.host}", insecure: "true", username: scanner, passwordEnv: REGISTRY_PASSWORD }
  - { use: github-actions, repositories: [acme/*], apiUrl: "${apiUrl}", tokenEnv: HARBOUR }
`;
  writeFileSync(path.join(cwd, 'selfsame.yaml'), config);
  const reports = (await idsIn('reporters')).flatMap((id) => ['--report', `${id}=out-${id}`]);
  const argv = ['scan', '--keep', 'nights', '--sign-with', 'SIGNING_KEY', ...reports, '--report', 'table'];
  const env = { KUBECONFIG: await harbour(), REGISTRY_PASSWORD: PASSWORD, HARBOUR: GITHUB_TOKEN, SIGNING_KEY };
  const run = await selfsame(argv, { cwd, env });
  const files = readdirSync(cwd, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(path.join(cwd, name)).isFile());
  return { ...run, called: calls, written: new Map(files.map((name) => [name, readFileSync(path.join(cwd, name), 'latin1')])) };
}

describe('a credential', () => {
  it('is in no report, recording, cache or message, though every server repeats it (O11)', async () => {
    const { status, stdout, stderr, written } = await scan();

    expect([status, stderr]).toEqual([3, expect.stringContaining('kept in')]);
    expect([...written.keys()].filter((name) => name.startsWith('out-')).length).toBeGreaterThan((await idsIn('reporters')).length - 1);
    expect([...written.keys()].some((name) => name.startsWith('nights/'))).toBe(true);
    expect([...written.keys()].some((name) => name.startsWith('selfsame/content/'))).toBe(true);
    const everything = [['stdout', stdout], ['stderr', stderr], ...written];
    const leaks = everything.flatMap(([name, text]) =>
      SECRETS.filter((secret) => text?.includes(secret)).map((secret) => `${name}: ${secret}`),
    );
    expect(leaks).toEqual([]);
  });

  it('was sent to the server that it is for: the test would see it', async () => {
    const { called } = await scan();

    expect(called.some(({ headers }) => headers.authorization?.includes(GITHUB_TOKEN))).toBe(true);
    expect(registry.requests.some(({ headers }) => headers.authorization === `Basic ${BASIC}`)).toBe(true);
  });
});
