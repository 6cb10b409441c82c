import { Report } from 'selfsame';
import { describe, expect, it } from 'vitest';
import { incidents, rendered, reportOn } from './estates.ts';

describe('the report for machines', () => {
  it.each(['clean', 'drift', 'inconclusive'] as const)('is the whole report, by its own schema: %s', async (name) => {
    const text = await rendered('json', incidents[name]);

    expect(Report.parse(JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(await reportOn(incidents[name]))));
  });

  it('has one row, finding or fact a line', async () => {
    const lines = (await rendered('json', incidents.drift)).split('\n');

    const rows = lines.filter((line) => line.includes('"standing":{'));

    expect(rows).toHaveLength(2);
    expect(JSON.parse(rows[0]!.replace(/,$/, ''))).toMatchObject({ where: 'production/test/default/Deployment/payments-api/app' });
  });
});
