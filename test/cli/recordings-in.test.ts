import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordingsIn } from '../../src/cli/recordings-in.ts';

const RECORDING = new URL('../../fixtures/estates/rebuilt-on-newer-base/recording', import.meta.url).pathname;

describe('a folder of nights', () => {
  it('holds its recordings in order, one that was never finished not among them', async () => {
    const nights = mkdtempSync(path.join(tmpdir(), 'selfsame-nights-'));
    for (const name of ['2026-11-25', '2026-11-24', '2026-11-26.partial']) cpSync(RECORDING, path.join(nights, name), { recursive: true });

    await expect(recordingsIn(nights)).resolves.toEqual([path.join(nights, '2026-11-24'), path.join(nights, '2026-11-25')]);
  });

  it('passes nothing over that is damaged', async () => {
    const nights = mkdtempSync(path.join(tmpdir(), 'selfsame-nights-'));
    cpSync(RECORDING, path.join(nights, 'b'), { recursive: true });
    mkdirSync(path.join(nights, 'a'));

    await expect(recordingsIn(nights)).resolves.toEqual([path.join(nights, 'a'), path.join(nights, 'b')]);
  });

  it('is itself where it is a recording, or nothing at all', async () => {
    await expect(recordingsIn(RECORDING)).resolves.toEqual([RECORDING]);
    await expect(recordingsIn('/nowhere')).resolves.toEqual(['/nowhere']);
  });

  it('is not one where no folder in it is a recording', async () => {
    const other = mkdtempSync(path.join(tmpdir(), 'selfsame-other-'));
    mkdirSync(path.join(other, 'src'));

    await expect(recordingsIn(other)).resolves.toEqual([other]);
  });
});
