import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { incidents, rendered } from '../reporters/estates.ts';

const { groups } = parse(readFileSync(new URL('../../deploy/alerts.yaml', import.meta.url), 'utf8'));
const rules: readonly { alert: string; expr: string; annotations: Record<string, string> }[] = groups.flatMap(
  ({ rules: some }: { rules: object[] }) => some,
);

describe('the alert rules', () => {
  it('speak of metrics that the reporter writes, with labels that they have', async () => {
    const metrics = await rendered('prometheus', incidents.drift);

    const named = rules.flatMap(({ expr }) => [...expr.matchAll(/selfsame_\w+/g)].map(([name]) => name));
    const labels = rules.flatMap(({ expr }) => [...expr.matchAll(/(?<metric>selfsame_\w+)\{(?<label>\w+)=/g)]);

    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !metrics.includes(`# TYPE ${name} gauge`))).toEqual([]);
    expect(labels.filter(({ groups: found }) => !new RegExp(`^${found?.metric}\\{.*${found?.label}="`, 'm').test(metrics))).toEqual([]);
  });

  it('tell each kind of bad end, and an audit that is silent', () => {
    expect(rules.map(({ alert }) => alert)).toEqual(
      expect.arrayContaining(['SelfsameDrift', 'SelfsameInconclusive', 'SelfsameSilent', 'SelfsameAbsent']),
    );
    expect(rules.filter(({ annotations }) => !annotations.summary || !annotations.description)).toEqual([]);
  });
});
