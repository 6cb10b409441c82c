import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { judgeRecorded, Observation, Report } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PackHead } from '../src/cli/evidence/pack.ts';
import { Subject } from '../src/custom/subject.ts';
import { ReportEvent } from '../src/domain/report-event.ts';
import { Header } from '../src/recording/header.ts';
import { loadAll } from '../src/registry.ts';
import { editorSchema } from './config/editor-schema.ts';

const published = {
  report: async () => jsonSchemaOf(Report, 'output'),
  event: async () => jsonSchemaOf(ReportEvent, 'output'),
  recording: async () => jsonSchemaOf(Header, 'output'),
  pack: async () => jsonSchemaOf(PackHead, 'output'),
  observation: async () => jsonSchemaOf(Observation, 'input'),
  config: editorSchema,
  subject: async () => jsonSchemaOf(Subject, 'output'),
} as const;

function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  return z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any' });
}

/** What is printed for an editor or a consumer: the schema as JSON Schema 2020-12 has it. */
async function render(name: keyof typeof published): Promise<string> {
  return `${JSON.stringify({ ...(await published[name]()), title: `selfsame/${name}/v1` }, null, 2)}\n`;
}

describe('the published schemas', () => {
  it.each(Object.keys(published) as (keyof typeof published)[])('of a %s is what the code checks', async (name) => {
    const file = new URL(`../schemas/${name}.schema.json`, import.meta.url);
    const rendered = await render(name);

    mkdirSync(new URL('.', file), { recursive: true });
    if (process.env.UPDATE_DOCS) writeFileSync(file, rendered);

    expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(rendered);
  });

  it('accept a report as it is written', async () => {
    const incident = scenario()
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .deployed('payments@A', 'production/payments-api');
    const report = judgeRecorded(incident.recordings(), incident.plan(), await loadAll('rules'), '0.1.0');

    expect(Report.parse(JSON.parse(JSON.stringify(report)))).toEqual(JSON.parse(JSON.stringify(report)));
  });
});
