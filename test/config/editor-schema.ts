import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { configFor, SourceEntry } from '../../src/config/schema.ts';
import { loadAll } from '../../src/registry.ts';

type Schema = Readonly<Record<string, unknown>>;

/** The schema of `selfsame.yaml` as an editor needs it: with the keys of every source, and every scalar as YAML may read it. */
export async function editorSchema(): Promise<Schema> {
  const config = asYaml(jsonSchemaOf(configFor(await loadAll('rules'))));
  const sources = (await loadAll('sources')).map(({ id, title, config: keys }) => entryOf(id, title, keys));
  const properties = config.properties as Readonly<Record<string, Schema>>;
  return { ...config, properties: { ...properties, sources: { ...properties.sources, items: { oneOf: sources } } } };
}

function jsonSchemaOf(schema: z.ZodType): Schema {
  return z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' });
}

function entryOf(id: string, title: string, keys: z.ZodType): Schema {
  const { properties, required = [] } = asYaml(jsonSchemaOf(keys)) as { properties: Readonly<Record<string, Schema>>; required?: string[] };
  const { use, name } = asYaml(jsonSchemaOf(SourceEntry)).properties as { use: Schema; name: Schema };
  const page = readFileSync(new URL(`../../src/sources/${id}.md`, import.meta.url), 'utf8');
  const told = Object.entries(properties).map(([key, value]) => [key, { ...value, description: cellOf(page, key) }]);
  return {
    title,
    type: 'object',
    properties: { use: { description: use.description, const: id }, name, ...Object.fromEntries(told) },
    required: ['use', ...required],
    additionalProperties: false,
  };
}

/** What the table of a page says of a key. */
function cellOf(page: string, key: string): string {
  const [, section = ''] = page.split('\n## Configuration\n');
  const row = section.split('\n').find((line) => line.startsWith('|') && line.split('|')[1]?.includes(`\`${key}\``));
  return row?.split('|')[2]?.trim().replaceAll('`', '') ?? '';
}

/** The configuration is read as text; an editor takes `1` for a number and `true` for a boolean, and must not refuse them. */
function asYaml(schema: Schema): Schema {
  const inner = Object.entries(schema).map(([key, value]) => [key, key === 'propertyNames' ? value : within(value)] as const);
  const { type, const: fixed, enum: words, pattern, ...rest } = Object.fromEntries(inner);
  if (typeof fixed === 'string') return { ...rest, enum: yamlOf(fixed) };
  if (Array.isArray(words)) return { ...rest, enum: words.flatMap((word) => yamlOf(String(word))) };
  const plain = type === 'string' ? typesOf(pattern) : type;
  return { ...rest, ...(pattern === undefined ? {} : { pattern }), ...(plain === undefined ? {} : { type: plain }) };
}

function typesOf(pattern: unknown): unknown {
  if (typeof pattern !== 'string') return ['string', 'number', 'boolean'];
  const admits = new RegExp(pattern);
  return admits.test('7') && !admits.test('a') ? ['string', 'integer'] : 'string';
}

function within(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(within);
  return typeof value === 'object' && value !== null ? asYaml(value as Schema) : value;
}

function yamlOf(text: string): unknown[] {
  return /^(?:\d+|true|false)$/.test(text) ? [JSON.parse(text), text] : [text];
}
