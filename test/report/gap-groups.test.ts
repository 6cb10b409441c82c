import type { Report } from 'selfsame';
import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';
import { formatGaps, groupGaps } from '../../src/report/gap-groups.ts';
import { incidents, reportOn } from '../reporters/estates.ts';

type Gap = Report['gaps'][number];

const shut = (nth: number, hint = 'Check that registry.test can be reached from here.'): Gap => ({
  kind: 'gap',
  of: 'content',
  scope: { source: 'registry', registry: 'registry.test', repository: `acme/svc-${nth}` },
  because: 'unreachable',
  hint,
  origin: { source: 'registry', locator: `https://registry.test/v2/acme/svc-${nth}/manifests/1.4` },
});
const many = Array.from({ length: 400 }, (_, nth) => shut(nth));

describe('gaps', () => {
  it('that one step would close are told once, with what they have in common and the first of their places', () => {
    const [group, ...others] = groupGaps(many);

    expect(others).toEqual([]);
    expect(group?.scope).toEqual(['source registry', 'registry registry.test']);
    expect(group?.locators).toHaveLength(400);
    expect(formatGaps(group!)).toBe(
      '400 times: not every content could be listed, unreachable: source registry, registry registry.test (https://registry.test/v2/acme/svc-0/manifests/1.4; https://registry.test/v2/acme/svc-1/manifests/1.4; https://registry.test/v2/acme/svc-2/manifests/1.4; and 397 more). Next: Check that registry.test can be reached from here.',
    );
  });

  it('with another hint, reason, kind or source are another thing to do', () => {
    const gaps: Gap[] = [
      shut(1),
      shut(2, 'Log in.'),
      { ...shut(3), because: 'forbidden' },
      { ...shut(4), of: 'tag' },
      { ...shut(5), scope: { source: 'mirror' } },
    ];

    expect(groupGaps(gaps)).toHaveLength(5);
  });

  it.each(['table', 'markdown', 'timeline', 'github', 'html'])('do not flood what %s prints, and are all counted', async (id) => {
    const report = { ...(await reportOn(incidents.clean)), gaps: many };
    const reporter = (await loadAll('reporters')).find((one) => one.id === id);

    const text = [...reporter!.render(report, { width: 80, color: false })].join('').replace(/<details>[^]*?<\/details>/g, '');

    expect(text.match(/could be\s+listed/g)).toHaveLength(1);
    expect(text.length).toBeLessThan(40_000);
  });
});
