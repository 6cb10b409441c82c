import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../../src/collect/define-source.ts';
import { ECR_HOST, type FakeEcr, lookUpEcr, refusedBy, startEcr } from '../../fakes/ecr.ts';
import { configOf } from '../../fakes/registry.ts';

let fake: FakeEcr;

beforeEach(async () => {
  fake = await startEcr();
});
afterEach(() => fake.stop());

const rule = (selection: object, action: object = { type: 'expire' }, rulePriority = 1) => ({ rulePriority, selection, action });
const UNTAGGED = rule({ tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 });
const YOUNGEST = rule({ tagStatus: 'tagged', tagPrefixList: ['1.'], countType: 'imageCountMoreThan', countNumber: 10 }, undefined, 2);
const UNPULLED = rule(
  { tagStatus: 'any', countType: 'sinceImagePulled', countUnit: 'days', countNumber: 90, storageClass: 'standard' },
  { type: 'transition', targetStorageClass: 'archive' },
);

const lookUp = (digest: string) => lookUpEcr(fake, { digests: { [digest]: ['tea/shop'] }, arePulled: true });
const policiesIn = (facts: readonly Seen[]) => facts.filter((seen) => seen.kind === 'lifecycle-policy');
const gapsIn = (facts: readonly Seen[]) => facts.filter((seen) => seen.kind === 'gap');
const callsOf = (action: string) => fake.calls.filter((call) => call.action === action);
const listings = () => callsOf('DescribeImages').filter(({ input }) => input['imageIds'] === undefined);

describe('the lifecycle policy of a repository in ECR', () => {
  it('is told with its rules, of what something downstream pulls', async () => {
    const image = fake.image('tea/shop');
    fake.lifecycle('tea/shop', { rules: [UNTAGGED, YOUNGEST] });

    const facts = await lookUp(image.digest);

    expect(policiesIn(facts)).toMatchObject([
      {
        image: { registry: ECR_HOST, repository: 'tea/shop' },
        rules: [
          { priority: 1, selects: 'untagged', by: 'pushed', number: 14, does: 'expire' },
          { priority: 2, selects: 'tagged', prefixes: ['1.'], by: 'count', number: 10, does: 'expire' },
        ],
      },
    ]);
  });

  it('is no policy where ECR says so: nothing is listed then', async () => {
    const image = fake.image('tea/shop');

    const facts = await lookUp(image.digest);

    expect(policiesIn(facts)).toMatchObject([{ rules: [] }]);
    expect([gapsIn(facts), listings()]).toEqual([[], []]);
  });

  it('is asked for where something pulls, and nowhere else', async () => {
    const image = fake.image('tea/shop');

    await lookUpEcr(fake, { digests: { [image.digest]: ['tea/shop'] } });

    expect(callsOf('GetLifecyclePolicy')).toEqual([]);
  });

  it('lists what is archived for want of a pull, with when that was', async () => {
    const image = fake.image('tea/shop');
    fake.tag('tea/shop', '1.4', image.digest);
    fake.lifecycle('tea/shop', { rules: [UNPULLED] });
    fake.describe('tea/shop', image.digest, { lastRecordedPullTime: 1772370000, lastActivatedAt: 1772370060 });

    const facts = await lookUp(image.digest);

    expect(policiesIn(facts)).toMatchObject([
      {
        rules: [{ by: 'pulled', number: 90, does: 'archive' }],
        images: [
          {
            digest: image.digest,
            tags: ['1.4'],
            pushedAt: '2026-03-01T09:00:01.000Z',
            pulledAt: '2026-03-01T13:00:00.000Z',
            restoredAt: '2026-03-01T13:01:00.000Z',
            is: 'image',
          },
        ],
      },
    ]);
  });

  it('keeps what is pulled and the indexes that may refer to it, and everything only where a rule counts', async () => {
    const image = fake.image('tea/shop');
    const other = fake.image('tea/shop', configOf({ author: 'cart' }));
    const index = fake.index('tea/shop', [{ ...image, platform: { os: 'linux', architecture: 'amd64' } }]);
    fake.describe('tea/shop', other.digest, { subjectManifestDigest: image.digest });
    const listedUnder = async (rules: readonly object[], digest: string) => {
      fake.lifecycle('tea/shop', { rules });
      const [policy] = policiesIn(await lookUp(digest));
      return Object.fromEntries((policy?.images ?? []).map((one) => [one.digest, one.is]));
    };

    expect(await listedUnder([UNTAGGED], image.digest)).toEqual({ [image.digest]: 'image', [index.digest]: 'index' });
    expect(await listedUnder([UNTAGGED], index.digest)).toEqual({ [index.digest]: 'index' });
    expect(await listedUnder([UNTAGGED, YOUNGEST], index.digest)).toEqual({
      [image.digest]: 'image',
      [other.digest]: 'referrer',
      [index.digest]: 'index',
    });
  });

  it('lists by the thousand', async () => {
    const images = Array.from({ length: 1200 }, (_, nth) => fake.put('tea/shop', { nth }));
    fake.lifecycle('tea/shop', { rules: [YOUNGEST] });

    const facts = await lookUp(images[0]?.digest ?? '');

    expect(policiesIn(facts)[0]?.images).toHaveLength(1200);
    expect(listings()).toHaveLength(2);
  });

  it.each([
    ['GetLifecyclePolicy', 'AccessDeniedException', 'forbidden', 'ecr:GetLifecyclePolicy'],
    ['GetLifecyclePolicy', 'RepositoryNotFoundException', 'not-found', 'ecr:GetLifecyclePolicy'],
    ['DescribeImages', 'ThrottlingException', 'rate-limited', 'ecr:DescribeImages'],
  ])('is a gap where %s answers %s', async (action, type, because, named) => {
    const image = fake.image('tea/shop');
    fake.lifecycle('tea/shop', { rules: [YOUNGEST] });
    fake.reply((call) => (call.action === action && call.input['imageIds'] === undefined ? refusedBy(type) : undefined));

    const facts = await lookUp(image.digest);

    expect(policiesIn(facts)).toEqual([]);
    expect(gapsIn(facts)).toMatchObject([
      { of: 'content', because, hint: expect.stringContaining(named), scope: { repository: 'tea/shop' } },
    ]);
  });

  it.each([
    // The service keeps no policy that is shorter than a hundred characters.
    ['no JSON', '{'.padEnd(100)],
    ['a count that is not known', { rules: [rule({ tagStatus: 'any', countType: 'sinceImageScanned', countNumber: 3 })] }],
    [
      'a unit that is not known',
      { rules: [rule({ tagStatus: 'any', countType: 'sinceImagePushed', countUnit: 'weeks', countNumber: 3 })] },
    ],
    [
      'an action that is not known',
      { rules: [rule({ tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 3 }, { type: 'hide' })] },
    ],
    ['no rules', { about: 'tea'.repeat(40) }],
  ])('that is %s is a gap, and no policy', async (_, policy) => {
    const image = fake.image('tea/shop');
    fake.lifecycle('tea/shop', policy);

    const facts = await lookUp(image.digest);

    expect(policiesIn(facts)).toEqual([]);
    expect(gapsIn(facts)).toMatchObject([{ because: 'unsupported', hint: expect.stringContaining('get-lifecycle-policy') }]);
  });

  it('R23 is a gap where a later page has no list, since a rule that counts goes by every image', async () => {
    const image = fake.image('tea/shop');
    for (let nth = 0; nth < 1200; nth++) fake.put('tea/shop', { nth });
    fake.lifecycle('tea/shop', { rules: [YOUNGEST] });
    fake.reply(({ input }) => (input['nextToken'] === undefined ? undefined : { status: 200, body: {} }));

    const facts = await lookUp(image.digest);

    expect(policiesIn(facts)).toEqual([]);
    expect(gapsIn(facts)).toMatchObject([{ of: 'content', because: 'malformed' }]);
  });

  it('is not taken for none where the answer lacks it', async () => {
    const image = fake.image('tea/shop');
    fake.reply(({ action }) => (action === 'GetLifecyclePolicy' ? { status: 200, body: { repositoryName: 'tea/shop' } } : undefined));

    const facts = await lookUp(image.digest);

    expect(policiesIn(facts)).toEqual([]);
    expect(gapsIn(facts)).toMatchObject([{ because: 'malformed' }]);
  });
});
