import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Digest } from '../../../src/domain/digest.ts';
import { sha256 } from '../../../src/domain/identify.ts';
import type { BuildRecord, Signature, TestRecord } from '../../../src/domain/observation.ts';
import { inUtc } from '../../../src/domain/record.ts';
import { writeRecording } from '../../../src/recording/write.ts';
import { selfsame } from '../../fakes/command-line.ts';
import { type Bundle, COMMIT, ISSUER, RELEASE, type Sigstore, startSigstore } from '../../fakes/sigstore.ts';

const A = sha256('payments@A');
const TEST_RESULT = 'https://in-toto.io/attestation/test-result/v0.1';
const TRUSTED = ['--root', 'trusted_root.json', '--issuer', ISSUER, '--identity', RELEASE];

const MADE = {
  buildDefinition: { buildType: 'https://acme.test/build', externalParameters: {}, resolvedDependencies: [] },
  runDetails: { builder: { id: 'https://acme.test/builder' } },
};

let sigstore: Sigstore;
let good: Bundle;
let ofSomebodyElse: Bundle;
let provenance: Bundle;
let cwd = '';

const statement = (changed: object = {}) =>
  JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'ghcr.io/acme/payments', digest: { sha256: A } }],
    predicateType: TEST_RESULT,
    predicate: { result: 'PASSED', configuration: [{ name: 'e2e' }] },
    ...changed,
  });

beforeAll(async () => {
  sigstore = await startSigstore();
  good = await sigstore.sign({ data: statement() });
  provenance = await sigstore.sign({ data: statement({ predicateType: 'https://slsa.dev/provenance/v1', predicate: MADE }) });
  ofSomebodyElse = await sigstore.sign({ data: statement(), identity: RELEASE.replace('acme', 'mallory') });
});

beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'selfsame-verify-'));
  keep('trusted_root.json', sigstore.trustedRoot);
});

afterAll(() => sigstore.close());

const keep = (name: string, content: unknown): void =>
  writeFileSync(path.join(cwd, name), typeof content === 'string' ? content : JSON.stringify(content));
const verify = (...argv: string[]) => selfsame(['evidence', 'verify', ...argv], { cwd });

describe('selfsame evidence verify', () => {
  it('names what is verified, of what, and who signed it', async () => {
    keep('e2e.sigstore.json', good);

    const { status, stdout, stderr } = await verify('e2e.sigstore.json', ...TRUSTED);

    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      `verified: e2e.sigstore.json ${TEST_RESULT} of sha256:${A} by ${RELEASE}, issuer ${ISSUER}`,
    );
    expect(stdout).toContain('1 verified, 0 refused.');
  });

  it('tells machines the same', async () => {
    keep('e2e.jsonl', `${JSON.stringify(good)}\n${JSON.stringify(ofSomebodyElse)}\n{"schema":"selfsame/record/v1"}\n`);

    const { status, stdout } = await verify('e2e.jsonl', ...TRUSTED, '--json');

    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'selfsame/evidence/v1',
      attestations: [
        {
          place: 'e2e.jsonl:1',
          verdict: 'verified',
          subjects: [`sha256:${A}`],
          signer: { identity: RELEASE, repository: 'acme/payments', root: `sha256:${sha256(JSON.stringify(sigstore.trustedRoot))}` },
        },
        {
          place: 'e2e.jsonl:2',
          verdict: 'refused',
          because: 'untrusted',
          predicateType: TEST_RESULT,
          hint: expect.stringContaining('mallory'),
        },
      ],
      others: 1,
      unread: [],
      exitCode: 1,
    });
  });

  it.each<[string, string | object, number, string]>([
    ['is empty (CVE-2025-25204)', '', 1, 'No attestation was found, which proves nothing'],
    ['holds records alone (CVE-2025-25204)', '{"schema":"selfsame/record/v1","kind":"test"}\n', 1, 'No attestation was found'],
    ['holds a statement that nobody has signed', statement(), 1, 'Nobody has signed it'],
    ['is cut', '{"mediaType":"application/vnd.dev.sigstore.bundle', 1, 'malformed'],
    ['holds one key twice', '{"dsseEnvelope":{},"dsseEnvelope":{}}', 1, 'one key twice'],
    ['is a list with nothing in it', '[]', 1, 'No attestation was found'],
  ])('is no success where a file %s', async (_, content, status, says) => {
    keep('e2e.json', content);

    const told = await verify('e2e.json', ...TRUSTED);

    expect(told.status).toBe(status);
    expect(told.stdout.replaceAll(/\s+/g, ' ')).toContain(says);
  });

  it('is no success where what is verified is of another type than was asked for', async () => {
    keep('e2e.json', good);

    const { status, stdout } = await verify('e2e.json', ...TRUSTED, '--for', 'provenance');

    expect([status, stdout]).toEqual([1, expect.stringContaining('accepted for')]);
  });

  it('is not run where a place is not there, as no other command is', async () => {
    keep('e2e.json', good);

    const { status, stdout, stderr } = await verify('e2e.json', 'nowhere.json', ...TRUSTED);

    expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining('"nowhere.json" is not there')]);
  });

  it('is no success where a folder holds nothing that may be an attestation, and says so', async () => {
    mkdirSync(path.join(cwd, 'attestations'));

    const { status, stdout } = await verify('attestations', ...TRUSTED);

    expect([status, stdout]).toEqual([1, expect.stringMatching(/^0 verified, 0 refused\. No attestation was found/)]);
  });

  it('tells what its exit codes mean where it is asked for help', async () => {
    const { stdout } = await verify('--help');

    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('Exit codes: 0 all of it verifies');
  });

  it.each([
    ['an issuer without an identity', ['--root', 'trusted_root.json', '--issuer', ISSUER]],
    ['nobody, and there is no configuration', []],
    ['what may be signed, and nobody who signs it', ['--for', 'provenance']],
  ])('is not run where it names %s: that is said, with what to name', async (_, argv) => {
    keep('e2e.json', good);

    const { status, stdout, stderr } = await verify('e2e.json', ...argv);

    expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(/ --root, --issuer and --identity/)]);
  });

  it.each(['e2e.json', '.'])('is not run where it names who sealed %s, which is no pack', async (place) => {
    keep('e2e.json', good);
    keep('seal.pub', 'the key is not asked for');

    const { status, stdout, stderr } = await verify(place, ...TRUSTED, '--sealed-by', 'seal.pub');

    expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining('is no pack: there is no pack.json in it')]);
  });

  it.each([
    ['an issuer and no identity', ['--root', 'trusted_root.json', '--issuer', ISSUER], '--issuer without --identity'],
    ['a root that is none', ['--root', 'e2e.json', '--issuer', ISSUER, '--identity', RELEASE], 'Give --root trusted roots'],
    ['a key that is none', ['--key', 'e2e.json'], '"e2e.json" holds no public key'],
    ['a signer without a root', ['--issuer', ISSUER, '--identity', RELEASE], '--root: an identity is proven by a certificate'],
    ['what nobody can sign', ['--key', 'e2e.json', '--for', 'payments'], '--for: is provenance, test-result'],
    ['a pattern', ['--root', 'e2e.json', '--issuer', '*', '--identity', RELEASE], '--issuer: is compared letter by letter'],
  ])('speaks of its options where they name %s, and of no configuration', async (_, argv, says) => {
    keep('e2e.json', good);

    const { status, stderr } = await verify('e2e.json', ...argv);

    expect([status, stderr]).toEqual([2, expect.stringContaining(says)]);
    expect(stderr).not.toMatch(/accept\.0|trust\.|the configuration cannot|Invalid input/);
  });

  it('says of whom nobody accepts with which options he is named', async () => {
    keep('of-mallory.json', ofSomebodyElse);

    const { stdout } = await verify('of-mallory.json', ...TRUSTED);

    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('name its signer with --issuer and --identity if it is yours');
  });

  it('says of an envelope with several signatures that one is read, and each image once', async () => {
    const envelope = new URL('../../../fixtures/attestations/gcb-v0.1.dsse.json', import.meta.url);
    cpSync(envelope, path.join(cwd, 'gcb.json'));
    keep('release.pub', generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey.export({ type: 'spki', format: 'pem' }));

    const { stdout } = await verify('gcb.json', '--key', 'release.pub');

    expect(stdout).toContain('Its envelope has 2 signatures: have it signed once');
    expect(stdout.match(/sha256:87db6d52/g)).toHaveLength(1);
  });

  it('is not run where no source of the configuration trusts anybody', async () => {
    keep('e2e.json', good);
    keep('selfsame.yaml', 'version: 1\npromotion: [staging, production]\nsources:\n  - { use: records, files: [e2e.json] }\n');

    const { status, stderr } = await verify('e2e.json');

    expect([status, stderr]).toEqual([2, expect.stringContaining('no source has `trust`')]);
  });
});

describe('a recording', () => {
  const estate = new URL('../../../fixtures/estates/rebuilt-on-newer-base/recording', import.meta.url);
  const digestOf = (content: object) => Digest.parse(`sha256:${sha256(JSON.stringify(content))}`);

  const signature = (): Signature => ({
    by: RELEASE,
    issuer: ISSUER,
    at: sigstore.signedAt.toISOString(),
    root: digestOf(sigstore.trustedRoot),
    verifier: '@sigstore/verify 4.1.3',
    runner: 'github-hosted',
    trigger: 'push',
  });
  const RUN = {
    platform: 'github-actions',
    repository: 'acme/payments',
    id: '41',
    attempt: 2,
    url: 'https://github.com/acme/payments/actions/runs/41/attempts/2',
  };

  /** A night of which one record is said to be verified, with the bundle that says so and its root. */
  async function keepNight(record: TestRecord | BuildRecord, bundle: object): Promise<void> {
    const raw = [bundle, sigstore.trustedRoot].map((one) => [digestOf(one), Buffer.from(JSON.stringify(one))] as const);
    const takenAt = { from: '2026-03-02T10:00:00Z', to: '2026-03-02T10:01:00Z' };
    await writeRecording(path.join(cwd, 'night'), { version: '0.1.0', takenAt, observations: [record], raw: new Map(raw) });
  }

  const record = (changed: Partial<TestRecord> = {}, bundle: object = good): Promise<void> =>
    keepNight(
      {
        kind: 'test',
        at: inUtc(sigstore.signedAt.toISOString()),
        origin: { source: 'records', locator: 'e2e.json:1', bytes: digestOf(bundle) },
        gate: 'e2e',
        run: RUN,
        result: 'passed',
        subject: { digest: Digest.parse(`sha256:${A}`) },
        trust: 'verified',
        signature: signature(),
        ...changed,
      },
      bundle,
    );

  const recordBuild = (changed: Partial<BuildRecord> = {}): Promise<void> =>
    keepNight(
      {
        kind: 'build',
        at: inUtc(sigstore.signedAt.toISOString()),
        origin: { source: 'records', locator: 'made.json:1', bytes: digestOf(provenance) },
        run: { ...RUN, workflow: '.github/workflows/release.yml' },
        source: { repository: 'acme/payments', commit: COMMIT, ref: 'refs/heads/main' },
        outputs: [{ image: { registry: 'ghcr.io', repository: 'acme/payments' }, digest: Digest.parse(`sha256:${A}`), role: 'unknown' }],
        pushed: 'unknown',
        builder: 'https://acme.test/builder',
        base: [],
        arguments: {},
        trust: 'verified',
        signature: signature(),
        ...changed,
      },
      provenance,
    );

  it('is verified again from the bytes that it keeps, without the configuration that it was taken by', async () => {
    await record();

    const { status, stdout } = await verify('night', ...TRUSTED);

    expect([status, stdout.replaceAll(/\s+/g, ' ')]).toEqual([
      0,
      expect.stringContaining(`verified: night: records, e2e.json:1 ${TEST_RESULT} of sha256:${A} by ${RELEASE}`),
    ]);
  });

  it.each<[string, Partial<TestRecord>]>([
    ['of another gate', { gate: 'load' }],
    ['of another result', { result: 'failed' }],
    ['of another image', { subject: { digest: Digest.parse(`sha256:${'7'.repeat(64)}`) } }],
    ['of a platform', { subject: { digest: Digest.parse(`sha256:${A}`), platform: 'linux/arm64' } }],
    ['of another time', { at: '2020-01-01T00:00:00Z' }],
    ['of another beginning', { startedAt: '2020-01-01T00:00:00Z' }],
    ['of another run', { run: { ...RUN, id: '42' } }],
    ['of another signer', { signature: { by: 'https://acme.test/release', verifier: '@sigstore/verify 4.1.3' } }],
    ['of another runner', { signature: { by: RELEASE, verifier: '@sigstore/verify 4.1.3', runner: 'self-hosted' } }],
  ])('that says %s than what it rests on is refused, however well it is sealed', async (_, changed) => {
    await record({ ...changed, ...(changed.signature ? { signature: { ...signature(), ...changed.signature } } : {}) });

    const { status, stdout } = await verify('night', ...TRUSTED);

    expect([status, stdout.replaceAll(/\s+/g, ' ')]).toEqual([
      1,
      expect.stringContaining('made of something else, or changed and sealed anew'),
    ]);
  });

  it('of a build is verified again as well', async () => {
    await recordBuild();

    expect(await verify('night', ...TRUSTED)).toMatchObject({ status: 0, stdout: expect.stringContaining('1 verified, 0 refused') });
  });

  it.each<[string, Partial<BuildRecord>]>([
    ['time', { at: '2020-01-01T00:00:00Z' }],
    ['push', { pushedAt: '2020-01-01T00:00:00Z' }],
    ['repository', { source: { repository: 'mallory/payments', commit: COMMIT, ref: 'refs/heads/main' } }],
    ['commit', { source: { repository: 'acme/payments', commit: 'd'.repeat(40), ref: 'refs/heads/main' } }],
    ['builder', { builder: 'https://github.com/actions/runner' }],
    ['run', { run: { ...RUN, id: '42' } }],
    ['argument', { arguments: { CHANNEL: 'stable' } }],
  ])('of a build that says another %s than its provenance is refused, however well it is sealed', async (_, changed) => {
    await recordBuild(changed);

    const { status, stdout } = await verify('night', ...TRUSTED);

    expect([status, stdout.replaceAll(/\s+/g, ' ')]).toEqual([
      1,
      expect.stringContaining('made of something else, or changed and sealed anew'),
    ]);
  });

  it('whose bundle is of whom nobody accepts any more is refused', async () => {
    await record({}, ofSomebodyElse);

    expect(await verify('night', ...TRUSTED)).toMatchObject({ status: 1, stdout: expect.stringContaining('untrusted: It is signed by') });
  });

  it('that is verified by what the configuration trusts holds nothing that was verified: that is no success', async () => {
    cpSync(estate, path.join(cwd, 'night'), { recursive: true });
    keep(
      'selfsame.yaml',
      `version: 1
promotion: [staging, production]
sources:
  - use: records
    files: [e2e.json]
    trust:
      roots: [trusted_root.json]
      accept: [{ for: [test-result], issuer: "${ISSUER}", identity: "${RELEASE}" }]
`,
    );

    const { status, stdout } = await verify('night');

    expect([status, stdout.replaceAll(/\s+/g, ' ')]).toEqual([
      1,
      expect.stringMatching(/^0 verified, 0 refused, beside \d+ records that rest on no attestation. No attestation was found/),
    ]);
  });

  it('of which one byte was changed is refused', async () => {
    cpSync(estate, path.join(cwd, 'night'), { recursive: true });
    const [first = ''] = readdirSync(path.join(cwd, 'night', 'observations'));
    const file = path.join(cwd, 'night', 'observations', first);
    writeFileSync(file, readFileSync(file, 'utf8').replace('0', '1'));

    const { status, stdout } = await verify('night', ...TRUSTED);

    expect([status, stdout]).toEqual([1, expect.stringContaining('refused: night')]);
  });

  it('may lie beside bundles, and neither is passed over', async () => {
    await record();
    keep('of-mallory.json', ofSomebodyElse);

    const { status, stdout } = await verify('.', ...TRUSTED, '--json');

    const { attestations } = JSON.parse(stdout) as { attestations: { place: string; verdict: string }[] };
    expect([status, attestations.map(({ verdict }) => verdict)]).toEqual([1, ['verified', 'refused']]);
  });
});
