import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unzip } from '../../../src/clients/github/zip.ts';
import { type Zipped, zipOf } from '../../fakes/archive.ts';

const CAPS = { entries: 100, bytes: 2_000_000 };
const all = () => true;
const read = (archive: Buffer) => unzip(archive, all, CAPS).map(({ name, bytes }) => [name, bytes.toString()]);
const tea: Zipped = { name: 'tea.json', text: '{"tea":"earl grey"}' };

describe('a zip archive', () => {
  it('is read in memory, packed or not, and only what is wanted of it', () => {
    const archive = zipOf([tea, { name: 'folder/', text: '' }, { name: 'cake.json', text: '{}', isStored: true }], {
      comment: 'of the shop',
    });

    expect(read(archive)).toEqual([
      ['tea.json', tea.text],
      ['cake.json', '{}'],
    ]);
    expect(unzip(archive, (name) => name.startsWith('cake'), CAPS)).toHaveLength(1);
  });

  it('C13 takes a name for a text: it leads nowhere', () => {
    expect(read(zipOf([{ name: '../../etc/passwd', text: 'root' }]))).toEqual([['../../etc/passwd', 'root']]);
  });

  it.each<[string, Buffer, RegExp]>([
    ['that is none', Buffer.from('PK'), /it has no end/],
    ['that is empty', Buffer.alloc(0), /it has no end/],
    ['C13 that is a bomb', zipOf([{ name: 'bomb', text: '0'.repeat(1_000_000) }]), /more than 200 bytes in each of its own/],
    ['C13 that holds more than is read', zipOf([{ ...tea, text: 'x'.repeat(2_000_001), isStored: true }]), /more than 2000000 bytes/],
    ['C13 of entries without end', zipOf(Array.from({ length: 101 }, (_, nth) => ({ name: `${nth}`, text: '' }))), /more than 100 entries/],
    ['C13 that is encrypted', zipOf([{ ...tea, flags: 1 }]), /it is encrypted/],
    ['C13 with a name twice', zipOf([tea, tea]), /it holds a name twice/],
    ['C13 with a link', zipOf([{ ...tea, mode: 0o120777 }]), /a link, or no file/],
    ['packed in another way', zipOf([{ ...tea, method: 12 }]), /packed as nobody else packs/],
    ['that unpacks to more than it says', zipOf([{ ...tea, size: 3 }]), /does not unpack to what its list says/],
    ['that unpacks to less than it says', zipOf([{ ...tea, size: 30 }]), /not what its list says/],
    ['whose sum is another', zipOf([{ ...tea, checksum: 1 }]), /not what its list says/],
    ['with two names for one entry', zipOf([{ ...tea, localName: 'cake.json' }]), /two names/],
    ['whose list is elsewhere', zipOf([tea], { start: 1 }), /does not stand before its end/],
    ['with fewer entries than it says', zipOf([tea], { count: 2 }), /its list of entries is cut/],
    ['with more entries than it says', zipOf([tea, { name: 'cake', text: '' }], { count: 1 }), /more entries than it says/],
    ['with two ends', zipOf([tea], { comment: `PK\u0005\u0006${'\0'.repeat(18)}` }), /two ends/],
  ])('is refused %s', (_, archive, why) => {
    expect(() => read(archive)).toThrow(why);
  });

  it('C13 whose entries overlap is refused', () => {
    const one = zipOf([{ name: 'tea.json', text: 'x'.repeat(500), isStored: true }]);
    const start = one.indexOf('PK\u0001\u0002');
    const listed = one.subarray(start, -22);
    const again = Buffer.from(listed.toString('latin1').replace('tea.json', 'cup.json'), 'latin1');
    const end = Buffer.from(one.subarray(-22));
    for (const at of [8, 10]) end.writeUInt16LE(2, at);
    end.writeUInt32LE(2 * listed.length, 12);

    expect(() => read(Buffer.concat([one.subarray(0, start), listed, again, end]))).toThrow(/its entries overlap/);
  });

  it('gives bytes or a refusal for whatever there is', () => {
    const sample = zipOf([tea, { name: 'cake.json', text: '{}', isStored: true }]);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(sample.length - 1), fc.nat(255)), { maxLength: 8 }), (changes) => {
        const archive = Buffer.from(sample);
        for (const [at, byte] of changes) archive[at] = byte;
        try {
          read(archive);
        } catch (error) {
          expect(String(error)).toMatch(/an archive (?:cannot be read|holds)/);
        }
      }),
    );
  });
});
