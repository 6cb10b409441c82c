import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { selfsame } from '../fakes/command-line.ts';

const ESTATE = path.resolve('fixtures/estates/rebuilt-on-newer-base');
const CONFIG = ['--config', path.join(ESTATE, 'selfsame.yaml')];

describe('a folder of recordings', () => {
  it.each([
    ['judge', []],
    ['baseline', ['--owner', 'team-payments', '--because', 'found on the first day']],
    ['explain', ['production/payments-api']],
    ['diff', ['staging/payments-api', 'production/payments-api']],
  ])('is read by %s as the recordings in it are', async (command, more) => {
    const whole = await selfsame([command, ...more, ESTATE, ...CONFIG], { cwd: ESTATE });
    const named = await selfsame([command, ...more, path.join(ESTATE, 'recording'), ...CONFIG], { cwd: ESTATE });

    expect(whole).toEqual(named);
    expect(whole.stdout).toContain('payments');
  });
});
