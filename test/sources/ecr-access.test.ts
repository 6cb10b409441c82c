import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import ecr from '../../src/sources/ecr.ts';
import { ECR_HOST, type FakeEcr, lookUpEcr, startEcr } from '../fakes/ecr.ts';
import { openEdge } from '../fakes/edge.ts';
import { type FakeSts, keyOf, OWN_SECRET, ROLE_SECRET, ROLE_TOKEN, refusedBySts, startSts } from '../fakes/sts.ts';

const ROLE = 'arn:aws:iam::210987654321:role/audit/selfsame';
const OWN = { AWS_ACCESS_KEY_ID: 'AKIATEATEATEATEATEA', AWS_SECRET_ACCESS_KEY: OWN_SECRET };

let fake: FakeEcr;
let sts: FakeSts;
let folder: string;

beforeEach(async () => {
  [fake, sts] = await Promise.all([startEcr(), startSts()]);
  folder = await mkdtemp(path.join(tmpdir(), 'selfsame-'));
  // What the SDK would find in the home of whoever runs the tests.
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, path.join(folder, name));
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all([fake.stop(), sts.stop(), rm(folder, { recursive: true })]);
});

const gapsIn = (facts: readonly Seen[]) => facts.filter((fact) => fact.kind === 'gap');
const imagesIn = (facts: readonly Seen[]) => facts.filter((fact) => fact.kind === 'manifest');
const edgeWith = (secrets: Readonly<Record<string, string>>) => openEdge({ secrets });
const signers = () => [...new Set(fake.signers)];

/** One image, and the way it is asked for. */
function shop() {
  return { digests: { [fake.image('payments/checkout').digest]: ['payments/checkout'] } };
}

describe('a role that is to be assumed', () => {
  const edgeOfSts = () => edgeWith({ ...OWN, AWS_ENDPOINT_URL_STS: sts.endpoint });

  it('signs every call to ECR, and is asked for once, by whoever the scan is', async () => {
    const asked = shop();
    const assumeRole = { roleArn: ROLE, externalId: 'acme:payments/7', sessionName: 'audit' };

    const facts = await lookUpEcr(fake, asked, { edge: edgeOfSts(), assumeRole });

    expect(imagesIn(facts)).toHaveLength(1);
    expect(sts.calls).toEqual([
      {
        Action: 'AssumeRole',
        Version: '2011-06-15',
        RoleArn: ROLE,
        RoleSessionName: 'audit',
        ExternalId: 'acme:payments/7',
        signedBy: OWN.AWS_ACCESS_KEY_ID,
      },
    ]);
    expect(signers()).toEqual([keyOf(ROLE)]);
  });

  it('is another for each account and region', async () => {
    const ROLE_2 = 'arn:aws:iam::123456789012:role/auditor';
    const registry = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
    const asked = shop();
    const edge = edgeOfSts();

    await lookUpEcr(fake, asked, { edge, assumeRole: { roleArn: ROLE } });
    const wanted = { digests: [], tags: [{ registry, repository: 'payments/checkout', tag: 'spring' }], commits: [], lines: [] };
    const config = ecr.config.parse({ registry, endpoint: fake.endpoint, cache: 'off', assumeRole: { roleArn: ROLE_2 } });
    for await (const _ of ecr.observe(config, wanted, edge));

    expect(sts.calls.map(({ RoleArn, ExternalId, RoleSessionName }) => [RoleArn, ExternalId, RoleSessionName])).toEqual([
      [ROLE, undefined, 'selfsame'],
      [ROLE_2, undefined, 'selfsame'],
    ]);
    expect(signers()).toEqual([keyOf(ROLE), keyOf(ROLE_2)]);
    const accounts = fake.calls.map(({ input }) => input['registryId']);
    expect([accounts[0], accounts.at(-1)]).toEqual(['210987654321', '123456789012']);
  });

  it('is asked for again where its credentials are about to expire', async () => {
    sts.lasting(60_000);

    const facts = await lookUpEcr(fake, shop(), { edge: edgeOfSts(), assumeRole: { roleArn: ROLE } });

    expect(imagesIn(facts)).toHaveLength(1);
    expect(sts.calls.length).toBeGreaterThan(1);
  });

  it('has its credentials struck out of everything, and those that it is assumed with', async () => {
    const edge = edgeOfSts();

    await lookUpEcr(fake, shop(), { edge, assumeRole: { roleArn: ROLE } });

    expect(edge.concealed).toEqual(expect.arrayContaining([OWN.AWS_SECRET_ACCESS_KEY, ROLE_SECRET, ROLE_TOKEN]));
  });

  it.each([
    ['AccessDenied', 403, 'forbidden', `Allow sts:AssumeRole on ${ROLE} to the identity of this scan`],
    ['ExpiredToken', 403, 'unauthenticated', 'have expired'],
    ['SignatureDoesNotMatch', 403, 'unauthenticated', 'the clock of this machine'],
    ['Throttling', 400, 'rate-limited', 'Scan later'],
    ['constructor', 400, 'unreachable', 'is the STS of AWS'],
  ])('and that STS refuses with %s is a gap: nothing is asked of ECR', async (code, status, because, hint) => {
    sts.reply(() => refusedBySts(code, status));

    const facts = await lookUpEcr(fake, shop(), { edge: edgeOfSts(), assumeRole: { roleArn: ROLE } });

    expect(gapsIn(facts)).toMatchObject([{ of: 'content', because, hint: expect.stringContaining(hint) }]);
    expect(JSON.stringify(facts)).not.toContain('secret-name');
    expect(fake.calls).toEqual([]);
  });

  it('is not assumed with another secret than that of the key', async () => {
    const edge = edgeWith({ ...OWN, AWS_SECRET_ACCESS_KEY: 'earl-grey-cold', AWS_ENDPOINT_URL_STS: sts.endpoint });

    const facts = await lookUpEcr(fake, shop(), { edge, assumeRole: { roleArn: ROLE } });

    expect(gapsIn(facts)).toMatchObject([{ because: 'unauthenticated' }]);
  });

  it.each(['<html>login</html>', '', '<AccessKeyId>ASIATEA</AccessKeyId>'])('is not assumed by %j', async (body) => {
    sts.reply(() => ({ status: 200, body }));

    const facts = await lookUpEcr(fake, shop(), { edge: edgeOfSts(), assumeRole: { roleArn: ROLE } });

    expect(gapsIn(facts)).toMatchObject([{ because: 'malformed' }]);
    expect(fake.calls).toEqual([]);
  });

  it('is asked for over TLS alone, but for this machine', async () => {
    const edge = edgeWith({ ...OWN, AWS_ENDPOINT_URL_STS: 'http://sts.acme.test' });

    const asked = lookUpEcr(fake, shop(), { edge, assumeRole: { roleArn: ROLE } });

    await expect(asked).rejects.toMatchObject({ code: 'CONFIG_INVALID', hint: expect.stringContaining('https') });
  });

  it.each([
    { roleArn: 'selfsame' },
    { roleArn: 'arn:aws:iam::210987654321:user/selfsame' },
    { roleArn: ROLE, externalId: 'a b' },
    { roleArn: ROLE, sessionName: '' },
    {},
  ])('is not %j', (assumeRole) => {
    expect(ecr.config.safeParse({ registry: ECR_HOST, assumeRole }).success).toBe(false);
  });
});

describe('without a key in its environment a scan is', () => {
  it('the role of its service account (IRSA), or that of its workflow (OIDC)', async () => {
    const token = path.join(folder, 'token');
    await writeFile(token, 'header.payload.signature');
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', token);
    vi.stubEnv('AWS_ROLE_ARN', ROLE);
    vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.endpoint);

    const facts = await lookUpEcr(fake, shop(), { edge: edgeWith({}) });

    expect(imagesIn(facts)).toHaveLength(1);
    expect(sts.calls).toMatchObject([{ Action: 'AssumeRoleWithWebIdentity', RoleArn: ROLE, WebIdentityToken: 'header.payload.signature' }]);
    expect(sts.calls[0]?.signedBy).toBeUndefined();
    expect(signers()).toEqual([keyOf(ROLE)]);
  });

  it('the Pod Identity of its pod', async () => {
    const token = path.join(folder, 'token');
    await writeFile(token, 'token-of-the-pod');
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${sts.endpoint}/v1/credentials`);
    vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', token);
    const edge = edgeWith({});

    const facts = await lookUpEcr(fake, shop(), { edge });

    expect(imagesIn(facts)).toHaveLength(1);
    expect(sts.podTokens).toEqual(['token-of-the-pod']);
    expect(signers()).toEqual([keyOf('pod')]);
    expect(edge.concealed).toEqual(expect.arrayContaining([ROLE_SECRET, ROLE_TOKEN]));
  });

  it('a role that its service account assumes in another account', async () => {
    const token = path.join(folder, 'token');
    await writeFile(token, 'header.payload.signature');
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', token);
    vi.stubEnv('AWS_ROLE_ARN', 'arn:aws:iam::123456789012:role/pod');
    vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.endpoint);

    await lookUpEcr(fake, shop(), { edge: edgeWith({ AWS_ENDPOINT_URL_STS: sts.endpoint }), assumeRole: { roleArn: ROLE } });

    expect(sts.calls).toMatchObject([
      { Action: 'AssumeRoleWithWebIdentity' },
      { Action: 'AssumeRole', RoleArn: ROLE, signedBy: keyOf('arn:aws:iam::123456789012:role/pod') },
    ]);
    expect(signers()).toEqual([keyOf(ROLE)]);
  });

  it('the role of a profile', async () => {
    const profile = ['[profile audit]', `role_arn = ${ROLE}`, 'external_id = acme', 'source_profile = base', 'region = eu-west-1'];
    const base = ['[profile base]', `aws_access_key_id = ${OWN.AWS_ACCESS_KEY_ID}`, `aws_secret_access_key = ${OWN_SECRET}`];
    await writeFile(path.join(folder, 'AWS_CONFIG_FILE'), [...profile, ...base, ''].join('\n'));
    vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.endpoint);

    const facts = await lookUpEcr(fake, shop(), { edge: edgeWith({}), profile: 'audit' });

    expect(imagesIn(facts)).toHaveLength(1);
    expect(sts.calls).toMatchObject([{ Action: 'AssumeRole', RoleArn: ROLE, ExternalId: 'acme', signedBy: OWN.AWS_ACCESS_KEY_ID }]);
    expect(signers()).toEqual([keyOf(ROLE)]);
  });

  it('nobody, and says so', async () => {
    const facts = await lookUpEcr(fake, shop(), { edge: edgeWith({}) });

    expect(gapsIn(facts)).toMatchObject([{ because: 'unauthenticated', hint: expect.stringContaining('a role of its pod or runner') }]);
    expect(fake.calls).toEqual([]);
  });
});
