import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import { dockerbuildOf, pushedRecord, zipOf } from '../fakes/archive.ts';
import { type FakeGithub, idOf, lookUpGithub, startGithub } from '../fakes/github.ts';
import { bundleOf } from '../fakes/github-bundle.ts';
import { digestOf } from '../fakes/registry.ts';

const COMMIT = 'c0ffee'.padEnd(40, '0');
const PAYMENTS = digestOf('payments');
const NAME = 'acme~payments~A1B2C3.dockerbuild';

let fake: FakeGithub;

beforeEach(async () => {
  fake = await startGithub();
  fake.run('acme/payments', { id: 57, head_sha: COMMIT, run_attempt: 2 });
  fake.job('acme/payments', { id: 1, run_id: 57, name: 'build' }, 'nothing\n');
});
afterEach(() => fake.stop());

const ofKind = <K extends Seen['kind']>(facts: readonly Seen[], kind: K) =>
  facts.filter((fact): fact is Extract<Seen, { kind: K }> => fact.kind === kind);
let artifacts = 0;
const upload = (bytes: Buffer, fields: object = {}) =>
  fake.artifact('acme/payments', { id: ++artifacts, run_id: 57, name: NAME, ...fields }, bytes);
const lookUp = (config: object = {}) =>
  lookUpGithub(
    fake,
    { commits: [{ repository: 'acme/payments', commit: COMMIT }], digests: { [PAYMENTS]: ['ghcr.io/acme/payments'] } },
    { attestations: 'true', ...config },
  );
const fixture = (name: string) => readFileSync(new URL(`../../fixtures/github/${name}`, import.meta.url));

describe('a record of a build among artifacts', () => {
  it.each<[string, (record: Buffer) => Buffer]>([
    ['as it is', (record) => record],
    ['in a zip archive', (record) => zipOf([{ name: NAME, text: record }])],
  ])('tells what its attempt pushed: uploaded %s', async (_, pack) => {
    upload(pack(dockerbuildOf(pushedRecord(PAYMENTS))));

    const facts = await lookUp();

    expect(facts).toEqual([
      {
        kind: 'build',
        locator: expect.stringMatching(/^artifacts of run 57 of acme\/payments: acme~payments~A1B2C3\.dockerbuild \(\d+\)$/),
        at: '2026-03-01T09:10:30Z',
        run: { platform: 'github-actions', repository: 'acme/payments', id: '57', attempt: 2, workflow: '.github/workflows/ci.yml' },
        source: { repository: 'acme/payments', commit: COMMIT },
        outputs: [{ image: { registry: 'ghcr.io', repository: 'acme/payments', tag: '1.4' }, digest: PAYMENTS, role: 'index' }],
        pushed: 'yes',
        pushedAt: '2026-03-01T09:10:30Z',
        expiresAt: '2026-05-30T09:10:40Z',
        base: [],
        arguments: { NPM_TOKEN: expect.stringMatching(/^redacted#/) },
        trust: 'artifact',
      },
    ]);
    expect(fake.downloads.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it.each([
    ['was loaded into a daemon', () => fixture('loaded.dockerbuild')],
    ['failed', () => fixture('failed-bake.dockerbuild')],
    [
      'was kept for the cache',
      () => dockerbuildOf(pushedRecord(PAYMENTS, { Exporters: [{ Type: 'image', Attrs: { name: 'payments' } }] })),
    ],
    ['failed after its push', () => dockerbuildOf(pushedRecord(PAYMENTS, { error: { code: 2 } }))],
  ])('tells nothing of a build that %s', async (_, record) => {
    upload(record());

    expect(await lookUp()).toEqual([]);
  });

  it('lets a gate have the digest: it is no other log', async () => {
    upload(dockerbuildOf(pushedRecord(PAYMENTS)));
    fake.job(
      'acme/payments',
      { id: 2, run_id: 57, name: 'e2e', run_attempt: 2 },
      `2026-03-01T09:21:00.0Z docker run ghcr.io/acme/payments@${PAYMENTS}\n`,
    );

    expect(ofKind(await lookUp(), 'test')).toMatchObject([{ subject: { digest: PAYMENTS }, run: { attempt: 2 }, trust: 'recorded' }]);
  });

  it('is not asked for where the build is attested, or where nothing was built', async () => {
    fake.attest('acme', PAYMENTS, { bundle: bundleOf({ digest: PAYMENTS, repositoryId: idOf('acme/payments') }) }, idOf('acme/payments'));
    fake.run('acme/checkout', { id: 41, head_sha: COMMIT });
    fake.job('acme/checkout', { id: 3, run_id: 41, name: 'lint' });

    await lookUp();
    await lookUpGithub(fake, { commits: [{ repository: 'acme/checkout', commit: COMMIT }] });

    expect(fake.calls.filter(({ path }) => path.endsWith('/artifacts'))).toEqual([]);
  });

  it.each<[string, () => void, string]>([
    ['C08 names another run', () => upload(dockerbuildOf(pushedRecord(PAYMENTS, { run: '41/attempts/1' }))), 'untrusted'],
    ['C12 is not kept any more', () => upload(dockerbuildOf(pushedRecord(PAYMENTS)), { expired: true }), 'expired'],
    ['C13 is too large', () => upload(Buffer.from('x'), { size_in_bytes: 1 << 30 }), 'too-large'],
    ['C13 lies in an archive that is a trap', () => upload(zipOf([{ name: NAME, text: 'x', mode: 0o120777 }])), 'malformed'],
    ['is no record', () => upload(Buffer.from('tea')), 'malformed'],
    ['holds bytes that are not what their digest says', () => upload(changed(dockerbuildOf(pushedRecord(PAYMENTS)))), 'untrusted'],
    ['is not what was uploaded', () => upload(dockerbuildOf(pushedRecord(PAYMENTS)), { digest: digestOf('checkout') }), 'untrusted'],
    ['C16 is of another run', () => upload(dockerbuildOf(pushedRecord(PAYMENTS)), { of: 41 }), 'untrusted'],
  ])('is a gap where it %s', async (_, arrange, because) => {
    arrange();

    expect(await lookUp()).toMatchObject([{ kind: 'gap', of: 'build', scope: { project: 'acme/payments' }, because }]);
  });
});

describe('records that jobs keep among artifacts', () => {
  const LINE = {
    schema: 'selfsame/record/v1',
    digest: PAYMENTS,
    at: '2026-03-01T09:30:00Z',
    run: { platform: 'github-actions', id: '57', attempt: 2 },
  };
  const TESTED = { ...LINE, kind: 'test', gate: 'e2e', result: 'passed', startedAt: '2026-03-01T09:20:00Z' };
  const BUILT = { ...LINE, kind: 'build', image: 'ghcr.io/acme/payments', at: '2026-03-01T09:10:00Z' };
  const keep = (text: string, name = 'records.jsonl') => upload(zipOf([{ name, text }]), { name: 'records-57' });
  const lines = (...values: readonly object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  const read = (config: object = {}) => lookUp({ records: ['records-*'], logs: 'false', ...config });

  it('are what their lines say, with the trust of an artifact', async () => {
    keep(lines(BUILT, TESTED, { ...LINE, kind: 'promote' }));

    const facts = await read();

    expect(facts).toMatchObject([
      { kind: 'build', run: { id: '57', attempt: 2 }, outputs: [{ digest: PAYMENTS }], trust: 'artifact' },
      { kind: 'test', gate: 'e2e', subject: { digest: PAYMENTS }, result: 'passed', trust: 'artifact' },
    ]);
  });

  it('tell what the run deployed, and nothing of an approval that it gave itself', async () => {
    keep(lines({ ...LINE, kind: 'deploy', environment: 'prod' }, { ...LINE, kind: 'approve', environment: 'prod', by: 'grace' }));

    const deployed = {
      kind: 'deployment',
      environment: 'prod',
      subject: { digest: PAYMENTS },
      run: { id: '57', attempt: 2 },
      trust: 'artifact',
    };
    expect(await read()).toMatchObject([deployed]);
  });

  it('leave deployments open where one of them cannot be read', async () => {
    keep(lines({ ...LINE, kind: 'deploy', environment: 'prod', at: 'yesterday' }));

    expect(await read()).toMatchObject([{ kind: 'gap', of: 'deployment', because: 'malformed' }]);
  });

  it('are hearsay where they name another run', async () => {
    keep(lines({ ...TESTED, run: { platform: 'github-actions', id: '41' } }));

    expect(await read()).toMatchObject([{ kind: 'test', run: { id: '41' }, trust: 'declared' }]);
  });

  it('are of the run that uploaded them, where they name none and it had one attempt', async () => {
    fake.run('acme/payments', { id: 58, head_sha: COMMIT, run_attempt: 1 });
    fake.job('acme/payments', { id: 9, run_id: 58, name: 'lint' });
    const nameless = { ...TESTED, run: undefined };
    keep(lines(nameless));
    fake.artifact(
      'acme/payments',
      { id: ++artifacts, run_id: 58, name: 'records-58' },
      zipOf([{ name: 'records.jsonl', text: lines(nameless) }]),
    );

    const runs = ofKind(await read(), 'test').map(({ run, trust }) => [run?.id, trust]);

    expect(runs).toEqual(
      expect.arrayContaining([
        [undefined, 'artifact'],
        ['58', 'artifact'],
      ]),
    );
  });

  it('may be metadata of buildx, dated by their upload', async () => {
    const metadata = {
      'containerimage.digest': PAYMENTS,
      'image.name': 'ghcr.io/acme/payments:1.4',
      'buildx.build.ref': 'default/default/a1',
    };
    keep(JSON.stringify(metadata, null, 2), 'metadata.json');

    expect(await read()).toMatchObject([
      { kind: 'build', outputs: [{ digest: PAYMENTS }], pushed: 'unknown', trust: 'artifact', at: '2024-02-13T20:55:59Z' },
    ]);
  });

  it.each<[string, string, readonly string[]]>([
    ['a digest in capitals', lines({ ...TESTED, digest: PAYMENTS.toUpperCase() }), ['test malformed']],
    ['another format', lines({ schema: 'selfsame/record/v2', kind: 'test' }), ['build unsupported', 'test unsupported']],
    ['a list of tea', lines({ tea: 'earl grey' }), ['build unsupported', 'test unsupported']],
    ['a key twice', '{"schema":"selfsame/record/v1","schema":"selfsame/record/v1"}\n', ['build malformed', 'test malformed']],
    ['what is no JSON', 'tea', ['build malformed', 'test malformed']],
  ])('are a gap where they hold %s', async (_, text, told) => {
    keep(text);

    expect(ofKind(await read(), 'gap').map(({ of, because }) => `${of} ${because}`)).toEqual(told);
  });

  it('are not looked for where no name is configured', async () => {
    keep(lines(TESTED));

    expect(await read({ records: [] })).toEqual([]);
  });
});

/** The record with one digit of a digest in it changed, packed anew. */
function changed(record: Buffer): Buffer {
  const plain = gunzipSync(record).toString('latin1');
  return Buffer.from(plain.replace('"push":"true"', '"push":"TRUE"'), 'latin1');
}
