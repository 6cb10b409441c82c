import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
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

  it('starts the program with options that there are', async () => {
    const { stdout } = await selfsame(['scan', '--help'], { cwd: tmpdir() });

    const names = (values.arguments as string[]).map((option) => option.split('=')[0] ?? '');
    expect(names.filter((name) => !stdout.includes(name))).toEqual([]);
  });
});
