import { describe, expect, it } from 'vitest';
import type { AttachedBill } from '../../src/domain/bill.ts';
import { comparePackages } from '../../src/explain/package-difference.ts';
import { digestOf } from '../fakes/registry.ts';

const billOf = (packages: readonly string[], changed: Partial<AttachedBill> = {}): AttachedBill => ({
  format: 'SPDX',
  generator: 'syft-1.9.0',
  trust: 'declared',
  digest: digestOf(packages.join()),
  packages: packages.map((text) => {
    const [name = '', version] = text.split(' ');
    return { name, version };
  }),
  ...changed,
});
const compare = (a: readonly AttachedBill[], b: readonly AttachedBill[]) =>
  comparePackages({ bills: a, unread: [] }, { bills: b, unread: [] });

describe('the packages of two images', () => {
  it('are the same in whatever order they are listed, and however often', () => {
    expect(compare([billOf(['till 1', 'pot 2', 'till 1'])], [billOf(['pot 2', 'till 1'])])).toMatchObject({
      says: 'the SBOMs list the same: 2 packages',
    });
  });

  it('differ where one of several versions does', () => {
    expect(compare([billOf(['till 1', 'till 2'])], [billOf(['till 2', 'till 3'])])?.compared?.changed).toEqual([
      { name: 'till', a: ['1', '2'], b: ['2', '3'] },
    ]);
  });

  it('differ the other way round when they are compared the other way round', () => {
    const [a, b] = [[billOf(['till 1', 'pot 1'])], [billOf(['till 2', 'cup 1'])]];

    const [there, back] = [compare(a, b)?.compared, compare(b, a)?.compared];

    expect([there?.onlyA, there?.onlyB]).toEqual([back?.onlyB, back?.onlyA]);
    expect(there?.changed.map((one) => [one.a, one.b])).toEqual(back?.changed.map((one) => [one.b, one.a]));
  });

  it('are told by bills of the format in which both are trusted most', () => {
    const cyclone = { format: 'CycloneDX', trust: 'verified' } as const;
    const a = [billOf(['till 1']), billOf(['till 9'], cyclone)];
    const b = [billOf(['till 2']), billOf(['till 9'], cyclone)];

    expect(compare(a, b)).toMatchObject({ says: 'the SBOMs list the same: 1 package', compared: { a: cyclone, b: cyclone } });
  });

  it('are told by either of two bills that list the same', () => {
    const twice = [billOf(['till 1'], { digest: digestOf('one') }), billOf(['till 1'], { digest: digestOf('other') })];

    expect(compare(twice, [billOf(['till 1'])])).toMatchObject({ says: 'the SBOMs list the same: 1 package' });
    expect(compare(twice, [billOf(['till 1'])])).toEqual(compare(twice.toReversed(), [billOf(['till 1'])]));
  });

  it('are not compared where a bill lists none: a generator that finds nothing has found nothing out', () => {
    expect(compare([billOf([])], [billOf(['till 1'])])).toEqual({ says: 'not compared: the SBOM of A lists no package', unread: [] });
  });

  it('are not spoken of where nothing is attached, and what was not read is', () => {
    expect(compare([], [])).toBeUndefined();
    expect(comparePackages({ bills: [], unread: [] }, { bills: [], unread: ['forbidden'] })).toEqual({
      says: 'not compared: no SBOM of A or of B was read',
      unread: ['B: forbidden'],
    });
  });
});
