import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Access, openKubernetes } from '../../src/clients/kubernetes.ts';
import { certificateFor } from '../fakes/certificate.ts';
import { openEdge } from '../fakes/edge.ts';
import { type FakeKubernetes, startKubernetes, writeKubeconfig } from '../fakes/kubernetes.ts';

const TOKEN = 'canary-7f3e9a11';
const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'fetch-credentials', args: ['--for', 'harbour'] };

const servers: FakeKubernetes[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) await server.stop();
});

async function listen(): Promise<FakeKubernetes> {
  const server = await startKubernetes({ '/api/v1/pods': [] }, { token: TOKEN });
  servers.push(server);
  return server;
}

/** Opens the cluster and asks for its pods. */
async function read(access: Access, edge = openEdge()) {
  const api = await openKubernetes(access, edge);
  const answer = await api.get('/api/v1/pods?limit=1');
  api.close();
  return { answer, api, edge };
}

describe('a cluster', () => {
  it('is read with the token of its kubeconfig, which is concealed', async () => {
    const { url } = await listen();
    const kubeconfig = await writeKubeconfig(url, { user: { token: TOKEN } });

    const { answer, api, edge } = await read({ kubeconfig, insecure: 'true' });

    expect(answer.status).toBe(200);
    expect(api.address).toBe(url);
    expect(edge.concealed).toContain(TOKEN);
  });

  it('N09 N10 is not believed where its certificate is of another host, whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    let requests = 0;
    const imposter = https.createServer(certificateFor('evil.test'), () => requests++);
    await new Promise<void>((listening) => imposter.listen(0, '127.0.0.1', listening));
    const address = `https://127.0.0.1:${(imposter.address() as AddressInfo).port}`;
    const kubeconfig = await writeKubeconfig(address, { user: { token: TOKEN }, cluster: { 'insecure-skip-tls-verify': false } });

    const reading = read({ kubeconfig });

    await expect(reading).rejects.toMatchObject({ because: 'untrusted' });
    imposter.close();
    expect(requests).toBe(0);
  });

  it('may lie below a path, as behind a proxy for many clusters', async () => {
    const { url, requests } = await listen();
    const kubeconfig = await writeKubeconfig(`${url}/k8s/clusters/harbour/`, { user: { token: TOKEN } });

    const { api } = await read({ kubeconfig, insecure: 'true' });

    expect(requests).toEqual(['/k8s/clusters/harbour/api/v1/pods?limit=1']);
    expect(api.address).toBe(`${url}/k8s/clusters/harbour`);
  });

  it('is told without the password that its address holds', async () => {
    const kubeconfig = await writeKubeconfig('http://auditor:canary-in-url@127.0.0.1:9', { user: { token: TOKEN } });

    const api = await openKubernetes({ kubeconfig, insecure: 'true' }, openEdge());

    expect(api.address).toBe('http://127.0.0.1:9');
  });

  it('is read with a password, which is concealed', async () => {
    const { url } = await listen();
    const kubeconfig = await writeKubeconfig(url, { user: { username: 'auditor', password: 'canary-password' } });

    const { answer, edge } = await read({ kubeconfig, insecure: 'true' });

    expect(answer.status).toBe(401);
    expect(edge.concealed).toContain('canary-password');
  });
});

describe('a program that gets credentials', () => {
  it.each([
    ['an exec plugin', { exec }],
    ['an exec provider', { 'auth-provider': { name: 'exec', config: { exec } } }],
    ['a provider that names a command', { 'auth-provider': { name: 'gcp', config: { 'cmd-path': '/usr/bin/fetch-credentials' } } }],
    ['a provider of no known shape', { 'auth-provider': { name: 'exec', config: [exec] } }],
  ])('is not run unless it is allowed: %s', async (_, user) => {
    const { url, requests } = await listen();
    const kubeconfig = await writeKubeconfig(url, { user });

    const opening = read({ kubeconfig, insecure: 'true' });

    await expect(opening).rejects.toMatchObject({ code: 'CONFIG_INVALID', exitCode: 2, hint: expect.stringContaining('`exec: allow`') });
    expect(requests).toEqual([]);
  });

  it('gives the token where it is allowed', async () => {
    const { url } = await listen();
    const credential = { apiVersion: exec.apiVersion, kind: 'ExecCredential', status: { token: TOKEN } };
    const user = {
      exec: { ...exec, command: process.execPath, args: ['-e', `console.log(${JSON.stringify(JSON.stringify(credential))})`] },
    };
    const kubeconfig = await writeKubeconfig(url, { user });

    const { answer, edge } = await read({ kubeconfig, insecure: 'true', exec: 'allow' });

    expect(answer.status).toBe(200);
    expect(edge.concealed).toContain(TOKEN);
  });

  it('is run where it is named, and no other is (K10)', async () => {
    const { url, requests } = await listen();
    const credential = { apiVersion: exec.apiVersion, kind: 'ExecCredential', status: { token: TOKEN } };
    const user = {
      exec: { ...exec, command: process.execPath, args: ['-e', `console.log(${JSON.stringify(JSON.stringify(credential))})`] },
    };
    const kubeconfig = await writeKubeconfig(url, { user });

    const other = read({ kubeconfig, insecure: 'true', exec: ['aws', path.basename(process.execPath)] });

    await expect(other).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(process.execPath) });
    expect(requests).toEqual([]);
    expect((await read({ kubeconfig, insecure: 'true', exec: ['aws', process.execPath] })).answer.status).toBe(200);
  });

  it.each([
    ['beside one that is', { exec, 'auth-provider': { name: 'gcp', config: { 'cmd-path': '/usr/bin/other' } } }],
    [
      'beside one that is, in a shape that nobody knows',
      { exec, 'auth-provider': { name: 'gcp', config: { 'cmd-path': ['/usr/bin/other'] } } },
    ],
    ['in a shape that nobody knows', { 'auth-provider': { name: 'exec', config: [exec] } }],
  ])('is not run where it is not named, %s (K10)', async (_, user) => {
    const { url } = await listen();
    const kubeconfig = await writeKubeconfig(url, { user });

    await expect(read({ kubeconfig, insecure: 'true', exec: [exec.command] })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('that fails is told without a word of what it printed', async () => {
    const { url } = await listen();
    const user = { exec: { ...exec, command: process.execPath, args: ['-e', `console.error('${TOKEN}'); process.exit(1)`] } };
    const kubeconfig = await writeKubeconfig(url, { user });

    const failure: unknown = await read({ kubeconfig, insecure: 'true', exec: 'allow' }).catch((error: unknown) => error);

    expect(failure).toMatchObject({
      code: 'UNREADABLE',
      because: 'unauthenticated',
      hint: expect.stringContaining('kubectl --context "harbour"'),
    });
    expect(`${String(failure)} ${JSON.stringify(failure)} ${(failure as Error).stack}`).not.toContain('canary');
  });

  it('that hangs is left at the deadline', async () => {
    const { url } = await listen();
    const user = { exec: { ...exec, command: process.execPath, args: ['-e', 'setTimeout(() => {}, 3000)'] } };
    const kubeconfig = await writeKubeconfig(url, { user });
    const edge = openEdge();

    const reading = read({ kubeconfig, insecure: 'true', exec: 'allow' }, edge);
    setImmediate(() => edge.abort());

    await expect(reading).rejects.toThrow(/abort/i);
  });
});

describe('a kubeconfig', () => {
  it.each([
    ['does not check certificates', {}, undefined, '`insecure: "true"`'],
    ['does not check certificates', {}, 'false' as const, '`insecure: "true"`'],
    ['is reached without TLS', { 'insecure-skip-tls-verify': false }, 'true' as const, 'https'],
  ])('is refused where its cluster %s', async (_, cluster, insecure, hint) => {
    const { url, requests } = await listen();
    const kubeconfig = await writeKubeconfig(url, { user: { token: TOKEN }, cluster });

    const opening = read({ kubeconfig, insecure });

    await expect(opening).rejects.toMatchObject({ code: 'CONFIG_INVALID', hint: expect.stringContaining(hint) });
    expect(requests).toEqual([]);
  });

  it('is refused where it lacks the context, with those it has', async () => {
    const kubeconfig = await writeKubeconfig('http://127.0.0.1:9');

    const opening = openKubernetes({ kubeconfig, context: 'quay' }, openEdge());

    await expect(opening).rejects.toMatchObject({ code: 'CONFIG_INVALID', hint: 'Set `context:` to one of: harbour.' });
  });

  it('is the first of KUBECONFIG that says which context is current', async () => {
    const { url } = await listen();
    const first = await writeKubeconfig(url, { user: { token: TOKEN } });
    const second = path.join(path.dirname(first), 'second');
    await writeFile(second, JSON.stringify({ kind: 'Config', clusters: [], users: [], contexts: [], 'current-context': 'quay' }));
    vi.stubEnv('KUBECONFIG', [first, second].join(path.delimiter));

    const { answer } = await read({ insecure: 'true' });

    expect(answer.status).toBe(200);
  });

  it.each([{}, { context: 'quay' }])('is asked for where there is none, with %j', async (access) => {
    vi.stubEnv('HOME', '/nowhere');

    const opening = openKubernetes(access, openEdge());

    await expect(opening).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('there is no kubeconfig'),
      hint: expect.stringContaining('`kubeconfig: FILE`'),
    });
  });

  it('is refused where it is not there', async () => {
    const opening = openKubernetes({ kubeconfig: '/nowhere/kubeconfig' }, openEdge());

    await expect(opening).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('/nowhere/kubeconfig: ENOENT'),
    });
  });

  it('that cannot be parsed is refused without a word of what it holds', async () => {
    const kubeconfig = await writeKubeconfig('http://127.0.0.1:9');
    await writeFile(kubeconfig, `users:\n- name: auditor\n  user: {token: "${TOKEN}"\n`);

    const failure: unknown = await openKubernetes({ kubeconfig }, openEdge()).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(`${String(failure)} ${JSON.stringify(failure)} ${(failure as Error).stack}`).not.toContain('canary');
  });
});

describe('credentials that expire while a cluster is read', () => {
  const renewing = (state: string) => {
    const script = `const fs = require('node:fs'); const nth = fs.existsSync('${state}') ? 2 : 1; fs.writeFileSync('${state}', ''); console.log(JSON.stringify({ apiVersion: '${exec.apiVersion}', kind: 'ExecCredential', status: { token: 'canary-' + nth } }))`;
    return { exec: { ...exec, command: process.execPath, args: ['-e', script] } };
  };

  it('are got anew once, and the same page is asked for again', async () => {
    const accepted = ['canary-1', 'none', 'canary-2', 'canary-2'];
    const { url, requests } = await listenTo((nth, token) => token === accepted[nth]);
    const state = path.join(path.dirname(await writeKubeconfig(url)), 'state');
    const kubeconfig = await writeKubeconfig(url, { user: renewing(state) });
    const edge = openEdge();
    const api = await openKubernetes({ kubeconfig, insecure: 'true', exec: 'allow' }, edge);

    const statuses: number[] = [];
    for (const page of [1, 2, 3]) statuses.push((await api.get(`/api/v1/pods?limit=${page}`)).status);
    api.close();

    expect(statuses).toEqual([200, 200, 200]);
    expect(requests).toEqual(['canary-1 ?limit=1', 'canary-1 ?limit=2', 'canary-2 ?limit=2', 'canary-2 ?limit=3']);
    expect(edge.concealed).toEqual(expect.arrayContaining(['canary-1', 'canary-2']));
    expect(api.account().requests).toBe(4);
  });

  it('are not got again and again where they were never accepted', async () => {
    const { url, requests } = await listenTo(() => false);
    const kubeconfig = await writeKubeconfig(url, { user: { token: TOKEN } });
    const api = await openKubernetes({ kubeconfig, insecure: 'true' }, openEdge());

    const statuses = [(await api.get('/api/v1/pods')).status, (await api.get('/api/v1/pods')).status];
    api.close();

    expect(statuses).toEqual([401, 401]);
    expect(requests).toHaveLength(2);
  });
});

describe('a service account', () => {
  it('is that of the pod which it runs in', async () => {
    const root = await serviceAccount('canary-in-cluster');
    const edge = openEdge({ secrets: { KUBERNETES_SERVICE_HOST: '127.0.0.1' } });
    vi.stubEnv('KUBERNETES_SERVICE_HOST', '127.0.0.1');
    vi.stubEnv('KUBERNETES_SERVICE_PORT', '9');

    const api = await openKubernetes({ inCluster: 'true', root }, edge);

    expect(api.address).toBe('https://127.0.0.1:9');
    await expect(api.get('/api/v1/pods')).rejects.toMatchObject({ because: 'unreachable' });
    expect(edge.concealed).toContain('canary-in-cluster');
  });

  it('is not looked for outside a cluster', async () => {
    const opening = openKubernetes({ inCluster: 'true' }, openEdge());

    await expect(opening).rejects.toMatchObject({ code: 'CONFIG_INVALID', hint: expect.stringContaining('`kubeconfig:`') });
  });
});

describe('a proxy', () => {
  it.each([
    ['that the environment names stands between', { HTTP_PROXY: '<proxy>' }, {}, 1],
    ['that the environment names for other hosts does not', { HTTP_PROXY: '<proxy>', NO_PROXY: '127.0.0.1' }, {}, 0],
    ['that the kubeconfig names stands between', {}, { 'proxy-url': '<proxy>' }, 1],
  ])('%s', async (_, environment, cluster, through) => {
    const { url } = await listen();
    const proxy = await startProxy();
    const named = (all: object) => JSON.parse(JSON.stringify(all).replaceAll('<proxy>', proxy.url)) as Record<string, string>;
    const kubeconfig = await writeKubeconfig(url, { user: { token: TOKEN }, cluster: named(cluster) });

    const { answer, edge } = await read({ kubeconfig, insecure: 'true' }, openEdge({ secrets: named(environment) }));

    expect(answer.status).toBe(200);
    expect(proxy.passed).toHaveLength(through);
    expect(edge.concealed.includes('canary-proxy')).toBe(true);
  });

  it('is asked for a tunnel where the server speaks TLS', async () => {
    const proxy = await startProxy();
    const kubeconfig = await writeKubeconfig('https://127.0.0.1:9', { user: { token: TOKEN } });

    const reading = read({ kubeconfig, insecure: 'true' }, openEdge({ secrets: { HTTPS_PROXY: proxy.url } }));

    await expect(reading).rejects.toMatchObject({ because: 'unreachable' });
    expect(proxy.passed).toEqual(['CONNECT 127.0.0.1:9']);
  });
});

/** A server that tells whom it accepts, and remembers the tokens that it was shown. */
async function listenTo(accepts: (nth: number, token: string) => boolean): Promise<FakeKubernetes> {
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    const isAccepted = accepts(requests.length, token);
    requests.push(`${token} ${new URL(request.url ?? '', 'http://127.0.0.1').search}`);
    response.writeHead(isAccepted ? 200 : 401).end('{}');
  });
  const fake = { ...(await started(server)), requests };
  servers.push(fake);
  return fake;
}

/** A proxy that passes requests on, and builds tunnels where there is something at their end. */
async function startProxy(): Promise<Readonly<{ url: string; passed: string[] }>> {
  const passed: string[] = [];
  const server = http.createServer((request, response) => {
    passed.push(request.url ?? '');
    http.get(request.url ?? '', { headers: request.headers }, (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 0)));
  });
  server.on('connect', (request, socket) => {
    passed.push(`CONNECT ${request.url}`);
    const end = net.connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(end).pipe(socket);
    });
    end.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    socket.on('error', () => end.destroy()).on('close', () => end.destroy());
  });
  const { url, stop } = await started(server);
  servers.push({ url, stop, requests: passed });
  return { url: url.replace('//', '//auditor:canary-proxy@'), passed };
}

async function started(server: http.Server): Promise<Pick<FakeKubernetes, 'url' | 'stop'>> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const stop = () =>
    new Promise<void>((stopped) => {
      server.close(() => stopped());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

/** The files that a kubelet gives a pod, below a folder. */
async function serviceAccount(token: string): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'selfsame-'));
  const folder = path.join(root, 'var/run/secrets/kubernetes.io/serviceaccount');
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries({ token, 'ca.crt': '', namespace: 'shop' }))
    await writeFile(path.join(folder, name), content);
  return root;
}
