import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import type { Digest } from '../../src/domain/digest.ts';
import { openEdge } from '../fakes/edge.ts';
import { type FakeGithub, idOf, lookUpGithub, startGithub, TOKEN } from '../fakes/github.ts';
import { bundleOf, CERTIFIED_AT, REAL_BUNDLE, snappy, testResultOf } from '../fakes/github-bundle.ts';
import { digestOf } from '../fakes/registry.ts';
import { ISSUER, RELEASE, startSigstore } from '../fakes/sigstore.ts';

const PAYMENTS = digestOf('payments');
const ID = idOf('acme/payments');
const COMMIT = 'c0ffee'.padEnd(40, '0');

let fake: FakeGithub;

beforeEach(async () => {
  fake = await startGithub();
});
afterEach(() => fake.stop());

const ofKind = <K extends Seen['kind']>(facts: readonly Seen[], kind: K) =>
  facts.filter((fact): fact is Extract<Seen, { kind: K }> => fact.kind === kind);
const lookUp = (digests: Readonly<Record<string, readonly string[]>>, config: object = {}) =>
  lookUpGithub(fake, { digests }, { attestations: 'true', ...config });
const bundle = (said: object = {}) => bundleOf({ digest: PAYMENTS, repositoryId: ID, ...said });
const store = (said: object = {}) => fake.attest('acme', PAYMENTS, { bundle: bundle(said) }, ID);
const seen = { [PAYMENTS]: ['ghcr.io/acme/payments'] };

describe('an attestation in the store of GitHub', () => {
  it('is a build, of a run and its attempt, from a commit', async () => {
    store();

    expect(ofKind(await lookUp(seen), 'build')).toEqual([
      {
        kind: 'build',
        bytes: expect.stringMatching(/^sha256:/),
        locator: `attestation of ${PAYMENTS} in the store of acme, by repository ${ID}`,
        at: '2026-03-01T09:12:00Z',
        run: {
          platform: 'github-actions',
          repository: 'acme/payments',
          id: '57',
          attempt: 1,
          url: 'https://github.com/acme/payments/actions/runs/57/attempts/1',
          workflow: '.github/workflows/ci.yml',
        },
        source: { repository: 'acme/payments', commit: COMMIT, ref: 'refs/heads/main' },
        outputs: [{ image: { registry: 'ghcr.io', repository: 'acme/payments' }, digest: PAYMENTS, role: 'unknown' }],
        pushed: 'unknown',
        base: [],
        builder: 'https://github.com/acme/payments/.github/workflows/ci.yml@refs/heads/main',
        arguments: {},
        trust: 'signed',
      },
    ]);
  });

  it.each([
    ['in a block of Snappy', (text: string) => snappy(text)],
    ['as it is', (text: string) => text],
  ])('is fetched from where it is kept, %s, and without the token', async (_, pack) => {
    fake.attest('acme', PAYMENTS, { stored: pack(JSON.stringify(bundle())) }, ID);
    const edge = openEdge({ secrets: { TEA_TOKEN: TOKEN } });

    const facts = await lookUp(seen, { edge });

    expect(ofKind(facts, 'build')).toMatchObject([{ run: { id: '57' }, trust: 'signed' }]);
    expect(fake.downloads.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    expect([edge.concealed.includes('?sig=s3cr3t-signature'), JSON.stringify(facts).includes('s3cr3t')]).toEqual([true, false]);
  });

  it('C08 tells one digest that two attempts made as two builds', async () => {
    store();
    store({ run: '57/attempts/2' });

    expect(ofKind(await lookUp(seen), 'build').map(({ run }) => run?.attempt)).toEqual([1, 2]);
  });

  it('leads to the gates of its commit in the same round', async () => {
    store();
    fake.run('acme/payments', { id: 57, head_sha: COMMIT });
    fake.job('acme/payments', { id: 1, run_id: 57, name: 'e2e' });

    expect(ofKind(await lookUp(seen), 'test')).toMatchObject([{ gate: 'e2e', subject: { commit: COMMIT } }]);
  });

  it('is a test of the digest, where it is a test result', async () => {
    fake.attest('acme', PAYMENTS, { bundle: testResultOf(PAYMENTS, 'e2e', 'FAILED') }, ID);

    expect(ofKind(await lookUp(seen), 'test')).toMatchObject([
      { gate: 'e2e', subject: { digest: PAYMENTS }, result: 'failed', at: '2026-03-01T09:12:00Z', trust: 'declared' },
    ]);
  });

  it('names the digest as it was seen, where it names no registry', async () => {
    store({ name: 'payments' });

    const [build] = ofKind(await lookUp({ [PAYMENTS]: ['registry.test/payments', 'mirror.test/payments'] }), 'build');

    expect(build?.outputs.map(({ image }) => image.registry)).toEqual(['registry.test', 'mirror.test']);
  });

  it('is dated by its certificate, where no log took it in', async () => {
    store({ loggedAt: null });

    expect(ofKind(await lookUp(seen), 'build')).toMatchObject([{ at: CERTIFIED_AT, trust: 'signed' }]);
  });

  it('is verified, where whoever signed it is accepted; its run is that of the certificate', async () => {
    const sigstore = await startSigstore();
    const root = path.join(await mkdtemp(path.join(tmpdir(), 'selfsame-')), 'root.json');
    await writeFile(root, JSON.stringify(sigstore.trustedRoot));
    const { dsseEnvelope } = bundle({ run: '41/attempts/2' }) as { dsseEnvelope: { payload: string } };
    const signed = await sigstore.sign({ data: Buffer.from(dsseEnvelope.payload, 'base64').toString() });
    fake.attest('acme', PAYMENTS, { bundle: signed }, ID);
    const trust = (identity: string) => ({ roots: [root], accept: [{ for: ['provenance'], issuer: ISSUER, identity }] });

    const [accepted, refused] = [await lookUp(seen, { trust: trust(RELEASE) }), await lookUp(seen, { trust: trust('somebody') })];

    expect(ofKind(accepted, 'build')).toMatchObject([{ trust: 'verified', run: { id: '41', attempt: 2 }, signature: { by: RELEASE } }]);
    expect(refused).toMatchObject([
      { kind: 'gap', of: 'build', because: 'untrusted', hint: expect.stringMatching(/accepted for provenance/) },
    ]);
    await sigstore.close();
  });

  it('is a claim, where nobody signed it', async () => {
    store({ material: { tlogEntries: [{ integratedTime: '1772356320' }] } });

    expect(ofKind(await lookUp(seen), 'build')).toMatchObject([{ trust: 'declared' }]);
  });

  it('is read as GitHub really wrote it; where neither it nor anybody else names an image, it is a gap', async () => {
    const digest = 'sha256:afa27b44d43b02a9fea41d13cedc2e4016cfcf87c5dbf990e593669aa8ce286d' as Digest;
    fake.attest('too-legit', digest, { bundle: JSON.parse(REAL_BUNDLE) }, 851_894_824);

    const [named, nameless] = [
      await lookUp({ [digest]: ['ghcr.io/too-legit/attest'] }, { repositories: ['too-legit/*'] }),
      await lookUp({ [digest]: [] }, { repositories: ['too-legit/*'] }),
    ];

    expect(named).toMatchObject([{ kind: 'build', run: { repository: 'too-legit/attest', id: '10818226125', attempt: 1 } }]);
    expect(nameless).toMatchObject([{ kind: 'gap', of: 'build', because: 'unsupported', hint: expect.stringMatching(/subject-name/) }]);
  });
});

describe('a verification in the store of GitHub', () => {
  const SUMMARY = 'https://slsa.dev/verification_summary/v1';
  const POLICY = 'https://acme.test/policies/release';

  it('is a verified gate where its verifier and policy are named, and is not asked for where nobody is accepted for it', async () => {
    const sigstore = await startSigstore();
    const root = path.join(await mkdtemp(path.join(tmpdir(), 'selfsame-')), 'root.json');
    await writeFile(root, JSON.stringify(sigstore.trustedRoot));
    const verifier = 'https://acme.test/verifier';
    const predicate = {
      verifier: { id: verifier },
      policy: { uri: POLICY },
      resourceUri: 'ghcr.io/acme/payments',
      verificationResult: 'PASSED',
    };
    const subject = [{ name: 'payments', digest: { sha256: PAYMENTS.slice('sha256:'.length) } }];
    const data = JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType: SUMMARY, predicate });
    fake.attest('acme', PAYMENTS, { bundle: await sigstore.sign({ data }) }, ID);
    await sigstore.close();
    const signer = { issuer: ISSUER, identity: RELEASE };
    const named = { for: ['verification'], ...signer, verifier, policies: [POLICY], resources: ['ghcr.io/acme/*'] };

    const verified = ofKind(await lookUp(seen, { trust: { roots: [root], accept: [named] } }), 'test');
    const unnamed = await lookUp(seen, { trust: { roots: [root], accept: [{ for: ['provenance'], ...signer }] } });

    expect(verified).toMatchObject([
      { gate: POLICY, result: 'passed', trust: 'verified', subject: { digest: PAYMENTS }, run: { id: '41' } },
    ]);
    expect(unnamed).toEqual([]);
  });
});

describe('what is asked', () => {
  const digests = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, nth) => [digestOf(`${nth}`), ['ghcr.io/acme/payments']]));
  const asked = () => fake.calls.map(({ method, path, query }) => `${method} ${path} ${query.get('per_page')}`);

  it('is one request for 1,024 digests, of each type', async () => {
    expect(await lookUp(digests(1024))).toEqual([]);
    expect(asked()).toEqual(Array(2).fill('POST /orgs/acme/attestations/bulk-list 100'));

    fake.calls.length = 0;
    await lookUp(digests(1025));

    expect(asked()).toHaveLength(4);
  });

  it('is one more for every further hundred answers', async () => {
    for (const nth of Array.from({ length: 250 }).keys()) store({ run: `${nth + 1}/attempts/1` });

    const builds = ofKind(await lookUp(seen), 'build');

    expect(builds).toHaveLength(250);
    expect(asked().filter((path) => path.startsWith('POST'))).toHaveLength(4);
  });

  it('is what 120 digests of 40 commits in 4 repositories cost, and nothing twice', async () => {
    const digest = (nth: number) => digestOf(`payments ${nth}`);
    for (const nth of Array.from({ length: 120 }).keys()) {
      const [repository, commit] = [`acme/shop-${nth % 4}`, `${(nth % 40) + 10}`.padEnd(40, '0')];
      fake.attest(
        'acme',
        digest(nth),
        { bundle: bundleOf({ digest: digest(nth), repository, repositoryId: idOf(repository), commit }) },
        idOf(repository),
      );
      if (nth >= 40) continue;
      fake.run(repository, { id: 100 + nth, head_sha: commit });
      fake.job(repository, { id: nth, run_id: 100 + nth, name: 'e2e' }, 'npm test\n');
    }

    const facts = await lookUp(Object.fromEntries(Array.from({ length: 120 }, (_, nth) => [digest(nth), []])));

    const spent = Map.groupBy(fake.calls, ({ path: called }) => called.split('/').at(-1) ?? '');
    expect(ofKind(facts, 'build')).toHaveLength(120);
    expect(ofKind(facts, 'gap')).toEqual([]);
    expect(Object.fromEntries([...spent].map(([what, calls]) => [what, calls.length]))).toEqual({
      'bulk-list': 3,
      runs: 40,
      jobs: 40,
      logs: 40,
    });
    expect(new Set(fake.calls.map(({ method, path, query, body }) => JSON.stringify([method, path, [...query], body]))).size).toBe(
      fake.calls.length,
    );
  });

  it('is a user, where GitHub knows no such organization', async () => {
    fake.user('acme');
    store();

    expect(ofKind(await lookUp(seen), 'build')).toHaveLength(1);
  });

  it.each([
    ['a server that keeps none', { attestations: undefined }],
    ['bases alone', {}],
  ])('is nothing: %s', async (what, config) => {
    const wanted = what === 'bases alone' ? {} : seen;

    expect(await lookUp(wanted, config)).toEqual([]);
    expect(fake.calls).toEqual([]);
  });
});

describe('an attestation that counts for nothing', () => {
  it.each<[string, object, number, string]>([
    ['of another digest', { digest: digestOf('checkout') }, ID, 'untrusted'],
    ['C09 of another repository of the same name', { repositoryId: 666 }, ID, 'untrusted'],
    ['C09 of another owner, without a number', { repositoryId: undefined, repository: 'evil/payments' }, ID, 'untrusted'],
    ['that was changed since it was signed', { isChanged: true }, ID, 'untrusted'],
    ['that dates itself by nothing', { material: { certificate: { rawBytes: 'bm9uZQ==' } } }, ID, 'unsupported'],
  ])('is a gap: %s', async (_, said, repositoryId, because) => {
    fake.attest('acme', PAYMENTS, { bundle: bundle(said) }, repositoryId);

    const facts = await lookUp(seen);

    expect(facts).toMatchObject([{ kind: 'gap', of: 'build', because, locator: expect.stringContaining(PAYMENTS) }]);
  });

  it.each([
    ['C14 a block that says it is larger than what is read', Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0]), 'too-large'],
    ['a block that is broken', Buffer.from([9, 1, 2, 3]), 'malformed'],
    ['what is no JSON', Buffer.from('{"mediaType":'), 'malformed'],
    ['a key twice', Buffer.from('{"mediaType":"a","mediaType":"b"}'), 'malformed'],
  ])('is a gap where it is kept: %s', async (_, stored, because) => {
    fake.attest('acme', PAYMENTS, { stored }, ID);
    store();

    const facts = await lookUp(seen);

    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'build', because, hint: expect.stringMatching(/^Look at what it is/) }]);
    expect(ofKind(facts, 'build')).toHaveLength(1);
  });

  it('is fetched from no private address, and from no host without TLS', async () => {
    const entry = (address: string) => ({ bundle: null, bundle_url: address, repository_id: ID });
    fake.reply(({ body }) => {
      const isBuild = body['predicate_type'] === 'provenance';
      const list = isBuild ? [entry('http://169.254.169.254/latest?token=s3cr3t'), entry('http://evil.example/x')] : [];
      return { status: 200, body: { attestations_subject_digests: [{ [PAYMENTS]: list }], page_info: { has_next: false } } };
    });

    const facts = await lookUp(seen);

    expect(facts.map((fact) => (fact.kind === 'gap' ? fact.because : fact.kind))).toEqual(['untrusted', 'untrusted']);
    expect(JSON.stringify(facts)).not.toContain('s3cr3t');
  });

  it.each<[string, object, string]>([
    ['is kept nowhere', { bundle: null, bundle_url: null }, 'unsupported'],
    ['holds a number that has no end', { bundle: { mediaType: 9007199254740993000 } }, 'malformed'],
  ])('leaves the others alone where one %s', async (_, odd, because) => {
    store();
    fake.reply(({ body }) => {
      if (body['predicate_type'] !== 'provenance') return undefined;
      const list = [
        { ...odd, repository_id: ID },
        { bundle: bundle(), repository_id: ID },
      ];
      return { status: 200, body: { attestations_subject_digests: { [PAYMENTS]: list } } };
    });

    const facts = await lookUp(seen);

    expect(facts.map((fact) => (fact.kind === 'gap' ? fact.because : fact.kind))).toEqual(['build', because]);
  });

  it('C16 is a gap where it was not asked for', async () => {
    fake.reply(() => ({
      status: 200,
      body: { attestations_subject_digests: { [digestOf('checkout')]: [{ bundle: {}, repository_id: ID }] } },
    }));

    expect(await lookUp(seen)).toMatchObject(['build', 'test'].map((of) => ({ kind: 'gap', of, because: 'untrusted' })));
  });

  it('S39 is one of very many: a thousand of a digest are read, and that there are more leaves builds open', async () => {
    const often = bundle();
    for (let nth = 0; nth < 1001; nth++) fake.attest('acme', PAYMENTS, { bundle: often }, ID);
    const checkout = digestOf('checkout');
    fake.attest('acme', checkout, { bundle: bundleOf({ digest: checkout, repositoryId: ID }) }, ID);

    const facts = await lookUp({ ...seen, [checkout]: ['ghcr.io/acme/checkout'] });

    const hint = expect.stringContaining('no more than 1000 attestations');
    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'build', because: 'too-large', locator: expect.stringContaining(PAYMENTS), hint }]);
    const builtOf = (of: string) => ofKind(facts, 'build').filter(({ outputs }) => outputs[0]?.digest === of).length;
    expect([builtOf(PAYMENTS), builtOf(checkout)]).toEqual([1000, 1]);
  });

  it('is a gap where the list does not end', async () => {
    fake.reply(() => ({ status: 200, body: { attestations_subject_digests: {}, page_info: { has_next: true, next: 'again' } } }));

    expect(await lookUp(seen)).toMatchObject(['build', 'test'].map((of) => ({ kind: 'gap', of, because: 'malformed' })));
    expect(fake.calls).toHaveLength(4);
  });

  it('is not known where the token may not read it, and the hint names the permission', async () => {
    fake.reply(() => ({ status: 403, body: { message: 'Resource not accessible by integration' } }));

    expect(await lookUp(seen)).toMatchObject(
      ['build', 'test'].map((of) => ({
        kind: 'gap',
        of,
        because: 'forbidden',
        hint: 'Grant the token Attestations: read on the repositories of acme.',
      })),
    );
  });
});
