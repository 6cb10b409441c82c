import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEdge } from '../fakes/edge.ts';
import { lookUp } from '../fakes/registry.ts';
import { pushImage } from './push-image.ts';
import { readServers, SCANNER } from './servers.ts';
import { startTokenServer, type TokenServer } from './token-server.ts';

const run = promisify(execFile);
const servers = readServers(process.env['LIVE_STATE'] ?? '');
const IMAGE = { base: 'base 12.1', app: 'payments of c0ffee0', created: '2024-03-02T09:00:00Z' };
let folder: string;
let tokens: TokenServer;

/** Whether a tool is here; where it is not, what it makes is not tried, and that is said. */
async function isHere(tool: string): Promise<boolean> {
  const found = await run(tool, ['--version']).then(
    () => true,
    () => false,
  );
  if (!found) process.stderr.write(`skipped: ${tool} is not installed; images that it makes are not tried\n`);
  return found;
}

const has = { skopeo: await isHere('skopeo'), umoci: await isHere('umoci'), buildah: await isHere(servers.buildah ?? 'buildah') };

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'selfsame-'));
  // What lets any image pass: a policy is what skopeo will not start without.
  await writeFile(path.join(folder, 'policy.json'), JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
  await pushImage(servers.registry, 'tools/pushed', IMAGE, '1');
  tokens = await startTokenServer(servers);
});
afterAll(async () => {
  await tokens.stop();
  await rm(folder, { recursive: true });
});

const skopeo = (...args: readonly string[]) =>
  run('skopeo', ['--policy', path.join(folder, 'policy.json'), ...args], { maxBuffer: 1 << 24, encoding: 'buffer' });
const copy = (from: string, to: string, ...options: readonly string[]) =>
  skopeo('copy', '--src-tls-verify=false', '--dest-tls-verify=false', ...options, from, `docker://${servers.registry}/${to}`);
const sha256 = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** An image of one layer, by umoci alone. */
async function makeByUmoci(): Promise<string> {
  const [layout, bundle] = [path.join(folder, 'umoci'), path.join(folder, 'bundle')];
  const image = `${layout}:1`;
  await run('umoci', ['init', '--layout', layout]);
  await run('umoci', ['new', '--image', image]);
  await run('umoci', ['unpack', '--rootless', '--image', image, bundle]);
  await writeFile(path.join(bundle, 'rootfs', 'checkout'), 'checkout of c0ffee0');
  await run('umoci', ['repack', '--image', image, bundle]);
  return `oci:${image}`;
}

/** An image of one layer, by buildah alone. */
async function makeByBuildah(): Promise<string> {
  const [file, layout] = [path.join(folder, 'Containerfile'), path.join(folder, 'buildah')];
  await writeFile(file, 'FROM scratch\nCOPY policy.json /\n');
  const own = ['--root', path.join(folder, 'root'), '--runroot', path.join(folder, 'run'), '--storage-driver', 'vfs'];
  const trusting = ['--signature-policy', path.join(folder, 'policy.json')];
  const build = ['build', '--isolation', 'chroot', '-t', `oci:${layout}:1`, '-f', file, folder];
  await run(servers.buildah ?? 'buildah', [...own, ...trusting, ...build]);
  return `oci:${layout}:1`;
}

type Made = readonly [what: string, needs: readonly (keyof typeof has)[], make: (to: string) => Promise<unknown>];
const pushed = () => `docker://${servers.registry}/tools/pushed:1`;
const MADE: readonly Made[] = [
  ['pushed by hand', ['skopeo'], (to) => pushImage(servers.registry, to, IMAGE, '1')],
  ['copied by skopeo', ['skopeo'], (to) => copy(pushed(), `${to}:1`)],
  ['written by skopeo as Docker does', ['skopeo'], (to) => copy(pushed(), `${to}:1`, '--format', 'v2s2')],
  ['packed anew by skopeo', ['skopeo'], (to) => copy(pushed(), `${to}:1`, '--dest-compress-format', 'zstd')],
  ['made by umoci', ['umoci', 'skopeo'], async (to) => copy(await makeByUmoci(), `${to}:1`)],
  ['made by buildah', ['buildah', 'skopeo'], async (to) => copy(await makeByBuildah(), `${to}:1`)],
];

describe('an image in a registry behind TLS and tokens', () => {
  const login = { username: SCANNER.username, passwordEnv: 'HARBOUR_PASSWORD', realm: servers.tokens, insecure: 'false' };
  const sealed = () => ({ ...login, ca: path.join(servers.folder, 'sealed', 'ca.crt') });
  const edge = () => openEdge({ secrets: { HARBOUR_PASSWORD: SCANNER.password }, now: new Date().toISOString() });

  for (const [at, [what, needs, make]] of MADE.entries())
    it.skipIf(needs.some((tool) => !has[tool]))(`${what} has every digest that it has to skopeo`, async () => {
      const repository = `tools/made-${at}`;
      await make(repository);
      const named = `docker://${servers.registry}/${repository}:1`;
      const { stdout: manifest } = await skopeo('inspect', '--raw', '--tls-verify=false', named);
      const { stdout: config } = await skopeo('inspect', '--config', '--raw', '--tls-verify=false', named);
      const { rootfs } = JSON.parse(String(config)) as { rootfs: { diff_ids: string[] } };

      const facts = await lookUp(
        { host: servers.sealed },
        { digests: { [sha256(manifest)]: [repository] } },
        { ...sealed(), edge: edge() },
      );

      expect(facts.filter(({ kind }) => kind === 'gap')).toEqual([]);
      expect(facts.filter(({ kind }) => kind === 'manifest')).toMatchObject([{ digest: sha256(manifest), config: sha256(config) }]);
      expect(facts.filter(({ kind }) => kind === 'config')).toMatchObject([{ digest: sha256(config), diffIds: rootfs.diff_ids }]);
      expect(tokens.asked).toContain(`repository:${repository}:pull`);
    });

  it('is a gap, and no fact, without its authority or its password', async () => {
    const { digest } = await pushImage(servers.registry, 'tools/pushed', IMAGE, '1');
    const asked = { digests: { [digest]: ['tools/pushed'] } };
    const stranger = openEdge({ secrets: { HARBOUR_PASSWORD: 'wrong' }, now: new Date().toISOString() });

    const unknown = await lookUp({ host: servers.sealed }, asked, { ...login, edge: edge() });
    const refused = await lookUp({ host: servers.sealed }, asked, { ...sealed(), edge: stranger });

    for (const facts of [unknown, refused]) {
      const told = facts.map((fact) => ('of' in fact ? `${fact.kind} of ${fact.of}` : fact.kind));
      expect(told.filter((one) => ['manifest', 'config', 'coverage of content'].includes(one))).toEqual([]);
      expect(told).toContain('gap of content');
    }
  });
});
