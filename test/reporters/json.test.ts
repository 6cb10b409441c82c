import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Report } from 'selfsame';
import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';
import { incidents, rendered, reportOn } from './estates.ts';
import { hostileReport } from './hostile-report.ts';

const published = JSON.parse(readFileSync(new URL('../../schemas/report.schema.json', import.meta.url), 'utf8'));
const isValid = new Ajv2020({ strict: false, validateFormats: false }).compile(published);

describe('the report for machines', () => {
  it.each(['clean', 'drift', 'inconclusive'] as const)('is the whole report, by its own schema: %s', async (name) => {
    const text = await rendered('json', incidents[name]);

    expect(Report.parse(JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(await reportOn(incidents[name]))));
  });

  it.each(['clean', 'drift', 'inconclusive'] as const)('satisfies the schema that is published, as others read it: %s', async (name) => {
    const report = JSON.parse(await rendered('json', incidents[name]));

    expect([isValid(report), isValid.errors]).toEqual([true, null]);
    expect(isValid({ ...report, exitCode: 2 })).toBe(false);
  });

  it('satisfies it whatever names and labels say', async () => {
    const json = (await loadAll('reporters')).find(({ id }) => id === 'json');
    const report = JSON.parse([...(json?.render(await hostileReport(), { width: 80, color: false }) ?? [])].join(''));

    const wrong = (isValid(report) ? [] : (isValid.errors ?? [])).map(({ instancePath }) => instancePath);

    // No digest and no day of a real report can say what the hostile one says in their place.
    expect(wrong.filter((path) => !/digest|until/.test(path))).toEqual([]);
  });

  it('has one row, finding or fact a line', async () => {
    const lines = (await rendered('json', incidents.drift)).split('\n');

    const rows = lines.filter((line) => line.includes('"standing":{'));

    expect(rows).toHaveLength(2);
    expect(JSON.parse(rows[0]!.replace(/,$/, ''))).toMatchObject({ where: 'production/test/default/Deployment/payments-api/app' });
  });
});
