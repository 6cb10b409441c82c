import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ECR_HOST, type FakeEcr, lookUpEcr, startEcr } from '../../fakes/ecr.ts';

const GONE = `sha256:${'9'.repeat(64)}`;

let fake: FakeEcr;

beforeEach(async () => {
  fake = await startEcr();
});
afterEach(() => fake.stop());

describe('a repository that a pull-through rule fills', () => {
  it.each([
    ['docker-hub/library/redis', ['docker-hub']],
    ['mirrors/ghcr/acme/checkout', ['quay', 'mirrors/ghcr']],
  ])('has lost nothing that it does not hold now: %s', async (repository, pullThrough) => {
    const facts = await lookUpEcr(fake, { digests: { [GONE]: [repository] }, arePulled: true }, { pullThrough });

    expect(facts.filter(({ kind }) => kind === 'presence')).toEqual([]);
    expect(facts.filter(({ kind }) => kind === 'gap')).toContainEqual(
      expect.objectContaining({
        because: 'unsupported',
        hint: `${ECR_HOST}/${repository}@${GONE} is fetched from its origin when it is pulled: map the prefix under \`mirrors\`, and read the origin with a source of its own.`,
      }),
    );
  });

  it.each([
    ['UpstreamAccessDenied', 'forbidden', 'renew the secret of the pull-through rule'],
    ['UpstreamTooManyRequests', 'rate-limited', 'scan later'],
    ['UpstreamUnavailable', 'unreachable', 'look at the pull-through rule'],
  ])('is not known to hold what its origin keeps from it: %s', async (failureCode, because, hint) => {
    fake.reply(({ action }) =>
      action === 'BatchGetImage'
        ? { status: 200, body: { images: [], failures: [{ imageId: { imageDigest: GONE }, failureCode }] } }
        : undefined,
    );

    const facts = await lookUpEcr(fake, { digests: { [GONE]: ['docker-hub/library/redis'] }, arePulled: true });

    expect(facts.filter(({ kind }) => kind === 'presence')).toEqual([]);
    expect(facts.filter(({ kind }) => kind === 'gap')).toContainEqual(
      expect.objectContaining({ because, hint: expect.stringContaining(hint) }),
    );
  });

  it('holds what it holds', async () => {
    const { digest } = fake.image('docker-hub/library/redis');

    const facts = await lookUpEcr(
      fake,
      { digests: { [digest]: ['docker-hub/library/redis'] }, arePulled: true },
      { pullThrough: ['docker-hub'] },
    );

    expect(facts.filter(({ kind }) => kind === 'presence')).toMatchObject([{ digest, is: 'held' }]);
  });

  it('is none that only begins alike', async () => {
    const asked = { digests: { [GONE]: ['docker-hubris/redis'] }, arePulled: true };

    const facts = await lookUpEcr(fake, asked, { pullThrough: ['docker-hub'] });

    expect(facts.filter(({ kind }) => kind === 'presence')).toMatchObject([{ is: 'gone' }]);
  });
});
