import { describe, expect, it } from 'vitest';
import type { Examined } from '../../../src/cli/doctor/examine.ts';
import { tell } from '../../../src/cli/doctor/tell.ts';

const FINE: Examined = {
  name: 'kubernetes',
  use: 'kubernetes',
  state: 'fine',
  saw: { 'running-image': 2, cluster: 1 },
  troubles: [],
  excess: [],
};
const missing = (trouble: Partial<Examined['troubles'][number]>): Examined => ({
  ...FINE,
  name: 'harbour',
  state: 'missing',
  troubles: [{ because: 'forbidden', where: ['https://harbour.test/api/v1/pods'], ...trouble }],
});

describe('what the doctor says', () => {
  it('is one word where nothing is to be mended', () => {
    expect(tell({ sources: [FINE], together: [] }, new Map([['harbour.test', 14]]))).toBe(
      'kubernetes: fine\n  saw 2 running images, 1 cluster\n\n1 source, nothing to mend. Asked: harbour.test (14).\n',
    );
  });

  it('is what is in the way, where, and what to do', () => {
    const source = missing({ of: ['running-image'], where: ['https://harbour.test/a', 'https://harbour.test/b'], hint: 'Grant it.' });

    expect(tell({ sources: [source], together: [] }, new Map())).toBe(
      'kubernetes harbour: something is missing\n  saw 2 running images, 1 cluster\n  forbidden, running image: https://harbour.test/a and 1 more\n    Grant it.\n\n1 thing to mend. Asked: nobody.\n',
    );
  });

  it('is not that nothing comes from a registry, where no cluster could be read', () => {
    const blind = missing({ because: 'unreachable', of: ['running-image'] });
    const untried: Examined = { ...FINE, name: 'oci', use: 'oci', state: 'untried', saw: {} };

    const said = [{ ...blind, saw: {} }, blind].map((cluster) => tell({ sources: [cluster, untried], together: [] }, new Map()));

    expect(said).toEqual([
      expect.stringContaining('oci: not tried: nothing that runs could be read'),
      expect.stringContaining('oci: not tried: nothing of ours that runs comes from there'),
    ]);
  });

  it('fits a terminal of 80 columns, and moves no cursor', () => {
    const said = tell(
      { sources: [missing({ where: ['a \u001b[2J b '.repeat(30)], hint: 'grant it '.repeat(30) })], together: [] },
      new Map(),
    );

    expect(said.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(said).not.toContain('\u001b');
  });
});
