import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dockerLogin } from '../../src/clients/oci/login.ts';
import { openEdge } from '../fakes/edge.ts';
import { type FakeRegistry, lookUp, sendJson, startRegistry } from '../fakes/registry.ts';

const PATH = process.env['PATH'];

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'selfsame-'));
});
afterEach(() => {
  process.env['PATH'] = PATH;
});

const edgeHere = (timeoutMs = 5000) => openEdge({ timeoutMs, secrets: { DOCKER_CONFIG: folder } });

const write = (config: object) => writeFile(path.join(folder, 'config.json'), JSON.stringify(config));
const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') });

describe("Docker's login", () => {
  /** Puts a credential helper before all others. */
  async function install(name: string, script: string): Promise<void> {
    const programs = await mkdtemp(path.join(tmpdir(), 'selfsame-'));
    const file = path.join(programs, `docker-credential-${name}`);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o700);
    process.env['PATH'] = `${programs}:${PATH}`;
  }

  it('N12 is for exactly one host, and for no part of its name', async () => {
    await write({ auths: { 'tea.test': auth('brewer:first-flush'), 'https://index.docker.io/v1/': auth('brewer:oolong') } });

    expect(await dockerLogin('tea.test', edgeHere())).toEqual({ username: 'brewer', password: 'first-flush' });
    expect(await dockerLogin('docker.io', edgeHere())).toEqual({ username: 'brewer', password: 'oolong' });
    for (const other of ['evil.tea.test', 'tea.test:5000', 'tea.tes', 'tea.test.evil.test', 'constructor', '__proto__'])
      expect(await dockerLogin(other, edgeHere())).toBeUndefined();
  });

  it('is none where Docker is not set up, or has no entry', async () => {
    expect(await dockerLogin('tea.test', edgeHere())).toBeUndefined();
    await write({ auths: { 'tea.test': {} } });
    expect(await dockerLogin('tea.test', edgeHere())).toBeUndefined();
  });

  it('is not guessed from a file that is broken, which is named without its words', async () => {
    await writeFile(path.join(folder, 'config.json'), '{"auths":{"tea.test":{"auth":"c2VjcmV0');

    const failure: unknown = await dockerLogin('tea.test', edgeHere()).catch((error: unknown) => error);

    expect(failure).toMatchObject({ because: 'malformed', cause: undefined });
    expect(String(failure)).not.toContain('c2VjcmV0');
  });

  it('is asked of the helper that Docker names for the host', async () => {
    await write({ credHelpers: { 'tea.test': 'kettle' }, credsStore: 'other' });
    await install('kettle', 'read host; echo "{\\"ServerURL\\":\\"$host\\",\\"Username\\":\\"$1 $host\\",\\"Secret\\":\\"first-flush\\"}"');
    const edge = edgeHere();

    expect(await dockerLogin('tea.test', edge)).toEqual({ username: 'get tea.test', password: 'first-flush' });
    expect(edge.concealed).toEqual(['first-flush']);
  });

  it('is none where the helper has none', async () => {
    await write({ credsStore: 'kettle' });
    await install('kettle', 'echo "credentials not found in native keychain"; exit 1');

    expect(await dockerLogin('tea.test', edgeHere())).toBeUndefined();
  });

  it.each(['../../evil', 'kettle;id', '-kettle/../x', 'Kettle', '', '$(id)'])('N11 is asked of no helper called %j', async (name) => {
    await write({ credHelpers: { 'tea.test': name } });

    const found = await dockerLogin('tea.test', edgeHere()).catch((error: unknown) => error);

    expect(found === undefined || (found as { because?: string }).because === 'untrusted').toBe(true);
  });

  it.each([
    ['hangs', 'exec sleep 60', 'does not answer'],
    ['prints what is no login', 'echo leaf first-flush', 'answers with what is no login'],
    ['prints without end', 'exec yes first-flush', 'answers without end'],
    ['fails, and tells the password', 'echo first-flush; echo first-flush >&2; exit 3', 'fails with 3'],
  ])('N11 is a gap where the helper %s', async (_, script, why) => {
    await write({ credsStore: 'kettle' });
    await install('kettle', script);

    const failure: unknown = await dockerLogin('tea.test', edgeHere(script.includes('sleep') ? 100 : 5000)).catch(
      (error: unknown) => error,
    );

    expect(failure).toMatchObject({ because: 'unauthenticated', hint: expect.stringContaining(why) });
    expect(JSON.stringify([failure, String(failure)])).not.toContain('first-flush');
  });

  it('N11 is a gap where the helper is not there', async () => {
    await write({ credsStore: 'kettle' });

    await expect(dockerLogin('tea.test', edgeHere())).rejects.toMatchObject({ hint: expect.stringContaining('is not installed') });
  });

  it('that is an identity token is not used', async () => {
    await write({ auths: { 'tea.test': { ...auth('brewer:'), identitytoken: 'leaf-of-identity' } } });

    await expect(dockerLogin('tea.test', edgeHere())).rejects.toMatchObject({ because: 'unsupported' });
  });
});

describe('a registry that wants a login', () => {
  let registry: FakeRegistry;
  let digest: string;

  beforeEach(async () => {
    registry = await startRegistry();
    ({ digest } = registry.image('payments/checkout'));
    registry.reply(
      ({ headers }, response) =>
        headers.authorization === undefined && sendJson(response, 401, {}, { 'www-authenticate': 'Basic realm="payments"' }),
    );
  });
  afterEach(() => registry.stop());

  const gapsOf = async () => {
    const facts = await lookUp(registry, { digests: { [digest]: ['payments/checkout'] } }, { edge: edgeHere() });
    return facts.flatMap((fact) => (fact.kind === 'gap' ? [fact.because] : []));
  };
  const logins = () => registry.requests.flatMap(({ headers }) => headers.authorization ?? []);

  it('N12 hears that of its own host and port, and of no other', async () => {
    const others = ['127.0.0.1', '127.0.0.1:1', `${registry.host}0`, `evil.${registry.host}`];
    await write({ auths: Object.fromEntries(others.map((host) => [host, auth('brewer:first-flush')])) });

    expect(await gapsOf()).toEqual(['unauthenticated']);
    expect(logins()).toEqual([]);

    await write({ auths: { [registry.host]: auth('brewer:oolong') } });

    expect(await gapsOf()).toEqual([]);
    expect([...new Set(logins())]).toEqual([`Basic ${Buffer.from('brewer:oolong').toString('base64')}`]);
  });

  it('N11 hears of none where the helper has the name of another program, and that is a gap', async () => {
    await write({ credHelpers: { [registry.host]: '../../evil' } });

    expect(await gapsOf()).toEqual(['untrusted']);
    expect(logins()).toEqual([]);
  });
});
