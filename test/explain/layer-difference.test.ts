import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LayerEntry } from '../../src/domain/layer.ts';
import { concludeContents } from '../../src/explain/content-difference.ts';
import { compareLayerContents } from '../../src/explain/layer-difference.ts';
import type { LayerPair } from '../../src/explain/layer-plan.ts';

const entry = (path: string, changed: Partial<LayerEntry> = {}): LayerEntry => ({
  path,
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 5,
  sha256: 'c0ffee',
  link: '',
  device: '',
  more: '',
  mtime: '1772355600',
  ...changed,
});
const link = (path: string, to: string) => entry(path, { type: 'link', link: to, size: 0, sha256: '' });
const compare = (a: readonly LayerEntry[], b: readonly LayerEntry[]) => compareLayerContents({ entries: a }, { entries: b });

describe('two layers', () => {
  it('are the same in whatever order they were written', () => {
    const entries = ['srv', 'srv/shop.js', 'etc/tea'].map((path) => entry(path));

    expect(compare(entries, entries.toReversed())).toEqual({ paths: [], times: 0, entries: 3 });
  });

  it('differ in times apart from everything else', () => {
    expect(
      compare([entry('srv'), entry('etc')], [entry('srv', { mtime: '1772355600.5' }), entry('etc', { mtime: '1772355600.0' })]),
    ).toEqual({
      paths: [],
      times: 1,
      entries: 2,
    });
  });

  it.each<[Partial<LayerEntry>, string[]]>([
    [{ sha256: 'decaf' }, ['bytes']],
    [{ sha256: 'decaf', size: 6 }, ['bytes', 'size 5 → 6']],
    [{ mode: 0o4755 }, ['mode 0644 → 4755']],
    [{ uid: 1000 }, ['owner 0 → 1000']],
    [{ gid: 100 }, ['group 0 → 100']],
    [{ more: '[["SCHILY.xattr.security.capability","net_raw"]]' }, ['attributes']],
    [{ type: 'whiteout' }, ['type file → whiteout']],
  ])('differ where one path has %j', (changed, what) => {
    expect(compare([entry('srv')], [entry('srv', { ...changed, mtime: '0' })]).paths).toEqual([{ path: 'srv', is: 'changed', what }]);
  });

  it('differ in what one of them has alone', () => {
    expect(compare([entry('a')], [entry('b', { type: 'whiteout' })]).paths).toEqual([
      { path: 'a', is: 'only-a', what: ['file'] },
      { path: 'b', is: 'only-b', what: ['whiteout'] },
    ]);
  });

  it('are the same whichever name of one file was written first', () => {
    expect(compare([entry('a'), link('b', 'a'), link('c', 'a')], [entry('b'), link('a', 'b'), link('c', 'b')]).paths).toEqual([]);
  });

  it('differ where two files are one in the other', () => {
    expect(compare([entry('a'), link('b', 'a')], [entry('a'), entry('b')]).paths).not.toEqual([]);
  });

  it('differ in where a link leads that leads out of them', () => {
    expect(compare([link('a', 'lower')], [link('a', 'other')]).paths).toMatchObject([{ path: 'a', what: ['link lower → other'] }]);
  });

  it('are compared entry by entry where one path is written twice: which of them counts is not for us to say', () => {
    const [evil, good] = [entry('srv', { sha256: 'decaf' }), entry('srv')];

    expect(compare([evil, good], [good]).paths).toMatchObject([{ what: ['written 2 times and 1 times'] }]);
    expect(compare([evil, good], [good, evil]).paths).toMatchObject([{ what: ['bytes'] }]);
    expect(compare([evil, good], [evil, good]).paths).toEqual([]);
  });

  it('never hide a difference in bytes, whatever else is in them', () => {
    const path = fc.constantFrom('a', 'b', 'c', 'd/e');
    const some = fc.array(
      fc
        .record({ path, sha256: fc.constantFrom('1', '2'), type: fc.constantFrom('file', 'link', 'whiteout') })
        .map((given) => entry(given.path, { ...given, link: given.type === 'link' ? 'a' : '' })),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(some, some, (a, b) => {
        const plainly = (entries: readonly LayerEntry[]) =>
          entries
            .filter(({ type }) => type === 'file')
            .map((one) => `${one.path} ${one.sha256}`)
            .toSorted();
        const hasLinks = [...a, ...b].some(({ type }) => type === 'link');
        const { paths } = compare(a, b);

        if (paths.length === 0 && !hasLinks) expect(plainly(a)).toEqual(plainly(b));
        expect(compare(a, a).paths).toEqual([]);
      }),
    );
  });
});

describe('the contents of two images', () => {
  const pair: LayerPair = {};
  const same = { configuration: { is: 'same', says: 'other build metadata' } } as const;
  const times = { pair, difference: { paths: [], times: 2, entries: 3 } };
  const differs = { pair, difference: { paths: [{ path: 'srv', is: 'changed', what: ['bytes'] }], times: 0, entries: 1 } } as const;
  const unread = { pair, unread: 'beyond the budget' };

  it.each([
    ['equal but for times', [times, times]],
    ['equal', [{ pair, difference: { paths: [], times: 0, entries: 3 } }]],
    ['different', [times, differs]],
    ['different', [unread, differs]],
    ['not decided', [times, unread]],
    ['not decided', [unread]],
  ])('are %s', (verdict, outcomes) => {
    expect(concludeContents(same, outcomes).verdict).toBe(verdict);
  });

  it('are said to run alike only where their configuration is known to', () => {
    const saysOf = (is: 'same' | 'different' | 'hidden', says: string) => concludeContents({ configuration: { is, says } }, [times]).says;

    expect(saysOf('same', 'other build metadata')).toContain('a rebuild of the same files with other build metadata');
    expect(saysOf('different', 'other runtime configuration: user')).toContain('do not run alike: other runtime configuration: user');
    expect(saysOf('hidden', 'it is hidden')).not.toContain('a rebuild');
  });
});
