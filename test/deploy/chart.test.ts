import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { loadSources } from '../../src/cli/gather.ts';
import { loadConfig } from '../../src/config/load.ts';
import { selfsame } from '../fakes/command-line.ts';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const templates = readdirSync(new URL('../../deploy/chart/templates', import.meta.url)).map((name) =>
  read(`deploy/chart/templates/${name}`),
);
const values = parse(read('deploy/chart/values.yaml'));

/** The names of values, as templates write them: `image.digest`; what is empty or a list is one value. */
function pathsOf(value: object): readonly string[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const isGroup = typeof inner === 'object' && inner !== null && !Array.isArray(inner) && Object.keys(inner).length > 0;
    return isGroup && name !== 'resources' ? pathsOf(inner).map((path) => `${name}.${path}`) : [name];
  });
}

type Example = Readonly<{ config: object; existingSecrets: readonly Readonly<{ name: string }>[] }>;

/** The values that the page on nights shows for the chart. */
function valuesOnPage(): readonly [Example] {
  const blocks = [...read('deploy/nightly-audit.md').matchAll(/^```yaml\n(?<block>[^]*?)^```$/gm)].map(({ groups }) =>
    parse(groups?.block ?? ''),
  );
  const found = blocks.filter(({ image }) => image);
  expect(found).toHaveLength(1);
  return [found[0]];
}

// What helm makes of the templates is tried with helm itself, in test/live/chart.test.ts.
describe('the chart as it lies there', () => {
  it('is of the version of the package', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };

    expect(parse(read('deploy/chart/Chart.yaml'))).toMatchObject({ version, appVersion: version });
  });

  it('uses every value that it has, and no other', () => {
    const used = templates.flatMap((text) => [...text.matchAll(/\.Values\.(?<path>[\w.]+)/g)].map(({ groups }) => groups?.path));

    expect(new Set(used)).toEqual(new Set(pathsOf(values)));
  });

  it('has a schema that knows every value', () => {
    const { properties } = JSON.parse(read('deploy/chart/values.schema.json')) as { properties: Record<string, object> };

    expect(Object.keys(properties)).toEqual(['global', ...Object.keys(values)]);
  });

  it('takes the values that the page shows, whose configuration is read', async () => {
    const [example] = valuesOnPage();
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'selfsame-chart-')), 'selfsame.yaml');
    writeFileSync(file, stringify(example.config));
    const isValid = new Ajv({ strict: false }).compile(JSON.parse(read('deploy/chart/values.schema.json')));

    const { plan, sources } = await loadConfig(file, []);

    isValid({ ...values, ...example });
    expect(isValid.errors).toBeNull();
    await expect(loadSources(file, sources, [])).resolves.toHaveLength(2);
    expect(plan.promotion).toEqual([['staging'], ['production']]);
    expect(sources.flatMap(({ passwordEnv }) => passwordEnv ?? [])).toEqual(example.existingSecrets.map(({ name }) => name));
  });

  it('starts the program with options that there are', async () => {
    const { stdout } = await selfsame(['scan', '--help'], { cwd: tmpdir() });

    const names = (values.arguments as string[]).map((option) => option.split('=')[0] ?? '');
    expect(names.filter((name) => !stdout.includes(name))).toEqual([]);
  });
});
