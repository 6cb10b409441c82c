import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadSources } from '../../src/cli/gather.ts';
import { loadConfig } from '../../src/config/load.ts';
import { Config } from '../../src/config/schema.ts';
import { loadAll } from '../../src/registry.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-pages-'));

const schema = JSON.parse(readFileSync(path.join(ROOT, 'schemas/config.schema.json'), 'utf8'));
const isValid = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);

type Example = Readonly<{ page: string; line: number; text: string }>;

const pages = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.md') && !name.includes('node_modules'),
);

/** Every example of a configuration on a page: YAML that begins with a key of ours; a part of one is completed. */
function examplesIn(page: string): Example[] {
  const text = readFileSync(path.join(ROOT, page), 'utf8');
  const blocks = [...text.matchAll(/^ *```ya?ml\n(?<yaml>[^]*?)^ *```$/gm)];
  return blocks.flatMap(({ groups, index }) => {
    const yaml = groups?.yaml ?? '';
    const [, first = ''] = /^(?:#.*\n)*(?<key>\w+):/.exec(yaml) ?? [];
    const line = text.slice(0, index).split('\n').length;
    return first in Config.shape ? [{ page, line, text: completed(yaml) }] : [];
  });
}

function completed(yaml: string): string {
  const lines = { version: 'version: 1', promotion: 'promotion: [staging, production]' };
  const missing = Object.entries(lines).filter(([key]) => !new RegExp(`^${key}:`, 'm').test(yaml));
  return `${missing.map(([, line]) => `${line}\n`).join('')}${yaml}`;
}

const examples = pages.flatMap(examplesIn);
const named = examples.map((example) => [`${example.page}:${example.line}`, example] as const);

describe('an example of a configuration', () => {
  it('stands on every page that should have one', () => {
    const on = (page: string) => examples.filter((example) => example.page === page).length;

    expect([on('README.md'), on('src/config/README.md') > 6, on('src/sources/kubernetes.md') > 1]).toEqual([2, true, true]);
  });

  it('shows every key on the page of the configuration, where people look it up', () => {
    const shown = examples.filter(({ page }) => page === 'src/config/README.md').flatMap(({ text }) => Object.keys(parse(text)));

    expect(Object.keys(Config.shape).filter((key) => !shown.includes(key))).toEqual([]);
  });

  it.each([
    [{ registy: 'ghcr.io' }, 'sources: oci: there is no key "registy"', 'Did you mean "registry"?'],
    [{ registry: ['ghcr.io'] }, 'sources: oci.registry: is a list, and must be one value', 'src/sources/oci.md'],
  ])('of a source is refused for %j, with what was meant', async (keys, told, hint) => {
    const loading = loadSources('selfsame.yaml', [{ use: 'oci', ...keys }]);

    await expect(loading).rejects.toMatchObject({ message: expect.stringContaining(told), hint: expect.stringContaining(hint) });
  });

  it.each(named)('is read as it stands: %s', async (_, { text }) => {
    const file = path.join(mkdtempSync(path.join(folder, 'at-')), 'selfsame.yaml');
    writeFileSync(file, text);

    const { sources } = await loadConfig(file, await loadAll('rules'));

    await expect(loadSources(file, sources)).resolves.toHaveLength(sources.length);
  });

  it.each(named)('pleases an editor: %s', (_, { text }) => {
    isValid(parse(text));

    expect(isValid.errors).toBeNull();
  });
});

describe('an editor', () => {
  const yaml = (more: string) => parse(`version: 1\npromotion: [staging, production]\n${more}`);

  it.each([
    ['an unknown key', 'failon: high'],
    ['an unknown severity', 'failOn: urgent'],
    ['an unknown kind of source', 'sources: [{ use: kubernetics }]'],
    ['an unknown key of a source', 'sources: [{ use: oci, registry: ghcr.io, token: x }]'],
    ['a source without what it needs', 'sources: [{ use: oci }]'],
    ['a duration without its unit', 'settle: 24'],
  ])('marks %s', (_, more) => {
    expect(isValid(yaml(more))).toBe(false);
  });

  it('explains every key', () => {
    const silent = Object.entries<{ description?: string }>(schema.properties).filter(([, { description }]) => !description);
    const keys = schema.properties.sources.items.oneOf.flatMap(({ properties }: { properties: Record<string, { description?: string }> }) =>
      Object.entries(properties),
    );

    expect([...silent, ...keys.filter(([, { description }]: [string, { description?: string }]) => !description)]).toEqual([]);
  });
});
