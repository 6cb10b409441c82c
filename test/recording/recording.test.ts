import { appendFile, mkdtemp, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { scenario } from 'selfsame/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { Digest } from '../../src/domain/digest.ts';
import { sha256 } from '../../src/domain/identify.ts';
import { readRecording } from '../../src/recording/read.ts';
import { sealed, writeRecording } from '../../src/recording/write.ts';

const [recording] = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .deployed('payments@A', 'staging/api')
  .recordings();
const unsealed = { takenAt: recording!.takenAt, observations: recording!.observations, version: '0.1.0' };
let folder = '';

beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'selfsame-')), 'night');
});

/** Harms a file and seals it again, as somebody would who can compute checksums. */
async function resealed(name: string, change: (text: string) => string): Promise<void> {
  const [file, sums] = [path.join(folder, name), path.join(folder, 'SHA256SUMS')];
  const before = await readFile(file, 'utf8');
  const after = change(before);
  await writeFile(file, after);
  await writeFile(sums, (await readFile(sums, 'utf8')).replace(sha256(before), sha256(after)));
}

async function moveAndLink(name: string): Promise<void> {
  await rename(path.join(folder, name), `${folder}-elsewhere`);
  await symlink(`${folder}-elsewhere`, path.join(folder, name));
}

describe('a recording', () => {
  it('comes back as it was written, in any order, with the same digest', async () => {
    const written = await writeRecording(folder, unsealed);
    const again = await writeRecording(`${folder}-2/`, { ...unsealed, observations: unsealed.observations.toReversed() });

    expect(again.digest).toBe(written.digest);
    expect((await readRecording(folder)).observations).toHaveLength(unsealed.observations.length);
  });

  it('never replaces what is there, a plain file included', async () => {
    await writeFile(folder, 'mine');

    await expect(writeRecording(folder, unsealed)).rejects.toMatchObject({ code: 'USAGE' });
    expect(await readFile(folder, 'utf8')).toBe('mine');
  });

  it('is whole where two scans write it at once: one is kept, the other is told, and nothing is left lying (F03)', async () => {
    const others = { ...unsealed, observations: unsealed.observations.slice(1) };

    const [one, other] = await Promise.allSettled([writeRecording(folder, unsealed), writeRecording(folder, others)]);

    const kept = [one, other].filter((written) => written.status === 'fulfilled');
    const told = [one, other].filter((written) => written.status === 'rejected');
    expect(kept).toHaveLength(1);
    expect(told).toMatchObject([{ reason: { code: 'USAGE', message: expect.stringContaining('is there already') as string } }]);
    expect((await readRecording(folder)).digest).toBe(kept[0]?.value.digest);
    expect(await readdir(path.dirname(folder))).toEqual(['night']);
  });

  it('is whole beside another that is taken at once, each in its own folder (F03)', async () => {
    const written = await Promise.all([writeRecording(`${folder}-1`, unsealed), writeRecording(`${folder}-2`, unsealed)]);

    expect(new Set(written.map(({ digest }) => digest)).size).toBe(1);
    expect(await readdir(path.dirname(folder))).toEqual(['night-1', 'night-2']);
  });

  it('of an older version, with a field less and one that is no more, is read as it was written (F05)', async () => {
    const written = await writeRecording(folder, { ...unsealed, version: '0.0.1', only: ['production/*'] });
    await resealed('recording.json', (text) => text.replace(/ {2}"only": \[[^\]]*\],\n/, '  "collector": "laptop",\n'));

    const read = await readRecording(folder);

    expect(written.only).toEqual(['production/*']);
    expect(read.only).toBeUndefined();
    expect(read.observations).toEqual(written.observations);
  });

  it('is not found where there is none', async () => {
    await expect(readRecording(folder)).rejects.toMatchObject({ code: 'RECORDING_NOT_FOUND', exitCode: 2 });
  });

  it('is looked for in vain in the folder that holds several, and the hint names them', async () => {
    await writeRecording(folder, unsealed);

    await expect(readRecording(path.dirname(folder))).rejects.toMatchObject({
      code: 'RECORDING_NOT_FOUND',
      hint: expect.stringContaining(`${path.dirname(folder)}/*`) as string,
    });
  });

  it('takes the same fact twice as one', async () => {
    await writeRecording(folder, unsealed);
    const { length } = (await readRecording(folder)).observations;

    const count = (text: string) =>
      text.replace(/("kind": "running-image",\s+"lines": )1,(\s+"bytes": )(\d+)/, (_, a, b, bytes) => `${a}2,${b}${Number(bytes) * 2}`);
    await resealed('observations/running-image.ndjson', (text) => text + text);
    await resealed('recording.json', count);

    expect((await readRecording(folder)).observations).toHaveLength(length);
  });

  it.each([
    ['a changed line', 'RECORDING_TAMPERED', () => appendFile(path.join(folder, 'observations/build.ndjson'), '{}\n')],
    ['a truncated file', 'RECORDING_INVALID', () => truncate(path.join(folder, 'observations/build.ndjson'), 10)],
    ['a file that is gone', 'RECORDING_TAMPERED', () => rm(path.join(folder, 'observations/build.ndjson'))],
    ['a file that nobody listed', 'RECORDING_TAMPERED', () => writeFile(path.join(folder, 'observations/more.ndjson'), '')],
    ['a folder that leads elsewhere', 'RECORDING_TAMPERED', () => moveAndLink('observations')],
    ['checksums that lead elsewhere', 'RECORDING_TAMPERED', () => moveAndLink('SHA256SUMS')],
    ['a last line without its end', 'RECORDING_INVALID', () => resealed('observations/build.ndjson', (text) => `${text.slice(0, -1)} `)],
    ['a line more than it counts', 'RECORDING_INVALID', () => resealed('observations/build.ndjson', (text) => `${text}${text}`)],
    [
      'a malformed digest',
      'RECORDING_INVALID',
      () => resealed('observations/manifest.ndjson', (text) => text.replace('"config":"sha256:', '"config":"sha256:zz')),
    ],
    [
      'a line longer than any fact',
      'RECORDING_INVALID',
      () => resealed('observations/build.ndjson', (text) => `${text.slice(0, -2)},"x":"${'x'.repeat(17 * 1024 * 1024)}"}\n`),
    ],
    [
      'a file that is listed twice',
      'RECORDING_TAMPERED',
      () => resealed('recording.json', (text) => text.replace('observations/config.ndjson', 'observations/build.ndjson')),
    ],
    ['a newer format', 'RECORDING_NEWER', () => resealed('recording.json', (text) => text.replace('recording/v1', 'recording/v2'))],
    ['an unknown kind', 'RECORDING_NEWER', () => resealed('recording.json', (text) => text.replace('"kind": "build"', '"kind": "quark"'))],
    [
      'a path that leads out',
      'RECORDING_TAMPERED',
      () => resealed('recording.json', (text) => text.replace('observations/build.ndjson', '../build.ndjson')),
    ],
    ['missing checksums', 'RECORDING_TAMPERED', () => rm(path.join(folder, 'SHA256SUMS'))],
  ])('is refused for %s (F01)', async (_, code, harm) => {
    await writeRecording(folder, unsealed);

    await harm();

    await expect(readRecording(folder)).rejects.toMatchObject({ code, exitCode: 4 });
  });
});

describe('a document in a recording', () => {
  const document = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');
  const digest = Digest.parse(`sha256:${sha256(document)}`);
  const [first, ...others] = unsealed.observations;
  const citing = { ...first!, origin: { ...first!.origin, bytes: digest } };
  const withRaw = { ...unsealed, observations: [citing, ...others], raw: new Map([[digest, document]]) };
  const file = () => path.join(folder, 'raw', 'sha256', sha256(document));

  it('lies under its digest, byte for byte, and the checksums name it', async () => {
    await writeRecording(folder, withRaw);

    expect(await readFile(file())).toEqual(document);
    expect(await readFile(path.join(folder, 'SHA256SUMS'), 'utf8')).toContain(`${sha256(document)}  raw/sha256/${sha256(document)}\n`);
  });

  it('seals the recording as it would without being written', async () => {
    const written = await writeRecording(folder, withRaw);

    expect(sealed(withRaw).digest).toBe(written.digest);
  });

  it('may be the root that a signature was traced to, and need not be there', async () => {
    const signature = { by: 'https://github.com/acme/payments', root: digest, verifier: '@sigstore/verify 4.1.3' };
    const signed = unsealed.observations.map((seen) => (seen.kind === 'build' ? { ...seen, signature } : seen));
    const unkept = `${folder}-unkept`;

    await writeRecording(folder, { ...withRaw, observations: signed });
    await writeRecording(unkept, { ...unsealed, observations: signed });

    expect(await readFile(file())).toEqual(document);
    for (const written of [folder, unkept]) expect((await readRecording(written)).observations).toEqual(expect.arrayContaining(signed));
  });

  it('is not written where nothing cites it', async () => {
    await writeRecording(folder, { ...withRaw, observations: unsealed.observations });

    await expect(readFile(file())).rejects.toThrow('ENOENT');
  });

  it.each([
    ['changed', () => appendFile(file(), ' ')],
    ['gone', () => rm(file())],
    ['no plain file', () => rename(file(), `${folder}-aside`).then(() => symlink(`${folder}-aside`, file()))],
    ['one of several, and nobody listed the other', () => writeFile(path.join(path.dirname(file()), 'a'.repeat(64)), '')],
    [
      'not listed, and cited all the same',
      async () => {
        const sums = path.join(folder, 'SHA256SUMS');
        await writeFile(sums, (await readFile(sums, 'utf8')).replace(/^.*raw\/.*\n/m, ''));
        await rm(file());
      },
    ],
    [
      'changed and listed as what it is now',
      async () => {
        const sums = path.join(folder, 'SHA256SUMS');
        await writeFile(file(), 'forged');
        await writeFile(sums, (await readFile(sums, 'utf8')).replace(`${sha256(document)}  raw`, `${sha256('forged')}  raw`));
      },
    ],
  ])('spoils the recording where it is %s (F01)', async (_, harm) => {
    await writeRecording(folder, withRaw);

    await harm();

    await expect(readRecording(folder)).rejects.toMatchObject({ code: 'RECORDING_TAMPERED', exitCode: 4 });
  });
});
