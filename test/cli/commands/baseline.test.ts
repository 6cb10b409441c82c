import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { baseline } from '../../../src/cli/commands/baseline.ts';

const ESTATE = fileURLToPath(new URL('../../../fixtures/estates/rebuilt-on-newer-base', import.meta.url));
const options = { config: path.join(ESTATE, 'selfsame.yaml'), owner: 'team-payments', because: 'known before the audit' };

describe('a baseline that is asked for', () => {
  it.each([
    ['without an owner', { owner: ' ' }, '--owner says nothing'],
    ['without a reason', { because: '' }, '--because says nothing'],
    ['for no time', { days: '0' }, '--days "0" is no number of days'],
    ['for longer than a waiver lasts', { days: '400' }, '--days 400 is too long: no waiver lasts more than 396 days'],
    ['for ever', { days: 'Infinity' }, '--days "Infinity" is no number of days'],
  ])('is refused %s', async (_, wrong, told) => {
    const asked = baseline([path.join(ESTATE, 'recording')], { ...options, ...wrong });

    await expect(asked).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining(told) });
  });
});
