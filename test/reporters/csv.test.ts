import { describe, expect, it } from 'vitest';
import { incidents, rendered } from './estates.ts';
import { readCsv } from './read-csv.ts';

describe('the population as CSV', () => {
  it.each([
    'clean',
    'drift',
    'inconclusive',
  ] as const)('has every container, those that passed too, for a strict reader: %s', async (name) => {
    const [head, ...lines] = readCsv(await rendered('csv', incidents[name]));

    expect(head?.slice(0, 4)).toEqual(['environment', 'place', 'image', 'digest']);
    expect(lines).toHaveLength(2);
    expect(new Set(lines.map(({ length }) => length))).toEqual(new Set([head?.length]));
  });

  it('says of each how it stands, and by which rules', async () => {
    const [head = [], line = []] = readCsv(await rendered('csv', incidents.drift));

    const cells = Object.fromEntries(head.map((name, at) => [name, line[at]]));

    expect(cells).toMatchObject({
      place: 'production/test/default/Deployment/payments-api/app',
      standing: 'rebuilt',
      instances: '3',
      findings: 'rebuilt-after-test base-layer-mismatch test-evidence-on-other-digest',
    });
  });
});
