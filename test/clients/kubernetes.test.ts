import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Access, openKubernetes } from '../../src/clients/kubernetes.ts';
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

  it('is asked for where there is none', async () => {
    vi.stubEnv('HOME', '/nowhere');

    const opening = openKubernetes({}, openEdge());

    await expect(opening).rejects.toMatchObject({ code: 'CONFIG_INVALID', hint: expect.stringContaining('`kubeconfig: FILE`') });
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
