import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveClosure } from '../../src/clients/oci/closure.ts';
import { readConfig } from '../../src/clients/oci/config.ts';
import type { Content } from '../../src/clients/oci/content.ts';
import { instantOf } from '../../src/clients/oci/instant.ts';
import { redactContent } from '../../src/clients/oci/redact-content.ts';
import { digestOf } from '../../src/clients/oci/verify.ts';
import { redactCommand, redactRecord, redactText, redactValue } from '../../src/clients/redact.ts';
import type { Digest } from '../../src/domain/digest.ts';
import { parseStrictJson } from '../../src/domain/strict-json.ts';
import { configOf } from '../fakes/registry.ts';

/** One image after many transformations: indexes, manifests and configs as tools wrote them, without layers. */
type Samples = { images: Record<string, { digest: Digest; mediaType: string }>; blobs: string[] };
const samples = JSON.parse(readFileSync(new URL('./oci-samples.json', import.meta.url), 'utf8')) as Samples;
const blobs = new Map(samples.blobs.map((text) => [digestOf(Buffer.from(text)), Buffer.from(text)]));

async function open(name: string): Promise<readonly Content[]> {
  const { digest, mediaType } = samples.images[name]!;
  const { contents, failures } = await resolveClosure([{ digest, mediaType, repositories: ['tea'], is: 'manifest' }], (target) => {
    const held = {
      body: blobs.get(target.digest)!,
      mediaType: target.mediaType ?? '',
      locator: target.digest,
      image: { registry: 'tea.test', repository: 'tea' },
    };
    return Promise.resolve({ held, is: target.is === 'config' ? 'config' : 'manifest', repository: 'tea' });
  });
  expect(failures).toEqual([]);
  return contents;
}

const configsOf = async (name: string) => (await open(name)).filter((content) => content.kind === 'config');

describe('an image that was changed by tools', () => {
  it.each(Object.entries(samples.images))('%s is read down to its configs', async (name, { digest, mediaType }) => {
    const contents = await open(name);

    const root = contents.find((content) => content.digest === digest);
    expect(root?.kind).toBe(/index|list/.test(mediaType) ? 'index' : 'manifest');
    expect(contents.filter(({ kind }) => kind === 'config')).not.toEqual([]);
  });

  it.each([
    'app:prod-docker-mt',
    'app:prod-zstd',
    'app:prod-gzip9',
    'app:prod-uncompressed',
    'app:prod-annotated',
  ])('%s kept its config', async (name) => {
    expect((await configsOf(name)).map(({ digest }) => digest)).toEqual((await configsOf('app:prod')).map(({ digest }) => digest));
  });

  it.each([
    ['app:env-change', 'runtime'],
    ['app:label-change', 'labels'],
    ['app:rebuild-config-ts', 'created'],
    ['app:app-update', 'diffIds'],
  ] as const)('%s has another config, by its %s', async (name, key) => {
    const [[before], [after]] = [await configsOf('app:prod'), await configsOf(name)];

    expect(after?.digest).not.toBe(before?.digest);
    expect(after?.[key]).not.toEqual(before?.[key]);
  });

  it('has one set of images in both of its indexes with attestations, and none of them is an attestation', async () => {
    const [first, second] = [await open('app:idx-att1'), await open('app:idx-att2-subject')];
    const manifests = (contents: readonly Content[]) => contents.filter(({ kind }) => kind === 'manifest').map(({ digest }) => digest);

    expect(manifests(first)).toEqual(manifests(second));
    expect(manifests(first)).toHaveLength(2);
  });

  it('is what an image config says it is', async () => {
    expect((await configsOf('app:prod'))[0]).toMatchObject({
      platform: 'linux/amd64',
      created: '2026-03-01T10:00:00.000Z',
      runtime: { env: ['PATH=/usr/bin:/bin', 'A=1'], entrypoint: [], cmd: ['node', '/srv/main.js'], user: '', workingDir: '/srv' },
      labels: { 'org.opencontainers.image.revision': 'abc123' },
    });
  });
});

describe('a time', () => {
  it.each([
    ['2026-03-01T10:00:00Z', '2026-03-01T10:00:00.000Z'],
    ['2026-03-01T10:00:00.123456789Z', '2026-03-01T10:00:00.123Z'],
    ['2026-03-01T01:30:00+02:00', '2026-02-28T23:30:00.000Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
  ])('%s is the instant %s', (text, instant) => {
    expect(instantOf(text)).toBe(instant);
  });

  it.each([
    '',
    '0001-01-01T00:00:00Z',
    '2026-13-01T10:00:00Z',
    'yesterday',
    '2026-03-01',
    '9999-12-31T23:59:59-10:00',
    null,
    undefined,
  ])('%j is none', (text) => {
    expect(instantOf(text)).toBeUndefined();
  });
});

describe('a value that looks like a credential', () => {
  const pinned = (name: string, value: string) => redactValue(name, value) === value;

  it.each([
    ['DB_PASSWORD', 'oolong'],
    ['apiToken', 'oolong'],
    ['com.tea.secret', 'oolong'],
    ['SIGNING_KEY', 'oolong'],
    ['CLIENT_SECRET_BASE64', 'oolong'],
    ['PGPASSWORD', 'oolong'],
    ['SSHPASS', 'oolong'],
    ['AUTHTOKEN', 'oolong'],
    ['STORAGE_CONNECTION_STRING', 'oolong'],
    ['GITHUB_PAT', 'oolong'],
    ['NOTE', 'https://oolong-oolong-oolong@tea.test/x'],
    ['NOTE', `ghp_${'a'.repeat(36)}`],
    ['NOTE', 'AKIAABCDEFGHIJKLMNOP'],
    ['NOTE', `eyJ${'a'.repeat(10)}.eyJ${'b'.repeat(10)}.c`],
    ['NOTE', 'postgres://brewer:oolong@tea.test/db'],
    ['NOTE', '-----BEGIN RSA PRIVATE KEY-----\nabc'],
  ])('%s=%s is not kept', (name, value) => {
    expect(redactValue(name, value)).toMatch(/^redacted#\d+@[0-9a-f]{8}$/);
  });

  it.each([
    ['PATH', '/usr/bin'],
    ['PWD', '/srv'],
    ['DB_PASSWORD_FILE', '/run/secrets/db'],
    ['TOKEN_URL', 'https://tea.test/token'],
    ['TOKENIZER', 'fast'],
    ['DB_PASSWORD', ''],
    ['org.opencontainers.image.revision', 'abc123'],
    ['org.opencontainers.image.source', 'ssh://git@tea.test/brew'],
    ['JAVA_OPTS', '-Xmx1g -Dtokenizer=fast'],
  ])('%s=%s is none', (name, value) => {
    expect(pinned(name, value)).toBe(true);
  });

  it('has one number for one value of one name, and another for another', () => {
    const [first, second, again] = ['assam', 'ceylon', 'assam'].map((value) => redactValue('TEA_TOKEN', value));

    expect(again).toBe(first);
    expect(second).not.toBe(first);
  });

  it('is found in build steps and commands as well, with the number it has in the environment', () => {
    const number = redactValue('TEA_TOKEN', 'darjeeling');

    expect(redactText('ENV TEA_TOKEN=darjeeling A=1')).toBe(`ENV TEA_TOKEN=${number} A=1`);
    expect(redactText('|1 TEA_TOKEN="darjeeling" /bin/sh -c make')).toBe(`|1 TEA_TOKEN=${number} /bin/sh -c make`);
    expect(redactText('brew --token=darjeeling')).not.toContain('darjeeling');
    expect(redactText('RUN git clone https://brewer:darjeeling@tea.test/x')).not.toContain('darjeeling');
  });

  it.each([
    'brew --db-password darjeeling --hot',
    'CMD ["brew" "--db-password" "darjeeling"]',
    'CMD ["brew", "--db-password", "darjeeling"]',
    'ENV JAVA_OPTS="-Xmx1g -Ddb.password=darjeeling"',
    'curl -H "Authorization: Bearer darjeeling" https://tea.test',
    "curl -H 'PRIVATE-TOKEN: darjeeling' https://tea.test",
    'curl -u brewer:darjeeling https://tea.test',
    'curl --user "brewer:darjeeling" https://tea.test',
    'git clone https://x:darjeeling@tea.test/brew',
    'git clone https://darjeeling-darjeeling@tea.test/brew',
    'echo {"auths":{"tea.test":{"auth":"darjeeling"}}}',
    'echo "{\\"password\\":\\"darjeeling\\"}"',
    'RUN TEA_TOKEN="darjeeling',
    'sshpass -e env SSHPASS=darjeeling scp',
  ])('is not kept of %s', (step) => {
    expect(redactText(step)).not.toContain('darjeeling');
  });

  it.each([
    'docker run -u 1000:1000 acme/auth-token:1.2',
    'RUN make key token',
    'COPY --from=acme/secret:v1 /bin /bin',
    'brew --password-file /run/secrets/tea',
  ])('is not seen in %s', (step) => {
    expect(redactText(step)).toBe(step);
  });

  it('is found in the word after its flag', () => {
    const kept = redactCommand(['brew', '--db-password', 'darjeeling', '-u', 'brewer:darjeeling', '--token', '--hot']);

    expect(kept.join(' ')).not.toContain('darjeeling');
    expect(kept.at(-1)).toBe('--hot');
  });

  it('is nowhere in a config that is recorded', () => {
    const canary = 'darjeeling-canary';
    const config = {
      Env: [`TEA_SECRET=${canary}`],
      Labels: { 'tea.password': canary },
      Cmd: ['brew', `--password=${canary}`],
      Entrypoint: [`https://brewer:${canary}@tea.test`],
    };
    const body = Buffer.from(JSON.stringify(configOf({ config, history: [{ created_by: `ARG TEA_SECRET=${canary}` }] })));

    const content = redactContent(
      readConfig(digestOf(body), { body, mediaType: '', locator: '', image: { registry: 'tea.test', repository: 'tea' } }),
    );

    expect(JSON.stringify(content)).not.toContain(canary);
  });

  it('is not looked for in what no person wrote: a label of eight mebibytes stops nobody', () => {
    const label = 'eyJ'.padEnd(8 << 20, 'A');

    expect(redactRecord({ note: label })['note']).toMatch(/^redacted#/);
    expect(redactText(label)).toMatch(/^redacted#/);
  });

  it('R25 is not looked for in prototypes', () => {
    expect(redactRecord(JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>)).toEqual({ constructor: 'y' });
  });

  it.each([
    'eyJ-',
    'eyJaaaaaaaa.',
    '//a:',
    '-----BEGIN PRIVATE KEY-----',
    'a=',
    'x="',
    '--token=',
    'AKIA',
    'ghp_',
    'token="',
    '--token ',
    "--token '",
    'token: ',
    '-u a:',
    'bearer ',
    '//a',
    '//aaaaaaaaaaaaaaaa',
    'conn',
    'aB',
  ])('takes no long time to look for in %s without end', (piece) => {
    const start = performance.now();

    redactText(piece.repeat(250_000 / piece.length));

    expect(performance.now() - start).toBeLessThan(1000);
  });
});

const REFUSED = Symbol('refused');
const strict = (text: string) => parseStrictJson(Buffer.from(text));
const readBy = (parse: (text: string) => unknown, text: string): unknown => {
  try {
    return parse(text);
  } catch {
    return REFUSED;
  }
};

describe('strict JSON', () => {
  it('is all JSON that other readers write', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'grapheme' }), (text) => {
        const written = JSON.stringify(JSON.parse(text));
        expect(parseStrictJson(Buffer.from(written))).toEqual(JSON.parse(written));
      }),
    );
  });

  it('is never anything else than other readers read', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\\\', 'u', '0', 'd', '8', ' ', '1', 'e', '-') }),
        (text) => {
          expect(readBy(strict, text)).toEqual(readBy(strict, text) === REFUSED ? REFUSED : readBy(JSON.parse, text));
        },
      ),
    );
  });
});
