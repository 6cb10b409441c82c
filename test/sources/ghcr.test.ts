import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import source from '../../src/sources/ghcr.ts';
import { openEdge } from '../fakes/edge.ts';
import { standInForGh } from '../fakes/gh.ts';
import { type FakePackages, lookUpPackages, refusedBy, startPackages, TOKEN } from '../fakes/github-packages.ts';
import { digestOf } from '../fakes/registry.ts';

const PAYMENTS = digestOf('payments');
const OLDER = digestOf('payments of yesterday');

const gh = standInForGh();
let fake: FakePackages;

beforeEach(async () => {
  fake = await startPackages();
  fake.push('acme/payments', OLDER, ['1.4', 'main']);
  fake.push('acme/payments', PAYMENTS, ['1.5', 'main']);
});
afterEach(() => fake.stop());

const ofKind = <K extends Seen['kind']>(facts: readonly Seen[], kind: K) =>
  facts.filter((fact): fact is Extract<Seen, { kind: K }> => fact.kind === kind);
const coveredIn = (facts: readonly Seen[]) => ofKind(facts, 'coverage').map(({ scope }) => scope.repository);
const fillWith = (count: number) => {
  for (let nth = 0; nth < count; nth++) fake.push('acme/payments', digestOf(`build ${nth}`), [`build-${nth}`]);
};

describe('a tag of a package', () => {
  it('names the version that it is on now', async () => {
    const facts = await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:main', 'ghcr.io/acme/payments:1.4'] });

    expect(ofKind(facts, 'tag')).toMatchObject([
      { image: { registry: 'ghcr.io', repository: 'acme/payments', tag: '1.4' }, digest: OLDER },
      { image: { tag: 'main' }, digest: PAYMENTS, locator: `${fake.apiUrl}/orgs/acme/packages/container/payments/versions` },
    ]);
    expect(coveredIn(facts)).toEqual(['acme/payments']);
  });

  it('names the index alone, in a listing that was recorded: its members lie beside it without a tag, and nothing says whose they are', async () => {
    const versions = JSON.parse(readFileSync(new URL('../../fixtures/github/package-versions.json', import.meta.url), 'utf8'));
    fake.reply(({ page }) => ({ status: 200, body: page === 1 ? versions : [] }));

    const facts = await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:multi-arch'] });

    expect(ofKind(facts, 'tag')).toMatchObject([
      { digest: 'sha256:e8530d7d4c44954276715032c027882a2569318bb7f79c5a4fce6c80c0c1018e', image: { tag: 'multi-arch' } },
    ]);
    expect(facts.map(({ kind }) => kind)).toEqual(['tag', 'coverage']);
  });

  it('is dated by no push: it may have been moved long after', async () => {
    const [tag] = ofKind(await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:1.4'] }), 'tag');

    expect(tag).not.toHaveProperty('pushedAt');
    expect(tag).not.toHaveProperty('immutable');
  });

  it('that is not there is one gap, with what to do; the others are read', async () => {
    const facts = await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:main', 'ghcr.io/acme/payments:9.9'] });

    expect(ofKind(facts, 'tag')).toHaveLength(1);
    expect(ofKind(facts, 'gap')).toMatchObject([
      { of: 'tag', because: 'not-found', hint: expect.stringContaining('payments:9.9'), scope: { repository: 'acme/payments' } },
    ]);
    expect(coveredIn(facts)).toEqual([]);
  });

  it('is looked for on every page, and no further than it lies', async () => {
    fillWith(250);

    await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:build-120'] });
    const near = fake.calls.length;
    const facts = await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:1.4'] });

    expect(near).toBe(2);
    expect(ofKind(facts, 'tag')).toMatchObject([{ digest: OLDER }]);
    expect(fake.calls.map(({ page }) => page)).toEqual([1, 2, 1, 2, 3]);
  });

  it('is not missing because a page is short: only an empty one is the last', async () => {
    const version = (digest: string, tags: readonly string[]) => {
      return { name: digest, created_at: '2026-03-01T09:00:00Z', metadata: { container: { tags } } };
    };
    fake.reply(({ page }) => ({ status: 200, body: [[version(PAYMENTS, ['1.5'])], [version(OLDER, ['1.4'])]][page - 1] ?? [] }));

    const facts = await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:1.4'] });

    expect(ofKind(facts, 'tag')).toMatchObject([{ digest: OLDER }]);
  });

  it('names nothing for sure where a version lost it between two pages', async () => {
    const version = (tags: readonly string[]) => {
      return { name: PAYMENTS, created_at: '2026-03-01T09:00:00Z', metadata: { container: { tags } } };
    };
    fake.reply(({ page }) => ({ status: 200, body: [version(page === 1 ? ['1.5', 'main'] : ['1.5'])] }));

    const facts = await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:main', 'ghcr.io/acme/payments:1.4'] });

    expect(ofKind(facts, 'tag')).toEqual([]);
    expect(ofKind(facts, 'gap')).toMatchObject([{ because: 'incomplete', hint: expect.stringContaining('Scan again') }]);
  });

  it('that two versions are listed under is a gap', async () => {
    const version = (digest: string) => ({ name: digest, created_at: '2026-03-01T09:00:00Z', metadata: { container: { tags: ['main'] } } });
    fake.reply(() => ({ status: 200, body: [version(PAYMENTS), version(OLDER)] }));

    const facts = await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:main'] });

    expect(ofKind(facts, 'tag')).toEqual([]);
    expect(ofKind(facts, 'gap')).toMatchObject([{ because: 'incomplete', hint: expect.stringContaining('Scan again') }]);
  });
});

describe('a version of a package', () => {
  it('is held, and was pushed when it was made', async () => {
    const facts = await lookUpPackages(fake, { digests: { [PAYMENTS]: ['ghcr.io/acme/payments'] } });

    expect(ofKind(facts, 'presence')).toMatchObject([
      { digest: PAYMENTS, image: { registry: 'ghcr.io', repository: 'acme/payments' }, is: 'held', pushedAt: '2026-03-01T09:00:01.000Z' },
    ]);
  });

  it('is asked for in the next scan only where the listing has changed; where a tag moved, it is told where to', async () => {
    const cache = await mkdtemp(path.join(tmpdir(), 'selfsame-'));
    const digestNow = async () => ofKind(await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:main'] }, { cache }), 'tag')[0]?.digest;
    const [first, second] = [await digestNow(), await digestNow()];
    const free = fake.unchanged();
    const newest = digestOf('payments of tomorrow');
    fake.push('acme/payments', newest, ['main']);

    const third = await digestNow();

    await rm(cache, { recursive: true });
    expect([first, second, third]).toEqual([PAYMENTS, PAYMENTS, newest]);
    expect([free, fake.unchanged()]).toEqual([1, 1]);
  });

  it('that is not listed is not said to be gone', async () => {
    fake.remove('acme/payments', PAYMENTS);

    const facts = await lookUpPackages(fake, { digests: { [PAYMENTS]: ['ghcr.io/acme/payments'] } });

    expect(facts).toEqual([]);
  });

  it('is asked for once, however often it is wanted', async () => {
    const edge = openEdge({ secrets: { TEA_TOKEN: TOKEN } });
    const config = source.config.parse({ owner: 'acme', apiUrl: fake.apiUrl, tokenEnv: 'TEA_TOKEN', cache: 'off' });
    const image = { registry: 'ghcr.io', repository: 'acme/payments' };
    for (const tag of ['main', '1.4']) {
      const wanted = { digests: [], tags: [{ ...image, tag }], commits: [], lines: [] };
      for await (const _ of source.observe(config, wanted, edge));
    }

    expect(fake.calls).toHaveLength(1);
  });
});

describe('a package', () => {
  it('has a name with slashes', async () => {
    fake.push('acme/shop/cart', PAYMENTS, ['1.5']);

    const facts = await lookUpPackages(fake, { tags: ['ghcr.io/acme/shop/cart:1.5'] });

    expect(ofKind(facts, 'tag')).toHaveLength(1);
    expect(fake.calls).toMatchObject([{ path: '/orgs/acme/packages/container/shop%2Fcart/versions' }]);
  });

  it('may be a user’s', async () => {
    fake.user('acme');

    expect(ofKind(await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:main'] }), 'tag')).toHaveLength(1);
  });

  it('is asked for where its name matches, of its owner and registry alone', async () => {
    fake.push('acme/checkout', PAYMENTS, ['main']);
    const others = ['ghcr.io/acme/checkout:main', 'ghcr.io/tea/payments:main', 'registry.test/acme/payments:main'];

    const facts = await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:main', ...others] }, { owner: 'Acme', packages: ['pay*'] });

    expect(ofKind(facts, 'tag').map(({ image }) => image.repository)).toEqual(['acme/payments']);
    expect(fake.calls.map(({ path }) => path)).toEqual(['/orgs/Acme/packages/container/payments/versions']);
  });

  it('that is denied is its own gap with the permission to grant; the others are read', async () => {
    fake.push('acme/checkout', PAYMENTS, ['main']);
    fake.reply(({ path }) => {
      return path.includes('checkout') ? refusedBy(403, 'You need at least read:packages scope to get a package.') : undefined;
    });

    const facts = await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:main', 'ghcr.io/acme/checkout:main'] });

    expect(ofKind(facts, 'gap')).toMatchObject([
      {
        of: 'tag',
        because: 'forbidden',
        scope: { repository: 'acme/checkout' },
        hint: expect.stringMatching(/read:packages.*packages: read/),
      },
    ]);
    expect(coveredIn(facts)).toEqual(['acme/payments']);
  });

  it('that is hidden or missing is told apart from one that is denied', async () => {
    const facts = await lookUpPackages(fake, { tags: ['ghcr.io/acme/chekcout:main'] });

    expect(ofKind(facts, 'gap')).toMatchObject([
      { because: 'not-found', locator: expect.stringContaining('acme/chekcout'), hint: expect.stringContaining('Check the name.') },
    ]);
    expect(fake.calls.map(({ path }) => path.split('/')[1])).toEqual(['orgs', 'users']);
  });

  it.each([
    [401, 'Bad credentials', {}, 'unauthenticated'],
    [403, 'API rate limit exceeded', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1999999999' }, 'rate-limited'],
    [403, 'Resource protected by organization SAML enforcement', { 'x-github-sso': 'required; url=https://github.test' }, 'forbidden'],
    [502, 'Bad Gateway', {}, 'unreachable'],
  ])('of which GitHub answers %i %s is a gap', async (status, message, headers, because) => {
    fake.reply(() => refusedBy(status, message, headers));

    const facts = await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:main'] });

    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'tag', because }]);
    expect(coveredIn(facts)).toEqual([]);
  });

  it.each([
    ['a version that is no digest', [{ name: '1.4', created_at: '2026-03-01T09:00:00Z', metadata: { container: { tags: [] } } }]],
    ['no list', { total: 0 }],
    [
      'more than it was asked for',
      Array.from({ length: 101 }, () => ({ name: PAYMENTS, created_at: '2026-03-01T09:00:00Z', metadata: { container: { tags: [] } } })),
    ],
  ])('of which GitHub answers with %s is a gap', async (_, body) => {
    fake.reply(() => ({ status: 200, body }));

    expect(ofKind(await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:main'] }), 'gap')).toMatchObject([{ because: 'malformed' }]);
  });

  it('whose list does not end is given up after ten thousand versions', async () => {
    fake.reply(({ page }) => {
      const version = { name: digestOf(`page ${page}`), created_at: '2026-03-01T09:00:00Z', metadata: { container: { tags: [] } } };
      return { status: 200, body: [version] };
    });

    const facts = await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:main'] });

    expect(ofKind(facts, 'gap')).toMatchObject([{ because: 'too-large' }]);
    expect(fake.calls).toHaveLength(100);
  });
});

describe('the source of packages', () => {
  it('answers for packages that are named, and vouches for none where a pattern names them', async () => {
    const config = source.config.parse({ owner: 'Acme', packages: ['payments', 'checkout-*'] });

    const facts = await lookUpPackages(fake, {}, { owner: 'Acme', packages: ['payments', 'checkout-*'], tokenEnv: 'UNSET' });

    expect(source.expects(config)).toEqual([{ of: 'tag', scope: { registry: 'ghcr.io', repository: 'acme/payments' } }]);
    expect(facts).toMatchObject([{ kind: 'coverage', scope: { repository: 'acme/payments' } }]);
    expect(fake.calls).toEqual([]);
  });

  it('asks with the token of gh where that is allowed', async () => {
    gh(`echo ${TOKEN}`);

    const facts = await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:main'] }, { tokenEnv: 'UNSET', gh: 'allow' });

    expect(ofKind(facts, 'tag')).toHaveLength(1);
  });

  it('says which token it lacks, and what that has to be allowed', async () => {
    const asked = lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:main'] }, { tokenEnv: 'UNSET' });

    await expect(asked).rejects.toMatchObject({ because: 'unauthenticated', hint: expect.stringMatching(/UNSET.*read:packages/) });
  });

  it('has a budget of requests', async () => {
    fillWith(250);

    const facts = await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:1.4'] }, { maxRequests: '2' });

    expect(ofKind(facts, 'gap')).toMatchObject([{ because: 'incomplete', hint: expect.stringContaining('maxRequests') }]);
  });

  it('is told beforehand how many packages are to be listed', async () => {
    const steps: string[] = [];
    const edge = {
      ...openEdge({ secrets: { TEA_TOKEN: TOKEN } }),
      progress: (step: string) => void steps.push(`${fake.calls.length}: ${step}`),
    };

    await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:main'] }, { edge });

    expect(steps[0]).toBe('0: GitHub: 1 packages to list, a request or more for each, of at most 1000');
  });

  it('has a clock of its own, which push times are of: it is told where it is not ours', async () => {
    fake.reply(() => refusedBy(403, 'no', { date: new Date('2026-03-01T12:07:00Z').toUTCString() }));

    const facts = await lookUpPackages(fake, { tags: ['ghcr.io/acme/payments:main'] }, { maxRequests: '7' });

    expect(ofKind(facts, 'registry')).toMatchObject([{ registry: 'ghcr.io', locator: fake.apiUrl, most: 7, skewMs: 420_000 }]);
  });

  it.each([
    { owner: 'acme/payments' },
    { owner: 'acme', packages: ['acme/'] },
    { owner: 'acme', apiUrl: 'http://github.test' },
  ])('is not configured by %j', (config) => {
    expect(source.config.safeParse(config).success).toBe(false);
  });
});
