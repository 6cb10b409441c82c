import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Report } from 'selfsame';
import { afterEach, describe, expect, it } from 'vitest';
import { NODES, node, PODS, pod, TOKEN } from '../fakes/cluster.ts';
import { startKubernetes, writeKubeconfig } from '../fakes/kubernetes.ts';

const BIN = fileURLToPath(new URL('../../bin/selfsame.js', import.meta.url));
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A scan of a cluster that never lists its pods; it is ended as soon as it has asked for them, or by itself. */
async function scanOfSilence({ signal, argv = [] }: Readonly<{ signal?: NodeJS.Signals; argv?: readonly string[] }>) {
  const asked = Promise.withResolvers<void>();
  const lists = { [PODS]: [pod('prd/payments')], [NODES]: [node('quay-1')] };
  const server = await startKubernetes(lists, {
    token: TOKEN,
    fault({ path: at }) {
      if (at !== PODS) return undefined;
      asked.resolve();
      return 'hang';
    },
  });
  stops.push(() => server.stop());
  const cwd = mkdtempSync(path.join(tmpdir(), 'selfsame-ended-'));
  const source = '{ use: kubernetes, context: harbour, insecure: "true", environments: { staging: [stg], production: [prd] } }';
  writeFileSync(path.join(cwd, 'selfsame.yaml'), `version: 1\npromotion: [staging, production]\nsources: [${source}]\n`);
  const KUBECONFIG = await writeKubeconfig(server.url, { user: { token: TOKEN } });
  const env = { PATH: process.env.PATH, HOME: cwd, XDG_CACHE_HOME: cwd, KUBECONFIG };
  const child = spawn(process.execPath, ['--conditions=selfsame-source', BIN, ...argv], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.resume();
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => child.on('close', (code, by) => resolve(code ?? by)));
  await Promise.race([asked.promise, ended]);
  if (signal) child.kill(signal);
  return { code: await ended, cwd };
}

const gapsIn = (cwd: string) => Report.parse(JSON.parse(readFileSync(path.join(cwd, 'audit.json'), 'utf8'))).gaps;

describe('a scan that is ended before it is done', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s writes its report, with what it did not see as gaps', async (signal, status) => {
    const { code, cwd } = await scanOfSilence({ signal, argv: ['scan', '--report', 'json=audit.json'] });

    expect(code).toBe(status);
    expect(gapsIn(cwd)).toContainEqual(expect.objectContaining({ of: 'running-image' }));
  });

  it('by its --timeout is inconclusive, and no failure', async () => {
    const { code, cwd } = await scanOfSilence({ argv: ['scan', '--timeout', '2s', '--report', 'json=audit.json'] });

    expect(code).toBe(3);
    expect(gapsIn(cwd)).toContainEqual(expect.objectContaining({ of: 'running-image' }));
  });

  it('keeps what it saw as a recording that can be judged', async () => {
    const { code, cwd } = await scanOfSilence({ signal: 'SIGINT', argv: ['collect', '--out', 'night'] });

    expect(code).toBe(130);
    expect(readdirSync(cwd).filter((name) => name.startsWith('night'))).toEqual(['night']);
    expect(readFileSync(path.join(cwd, 'night/observations/gap.ndjson'), 'utf8')).toContain('"running-image"');
  });
});
