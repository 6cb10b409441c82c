import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import { Digest } from '../../src/domain/digest.ts';
import { sha256 } from '../../src/domain/identify.ts';
import type { AuditError } from '../../src/error.ts';
import records from '../../src/sources/records.ts';
import { openEdge } from '../fakes/edge.ts';
import { type Bundle, COMMIT, ISSUER, RELEASE, type Sigstore, startSigstore } from '../fakes/sigstore.ts';

const A = Digest.parse(`sha256:${sha256('payments@A')}`);
const B = Digest.parse(`sha256:${sha256('payments@B')}`);

let sigstore: Sigstore;
let folder = '';

beforeAll(async () => {
  sigstore = await startSigstore();
});

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'selfsame-trust-'));
});

afterAll(() => sigstore.close());

const keep = (name: string, content: unknown): string => {
  const file = path.join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};
const accepted = (changed: object = {}) => ({ for: ['provenance', 'test-result'], issuer: ISSUER, identity: RELEASE, ...changed });
const trusting = (changed: object = {}) => ({ roots: [keep('trusted_root.json', sigstore.trustedRoot)], accept: [accepted()], ...changed });

async function ask(content: unknown, trust: object | undefined, digests: readonly Digest[] = [A]): Promise<Seen[]> {
  const config = records.config.parse({ files: [keep('record.sigstore.json', content)], ...(trust ? { trust } : {}) });
  const wanted = { digests: digests.map((digest) => ({ digest, seenIn: [] })), tags: [], commits: [], lines: [] };
  const facts: Seen[] = [];
  for await (const fact of records.observe(config, wanted, openEdge({ now: sigstore.signedAt.toISOString() }))) facts.push(fact);
  return facts;
}

const ofKind = <K extends Seen['kind']>(facts: readonly Seen[], kind: K) =>
  facts.filter((fact): fact is Extract<Seen, { kind: K }> => fact.kind === kind);
const statement = (predicateType: string, predicate: object, digest: Digest = A) =>
  JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'ghcr.io/acme/payments', digest: { sha256: digest.slice('sha256:'.length) } }],
    predicateType,
    predicate,
  });
const passed = (digest: Digest = A) =>
  statement('https://in-toto.io/attestation/test-result/v0.1', { result: 'PASSED', configuration: [{ name: 'e2e' }] }, digest);
type Said = Readonly<{ repository?: string; commit?: string; run?: string }>;
const built = ({ repository = 'https://github.com/acme/payments', commit = COMMIT, run = 'actions/runs/41/attempts/2' }: Said = {}) =>
  statement('https://slsa.dev/provenance/v1', {
    buildDefinition: {
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      externalParameters: {},
      resolvedDependencies: [{ uri: `git+${repository}@refs/heads/main`, digest: { gitCommit: commit } }],
    },
    runDetails: { builder: { id: RELEASE }, metadata: { invocationId: `${repository}/${run}` } },
  });
const withOneByteChanged = (bundle: Bundle): Bundle => {
  const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString().replace('"e2e"', '"e3e"');
  return { ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload: Buffer.from(payload).toString('base64') } };
};

describe('a bundle of somebody who is accepted', () => {
  it('is a verified test, by the run and at the time that its certificate and the log name', async () => {
    const facts = await ask(await sigstore.sign({ data: passed() }), trusting());

    expect(ofKind(facts, 'test')).toMatchObject([
      {
        gate: 'e2e',
        result: 'passed',
        trust: 'verified',
        at: sigstore.signedAt.toISOString().replace('.000', ''),
        run: { repository: 'acme/payments', id: '41', attempt: 2 },
        signature: {
          by: RELEASE,
          issuer: ISSUER,
          at: sigstore.signedAt.toISOString(),
          root: `sha256:${sha256(JSON.stringify(sigstore.trustedRoot))}`,
          verifier: '@sigstore/verify 4.1.3',
          runner: 'github-hosted',
          trigger: 'push',
        },
      },
    ]);
    expect(ofKind(facts, 'coverage').map(({ of }) => of)).toEqual(['build', 'test']);
  });

  it('is a verified build, whose commit and run are those of the certificate where the predicate names none', async () => {
    const silent = statement('https://slsa.dev/provenance/v1', { buildDefinition: { buildType: 'make' }, runDetails: {} });

    const facts = await ask(await sigstore.sign({ data: silent }), trusting());

    expect(ofKind(facts, 'build')).toMatchObject([
      {
        trust: 'verified',
        source: { repository: 'acme/payments', commit: COMMIT, ref: 'refs/heads/main' },
        run: { id: '41', attempt: 2, workflow: '.github/workflows/release.yml' },
      },
    ]);
  });

  it('is dated by a timestamp authority where no log has taken it in, as in private repositories', async () => {
    const roots = [keep('private_root.json', { ...sigstore.trustedRoot, tlogs: [] })];

    const facts = await ask(await sigstore.sign({ data: passed(), witness: 'authority' }), trusting({ roots }));

    expect(ofKind(facts, 'test')).toMatchObject([{ trust: 'verified', signature: { at: sigstore.signedAt.toISOString() } }]);
  });

  it.each<[string, Said, string]>([
    ['commit', { commit: 'f'.repeat(40) }, COMMIT],
    ['repository', { repository: 'https://github.com/acme/ledger' }, 'acme/payments'],
    ['run', { run: 'actions/runs/40/attempts/2' }, '41'],
    ['attempt', { run: 'actions/runs/41/attempts/1' }, '2'],
  ])('is no build where its predicate names another %s than its certificate', async (what, said, proven) => {
    const facts = await ask(await sigstore.sign({ data: built(said) }), trusting());

    expect(ofKind(facts, 'build')).toEqual([]);
    expect(ofKind(facts, 'gap')).toMatchObject([
      { of: 'build', because: 'untrusted', hint: expect.stringMatching(`names the ${what} .*its certificate ${proven}`) },
    ]);
  });

  it('contradicts nothing where it names what its certificate names', async () => {
    expect(ofKind(await ask(await sigstore.sign({ data: built() }), trusting()), 'build')).toMatchObject([{ trust: 'verified' }]);
  });
});

describe('a bundle that proves nothing', () => {
  it('of somebody else is a gap that names the line, him, whom we expected and what to do', async () => {
    const identity = RELEASE.replace('acme', 'mallory');

    const facts = await ask(await sigstore.sign({ data: passed(), identity }), trusting());

    expect(ofKind(facts, 'test')).toEqual([]);
    expect(ofKind(facts, 'gap')).toMatchObject([
      {
        of: 'test',
        because: 'untrusted',
        locator: `${folder}/record.sigstore.json:1`,
        hint: expect.stringContaining(`is signed by ${identity}`),
      },
    ]);
    expect(ofKind(facts, 'gap')[0]?.hint).toMatch(`accepted for test-result is ${RELEASE} (issuer ${ISSUER})`);
    expect(ofKind(facts, 'gap')[0]?.hint).toContain('`trust.accept`');
    expect(ofKind(facts, 'coverage').map(({ of }) => of)).toEqual(['build']);
  });

  it.each([true, false])('of which one byte was changed is a gap and no record, whoever is accepted or nobody', async (isTrusting) => {
    const bundle = withOneByteChanged(await sigstore.sign({ data: passed() }));

    const facts = await ask(bundle, isTrusting ? trusting() : undefined);

    expect(ofKind(facts, 'test')).toEqual([]);
    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'test', because: 'untrusted', hint: expect.stringContaining('was changed since') }]);
  });

  it('of whom nobody is accepted for it is signed, and no more', async () => {
    expect(ofKind(await ask(await sigstore.sign({ data: passed() }), undefined), 'test')).toMatchObject([{ trust: 'signed' }]);
    expect(ofKind(await ask(await sigstore.sign({ data: built() }), undefined), 'build')).toMatchObject([{ trust: 'signed' }]);
  });

  it('is signed where trust says no word of such statements, and accepts somebody for others', async () => {
    const others = trusting({ accept: [accepted({ for: ['test-result'] })] });

    expect(ofKind(await ask(await sigstore.sign({ data: built() }), others), 'build')).toMatchObject([{ trust: 'signed' }]);
  });

  it('of an image that nobody asks for leaves nothing open', async () => {
    const bundle = withOneByteChanged(await sigstore.sign({ data: passed(B) }));

    expect((await ask(bundle, trusting())).map(({ kind }) => kind)).toEqual(['coverage', 'coverage']);
  });

  it('may stand beside one that does, and takes nothing from it but the coverage', async () => {
    const [good, bad] = [await sigstore.sign({ data: passed() }), await sigstore.sign({ data: passed(), identity: 'https://evil.test' })];

    const facts = await ask(`${JSON.stringify(bad)}\n${JSON.stringify(good)}\n`, trusting());

    expect(ofKind(facts, 'test')).toMatchObject([{ trust: 'verified', locator: expect.stringMatching(/:2$/) }]);
    expect(ofKind(facts, 'gap')).toMatchObject([{ because: 'untrusted', hint: expect.stringMatching(/^Line 1: It is signed by/) }]);
  });

  it('is a claim where it is a statement that nobody has signed, whoever is accepted', async () => {
    expect(
      ofKind(await ask(built({}).replace('"metadata":{', '"metadata":{"finishedOn":"2026-03-02T09:00:00Z",'), trusting()), 'build'),
    ).toMatchObject([{ trust: 'declared' }]);
  });
});

describe('a verification summary', () => {
  const POLICY = 'https://acme.test/policies/release';
  const summary = (verificationResult = 'PASSED') =>
    statement('https://slsa.dev/verification_summary/v1', {
      verifier: { id: 'https://acme.test/verifier' },
      resourceUri: 'ghcr.io/acme/payments',
      policy: { uri: POLICY },
      verificationResult,
      verifiedLevels: [verificationResult],
      timeVerified: '2026-03-02T09:00:00Z',
    });
  const named = { for: ['verification'], verifier: 'https://acme.test/verifier', policies: [POLICY], resources: ['ghcr.io/acme/*'] };

  it.each([
    ['PASSED', 'passed'],
    ['FAILED', 'failed'],
  ])('of a verifier that is accepted is a verified gate: %s', async (said, result) => {
    const facts = await ask(await sigstore.sign({ data: summary(said) }), trusting({ accept: [accepted(named)] }));

    expect(ofKind(facts, 'test')).toMatchObject([
      { gate: POLICY, result, trust: 'verified', subject: { digest: A }, signature: { by: RELEASE } },
    ]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['that is signed by whom nobody has named', () => sigstore.sign({ data: summary() })],
    ['that nobody has signed', () => Promise.resolve(summary())],
  ])('%s is a claim, since it may say no more than who built it', async (_, content) => {
    const facts = await ask(await content(), trusting({ accept: [accepted({ for: ['test-result'] })] }));

    expect(ofKind(facts, 'test')).toMatchObject([{ gate: POLICY, result: 'passed', trust: 'declared' }]);
  });

  it('S41 of another verifier is a gap, and no gate', async () => {
    const accept = [accepted({ ...named, verifier: 'https://acme.test/scanner' })];

    const facts = await ask(await sigstore.sign({ data: summary() }), trusting({ accept }));

    expect(ofKind(facts, 'test')).toEqual([]);
    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'test', because: 'untrusted', hint: expect.stringContaining('its verifier is') }]);
  });

  it('that lists what passed is a gate for each that is accepted', async () => {
    const data = statement('https://in-toto.io/attestation/svr/v0.2', {
      verifier: { id: 'https://acme.test/verifier', policies: [] },
      timeCreated: '2026-03-02T09:00:00Z',
      properties: ['SLSA_BUILD_LEVEL_3', 'ACME_RELEASED'],
    });

    const facts = await ask(await sigstore.sign({ data }), trusting({ accept: [accepted({ ...named, policies: ['ACME_RELEASED'] })] }));

    expect(ofKind(facts, 'test').map(({ gate }) => gate)).toEqual(['ACME_RELEASED']);
  });
});

describe('an envelope', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' });
  const keyed = (changed: object = {}) => ({ accept: [{ for: ['provenance'], key: keep('release.pub', pem(publicKey)), ...changed }] });
  const dated = built().replace('"metadata":{', '"metadata":{"finishedOn":"2026-03-02T09:00:00Z",');
  const signed = (by: KeyObject) => ({
    payload: Buffer.from(dated).toString('base64'),
    payloadType: 'application/vnd.in-toto+json',
    signatures: [
      { sig: sign('sha256', Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${dated.length} ${dated}`), by).toString('base64') },
    ],
  });

  it('that a key signed which is given is verified', async () => {
    expect(ofKind(await ask(signed(privateKey), keyed()), 'build')).toMatchObject([
      { trust: 'verified', signature: { by: `key ${folder}/release.pub` }, source: { commit: COMMIT } },
    ]);
  });

  it('that another key signed is a gap', async () => {
    const facts = await ask(signed(other.privateKey), keyed());

    expect(ofKind(facts, 'build')).toEqual([]);
    expect(ofKind(facts, 'gap')).toMatchObject([
      { of: 'build', because: 'untrusted', hint: expect.stringContaining('No key that is accepted') },
    ]);
  });

  it('is a claim where no key is given', async () => {
    expect(ofKind(await ask(signed(privateKey), undefined), 'build')).toMatchObject([{ trust: 'declared' }]);
    expect(ofKind(await ask(signed(privateKey), trusting()), 'build')).toMatchObject([{ trust: 'declared' }]);
  });

  it.each<[string, () => string | Buffer, string]>([
    ['a private key', () => privateKey.export({ type: 'pkcs8', format: 'pem' }), 'holds no public key'],
    ['text', () => 'c0ffee', 'holds no public key'],
    ['S42 of another curve', () => pem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey), 'cannot be checked: secp256k1'],
    ['S42 of RSA-PSS', () => pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey), 'cannot be checked: rsa-pss'],
    ['without end', () => 'x'.repeat((1 << 20) + 1), 'larger than 1 MiB'],
  ])('has no key that is %s', async (_, content, says) => {
    const trust = { accept: [{ for: ['provenance'], key: keep('release.pub', content().toString()) }] };

    await expect(ask(signed(privateKey), trust)).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(says) });
  });
});

describe('a trusted root of the configuration', () => {
  it('may stand among others, one a line', async () => {
    const elsewhere = { ...sigstore.trustedRoot, tlogs: [] };
    const roots = [keep('trusted_root.jsonl', [elsewhere, sigstore.trustedRoot].map((one) => `${JSON.stringify(one)}\n`).join(''))];

    const facts = await ask(await sigstore.sign({ data: passed() }), trusting({ roots }));

    expect(ofKind(facts, 'test')).toMatchObject([
      { trust: 'verified', signature: { root: `sha256:${sha256(JSON.stringify(sigstore.trustedRoot))}` } },
    ]);
  });

  it('S38 is taken where its digest is the one that is pinned', async () => {
    const roots = [
      { file: keep('pinned_root.json', sigstore.trustedRoot), digest: `sha256:${sha256(JSON.stringify(sigstore.trustedRoot))}` },
    ];

    const facts = await ask(await sigstore.sign({ data: passed() }), trusting({ roots }));

    expect(ofKind(facts, 'test')).toMatchObject([{ trust: 'verified' }]);
  });

  it.each<[string, () => unknown, string]>([
    ['S38 is not there', () => '/nowhere/trusted_root.json', 'cannot be read'],
    ['is none', () => keep('empty_root.json', '{}'), 'it is no trusted root'],
    [
      'S38 is another than the one whose digest is pinned',
      () => ({ file: keep('pinned_root.json', sigstore.trustedRoot), digest: `sha256:${'0'.repeat(64)}` }),
      `and not sha256:${'0'.repeat(64)}`,
    ],
    [
      'S38 is the one whose digest is pinned, and somebody has slipped an authority into it',
      () => {
        const { certificateAuthorities: held = [] } = sigstore.trustedRoot as { certificateAuthorities?: object[] };
        const more = { ...sigstore.trustedRoot, certificateAuthorities: [...held, ...held] };
        return { file: keep('more_root.json', more), digest: `sha256:${sha256(JSON.stringify(sigstore.trustedRoot))}` };
      },
      'Somebody has changed it',
    ],
  ])('that %s is a mistake of the configuration', async (_, root, says) => {
    const asking = ask(passed(), trusting({ roots: [root()] }));

    const { code, exitCode, message, hint } = await asking.then(
      () => expect.unreachable('it was taken'),
      (error: unknown) => error as AuditError,
    );
    expect([code, exitCode, `${message} ${hint}`]).toEqual(['CONFIG_INVALID', 2, expect.stringContaining(says)]);
  });

  it.each<[string, object, string]>([
    ['nobody', { roots: ['root.json'], accept: [] }, 'accepts nobody'],
    ['an identity without a root', { accept: [accepted()] }, 'name the trusted root'],
    ['an identity without its issuer', { roots: ['root.json'], accept: [accepted({ issuer: undefined })] }, 'issuer'],
    [
      'an identity of any text',
      { roots: ['root.json'], accept: [accepted({ identity: 'https://github.com/acme/*' })] },
      'letter by letter',
    ],
    ['an empty identity', { roots: ['root.json'], accept: [accepted({ identity: '' })] }, 'identity'],
    ['somebody for nothing', { roots: ['root.json'], accept: [accepted({ for: [] })] }, 'for what it is accepted'],
    ['somebody for what does not exist', { roots: ['root.json'], accept: [accepted({ for: ['builds'] })] }, 'test-result'],
    ['a misspelt condition', { roots: ['root.json'], accept: [accepted({ repo: 'acme/payments' })] }, 'repo'],
  ])('cannot accept %s', (_, trust, says) => {
    const parsed = records.config.safeParse({ files: ['records.jsonl'], trust });

    const [issue] = parsed.error?.issues ?? [];
    expect(`${issue?.path.join('.')} ${issue?.message}`).toContain(says);
  });
});
