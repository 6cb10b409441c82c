import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Digest } from '../../src/domain/digest.ts';
import { LifecycleRule, ListedImage } from '../../src/domain/lifecycle.ts';
import { fateOf } from '../../src/inventory/lifecycle.ts';

const AT = '2026-03-02T12:00:00.000Z';
const DAY_MS = 24 * 60 * 60 * 1000;

const sha = (name: number | string) => Digest.parse(`sha256:${Buffer.from(`${name}`).toString('hex').padStart(64, '0')}`);
const ago = (days: number) => new Date(Date.parse(AT) - days * DAY_MS).toISOString();
const rule = (fields: Partial<LifecycleRule>) =>
  LifecycleRule.parse({ priority: 1, selects: 'any', by: 'count', number: 1, does: 'expire', ...fields });
const listed = (name: string, fields: Partial<ListedImage>) => ListedImage.parse({ digest: sha(name), ...fields });
const fateIn = (rules: readonly LifecycleRule[], images: readonly ListedImage[], name: string) =>
  fateOf({ rules: [...rules], images: [...images], at: AT }, sha(name));

const TAGS = ['prod', 'prod1', 'pr-7', 'dev', 'release-1'];
const rules = fc
  .uniqueArray(
    fc.record({
      priority: fc.integer({ min: 1, max: 9 }),
      selects: fc.constantFrom('tagged' as const, 'untagged' as const, 'any' as const),
      prefixes: fc.subarray(['prod', 'pr', 'dev']),
      patterns: fc.subarray(['*1', 'p*', 'release-*']),
      by: fc.constantFrom('count' as const, 'pushed' as const, 'archived' as const),
      number: fc.integer({ min: 1, max: 6 }),
      does: fc.constant('expire' as const),
    }),
    { maxLength: 4, selector: ({ priority }) => priority },
  )
  .map((some) => some.map((one) => ({ ...one, ...(one.selects === 'tagged' ? {} : { prefixes: [], patterns: [] }) })));
// Half days apart, so that nothing was pushed at one time, nor just as its days are over.
const images = fc.array(fc.subarray(TAGS), { maxLength: 8 }).chain((all) =>
  fc
    .shuffledSubarray(
      all.map((tags, nth) => ({ digest: sha(nth), tags, pushedAt: ago(nth + 0.5), is: 'image' as const })),
      { minLength: all.length },
    )
    .map((some) => some.map((one) => ListedImage.parse(one))),
);

/** As the user guide has it, step by step: every rule marks what it selects, then they are applied in their order. */
function expiredOf(policy: readonly LifecycleRule[], all: readonly ListedImage[]): Set<string> {
  const isSelected = (one: LifecycleRule, { tags }: ListedImage) => {
    if (one.by === 'archived') return false;
    if (one.selects === 'untagged') return tags.length === 0;
    if (one.selects === 'any') return true;
    const has = (pattern: RegExp) => tags.some((tag) => pattern.test(tag));
    const wishes = [...one.prefixes.map((prefix) => `^${prefix}`), ...one.patterns.map((glob) => `^${glob.replaceAll('*', '.*')}$`)];
    return tags.length > 0 && wishes.every((wish) => has(new RegExp(wish)));
  };
  const expired = new Set<string>();
  const settled = new Set<string>();
  for (const one of policy.toSorted((a, b) => a.priority - b.priority)) {
    const youngestFirst = all
      .filter((image) => isSelected(one, image))
      .toSorted((a, b) => ((a.pushedAt ?? '') > (b.pushedAt ?? '') ? -1 : 1));
    const marked = youngestFirst.filter(({ pushedAt = '' }, nth) => (one.by === 'count' ? nth >= one.number : pushedAt < ago(one.number)));
    for (const { digest } of marked) if (!settled.has(digest)) expired.add(digest);
    for (const { digest } of youngestFirst) settled.add(digest);
  }
  return expired;
}

describe('a lifecycle policy', () => {
  it('deletes what it deletes where every rule marks and the first of them is applied', () => {
    fc.assert(
      fc.property(rules, images, (policy, all) => {
        const due = all.filter(({ digest }) => {
          const fate = fateOf({ rules: policy, images: all, at: AT }, digest);
          return fate.is === 'expires' && fate.from <= AT;
        });

        expect(new Set(due.map(({ digest }) => digest))).toEqual(expiredOf(policy, all));
      }),
      { numRuns: 500 },
    );
  });

  it('says the same in whatever order its rules and images stand', () => {
    fc.assert(
      fc.property(rules, images, (policy, all) => {
        for (const { digest } of all)
          expect(fateOf({ rules: policy.toReversed(), images: all.toReversed(), at: AT }, digest)).toEqual(
            fateOf({ rules: policy, images: all, at: AT }, digest),
          );
      }),
    );
  });
});

/** Estates of the shape of Amazon's own examples (ECR user guide, examples of lifecycle policies, 2026), with the outcome that it tells. */
describe('an example of Amazon', () => {
  const keepingOne = (priority: number, prefix: string) => rule({ priority, selects: 'tagged', patterns: [`${prefix}*`], number: 1 });
  const both = [
    listed('a', { tags: ['pr-1', 'release-1'], pushedAt: ago(10) }),
    listed('b', { tags: ['pr-2', 'release-2'], pushedAt: ago(9) }),
    listed('c', { tags: ['pr-3'], pushedAt: ago(8) }),
  ];
  const all = [
    listed('a', { tags: ['release-1', 'pr-1'], pushedAt: ago(4) }),
    listed('b', { pushedAt: ago(3) }),
    listed('c', { tags: ['release-2'], pushedAt: ago(2) }),
    listed('d', { tags: ['c0ffee'], pushedAt: ago(1.5) }),
    listed('e', { pushedAt: ago(0.5) }),
  ];
  const everyKind = [
    keepingOne(1, 'release-'),
    rule({ priority: 2, selects: 'untagged', by: 'pushed', number: 1 }),
    rule({ priority: 3, selects: 'any', number: 1 }),
  ];

  it.each([
    ['what a first rule spares no later one takes', [keepingOne(1, 'release-'), keepingOne(2, 'pr-')], both, ['a']],
    ['what a first rule sees the later one does not', [keepingOne(1, 'pr-'), keepingOne(2, 'release-')], both, ['a', 'b']],
    ['all images but the youngest', [rule({ selects: 'any', number: 1 })], all, ['a', 'b', 'c', 'd']],
    ['every kind of rule in one policy', everyKind, all, ['a', 'b', 'd']],
  ])('has this outcome: %s', (_, policy, estate, outcome) => {
    const expired = ['a', 'b', 'c', 'd', 'e'].filter((name) => {
      const fate = fateIn(policy, estate, name);
      return fate.is === 'expires' && fate.from <= AT;
    });

    expect(expired).toEqual(outcome);
  });
});

describe('a rule that counts', () => {
  const three = [listed('old', { pushedAt: ago(3) }), listed('mid', { pushedAt: ago(2) }), listed('new', { pushedAt: ago(1) })];

  it('keeps the youngest', () => {
    const fates = ['old', 'mid', 'new'].map((name) => fateIn([rule({ number: 2 })], three, name).is);

    expect(fates).toEqual(['expires', 'kept', 'kept']);
  });

  it.each([
    ['what refers to an image', [listed('signature', { pushedAt: ago(0), is: 'referrer' })]],
    [
      'what an index may refer to',
      [listed('member', { pushedAt: ago(0.5) }), listed('index', { pushedAt: ago(9), is: 'index', tags: ['1.3'] })],
    ],
    ['what nobody dates', [listed('undated', {})]],
  ])('may count %s, or not', (_, others) => {
    const fates = ['mid', 'new'].map((name) => fateIn([rule({ number: 2 })], [...three, ...others], name).is);

    expect(fates[0]).toBe('undecided');
  });

  it('does not tell of what itself has no date', () => {
    expect(fateIn([rule({ number: 9 })], [listed('undated', {})], 'undated').is).toBe('undecided');
  });
});

describe('a rule for what is not pulled', () => {
  const unpulled = rule({ by: 'pulled', number: 30, does: 'archive' });

  it.each([
    ['the last pull', { pushedAt: ago(90), pulledAt: ago(10) }, ago(-20)],
    ['the push, where nobody pulled it', { pushedAt: ago(20) }, ago(-10)],
    ['the return from the archive, where nobody pulled it since', { pushedAt: ago(90), pulledAt: ago(60), restoredAt: ago(5) }, ago(-25)],
  ])('goes by %s', (_, times, from) => {
    expect(fateIn([unpulled], [listed('api', times)], 'api')).toMatchObject({ is: 'archived', from });
  });

  it('leaves to no other rule what it selects', () => {
    const fate = fateIn([unpulled, rule({ priority: 2, by: 'pushed', number: 1 })], [listed('api', { pushedAt: ago(20) })], 'api');

    expect(fate).toMatchObject({ is: 'archived', priority: 1 });
  });
});

describe('a rule for what is archived', () => {
  it('has no say over what can be pulled', () => {
    const archived = rule({ by: 'archived', number: 90 });
    const fate = fateIn([archived, rule({ priority: 2, by: 'pushed', number: 1 })], [listed('api', { pushedAt: ago(20) })], 'api');

    expect(fate).toMatchObject({ is: 'expires', priority: 2 });
  });
});
