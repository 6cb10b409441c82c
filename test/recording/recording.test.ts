import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { scenario } from 'selfsame/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { readRecording } from '../../src/recording/read.ts';
import { writeRecording } from '../../src/recording/write.ts';

const [recording] = scenario().at('09:00').built('payments@A', { run: '41', commit: 'c0ffee' }).deployed('payments@A', 'staging/api').recordings();
const unsealed = { takenAt: recording!.takenAt, observations: recording!.observations, version: '0.1.0' };
let folder = '';

beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'selfsame-')), 'night');
});

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

  it('is not found where there is none', async () => {
    await expect(readRecording(folder)).rejects.toMatchObject({ code: 'RECORDING_NOT_FOUND', exitCode: 2 });
  });

  it.each([
    ['a changed line', 'RECORDING_TAMPERED', () => appendFile(path.join(folder, 'observations/build.ndjson'), '{}\n')],
    ['a truncated file', 'RECORDING_INVALID', () => truncate(path.join(folder, 'observations/build.ndjson'), 10)],
    ['a file that is gone', 'RECORDING_TAMPERED', () => rm(path.join(folder, 'observations/build.ndjson'))],
    ['a file that nobody listed', 'RECORDING_TAMPERED', () => writeFile(path.join(folder, 'observations/more.ndjson'), '')],
    ['missing checksums', 'RECORDING_TAMPERED', () => rm(path.join(folder, 'SHA256SUMS'))],
  ])('is refused for %s', async (_, code, harm) => {
    await writeRecording(folder, unsealed);

    await harm();

    await expect(readRecording(folder)).rejects.toMatchObject({ code, exitCode: 4 });
  });
});
