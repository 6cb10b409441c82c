import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { idsIn, loadAll, loadMember } from '../src/registry.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const REGISTRIES = {
  rules: {
    folder: 'rules',
    headings: ['## What it catches', '## Why it matters', '## Example', '## When it cannot tell', '## What to do'],
  },
  sources: {
    folder: 'src/sources',
    headings: ['## What it reads', '## Configuration', '## Permissions', '## When it cannot tell'],
  },
  reporters: { folder: 'src/reporters', headings: ['## What it is for', '## What it prints', '## Limits'] },
} as const;

const registries = ['rules', 'sources', 'reporters'] as const;

function namesIn(...folder: string[]): string[] {
  return readdirSync(path.join(ROOT, ...folder));
}

/** The headings of a page; what stands in a code block is none. */
function headingsOf(page: string): string[] {
  const prose = page.replaceAll(/^```[^]*?^```$/gm, '');
  return prose.split('\n').filter((line) => /^#+ /.test(line));
}

/** The text between a heading and the next. */
function sectionOf(page: string, heading: string): string {
  const [, after = ''] = page.split(`${heading}\n`);
  return after.split(/^## /m)[0]?.trim() ?? '';
}

describe.each(registries)('the registry of %s', (registry) => {
  const { folder, headings } = REGISTRIES[registry];

  it('loads every member by the name of its file', async () => {
    const ids = await idsIn(registry);

    const members = await loadAll(registry);

    expect(members.map(({ id }) => id)).toEqual(ids);
    expect(members.filter(({ title }) => !title || title.endsWith('.'))).toEqual([]);
  });

  it('has a page for every member, and no other file', async () => {
    const ids = await idsIn(registry);

    const expected = ids.flatMap((id) => [`${id}.ts`, `${id}.md`]);

    expect(
      namesIn(folder)
        .filter((name) => name !== 'README.md')
        .toSorted(),
    ).toEqual(expected.toSorted());
  });

  it('has a test for every member', async () => {
    const ids = await idsIn(registry);

    const tests = namesIn('test', registry);

    expect(ids.filter((id) => !tests.includes(`${id}.test.ts`))).toEqual([]);
  });

  it('has pages with the same headings, in the same order, and something under each', async () => {
    const ids = await idsIn(registry);

    const pages = ids.map((id) => [id, readFileSync(path.join(ROOT, folder, `${id}.md`), 'utf8')] as const);

    expect(pages.map(([, page]) => headingsOf(page))).toEqual(ids.map((id) => [`# ${id}`, ...headings]));
    expect(pages.flatMap(([id, page]) => headings.filter((one) => sectionOf(page, one) === '').map((one) => `${id}: ${one}`))).toEqual([]);
  });
});

describe('a rule', () => {
  it('needs to be told nothing: it has options that default', async () => {
    const rules = await loadAll('rules');

    const insistent = rules.filter(({ options }) => options?.safeParse({}).success === false);

    expect(insistent.map(({ id }) => id)).toEqual([]);
  });

  it('says which of its options it awaits, where it is dormant until it has one', async () => {
    const rules = await loadAll('rules');

    const asleep = rules.filter(({ options }) => {
      const [given] = Object.values((options?.safeParse({}).data ?? { none: true }) as Readonly<Record<string, unknown>>);
      return given === undefined || (typeof given === 'object' && Object.keys(given ?? {}).length === 0);
    });

    expect(rules.filter(({ awaits }) => awaits !== undefined).map(({ id }) => id)).toEqual(asleep.map(({ id }) => id));
    for (const { options, awaits = '' } of asleep) expect(options).toHaveProperty(['shape', awaits]);
  });

  it('explains on its page every option that it has', async () => {
    const rules = await loadAll('rules');

    const untold = rules.flatMap(({ id, options }) => {
      const keys = options && 'shape' in options && options.shape ? Object.keys(options.shape) : [];
      const page = readFileSync(path.join(ROOT, `rules/${id}.md`), 'utf8');
      return keys.filter((key) => !page.includes(`\`${key}\``)).map((key) => `${id}: ${key}`);
    });

    expect(untold).toEqual([]);
  });
});

describe('a source', () => {
  it('explains every key of its configuration on its page', async () => {
    const sources = await loadAll('sources');

    const untold = sources.flatMap(({ id, config }) => {
      const keys = 'shape' in config && config.shape ? Object.keys(config.shape) : [];
      const told = sectionOf(readFileSync(path.join(ROOT, `src/sources/${id}.md`), 'utf8'), '## Configuration');
      return keys.filter((key) => !told.includes(`\`${key}\``)).map((key) => `${id}: ${key}`);
    });

    expect(untold).toEqual([]);
  });
});

/** The registry as it would be installed elsewhere, with the rules that it is given. */
async function installed(rules: Readonly<Record<string, string>>): Promise<typeof import('../src/registry.ts')> {
  const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-registry-'));
  for (const name of ['package.json', 'src/registry.ts', 'src/error.ts', 'src/config/did-you-mean.ts'])
    cpSync(path.join(ROOT, name), path.join(folder, name));
  mkdirSync(path.join(folder, 'rules'));
  for (const [name, text] of Object.entries(rules)) writeFileSync(path.join(folder, 'rules', name), text);
  return import(pathToFileURL(path.join(folder, 'src/registry.ts')).href);
}

describe('a registry', () => {
  it('is refused where it is empty: it would judge nothing and call it clean', async () => {
    const registry = await installed({ 'README.md': '# Rules' });

    await expect(registry.idsIn('rules')).rejects.toMatchObject({ code: 'MEMBER_NOT_FOUND', exitCode: 2 });
  });

  it('refuses a member that has another id than its file', async () => {
    const registry = await installed({ 'tag-moved.ts': "export default { id: 'tag-removed' };" });

    await expect(registry.loadMember('rules', 'tag-moved')).rejects.toMatchObject({
      code: 'MEMBER_INVALID',
      hint: 'Let its default export have the id "tag-moved".',
    });
  });

  it('refuses a file that exports no member', async () => {
    const registry = await installed({ 'tag-moved.ts': 'export const id = 1;' });

    await expect(registry.loadAll('rules')).rejects.toMatchObject({ code: 'MEMBER_INVALID' });
  });

  it('leaves pages, declarations and hidden files alone', async () => {
    const member = "export default { id: 'tag-moved' };";

    const registry = await installed({ 'tag-moved.ts': member, 'tag-moved.md': '', 'tag-moved.d.ts': '', '.tag-hidden.ts': '' });

    expect(await registry.idsIn('rules')).toEqual(['tag-moved']);
  });

  it.each([
    ['sources', 'kubernets', 'Did you mean "kubernetes"? There are: '],
    ['rules', 'tag-movd', 'Did you mean "tag-moved"? There are: '],
    ['reporters', 'htm', 'Did you mean "html"? There are: '],
  ] as const)('says which of its %s was probably meant by "%s"', async (registry, id, told) => {
    await expect(loadMember(registry, id)).rejects.toMatchObject({ hint: expect.stringContaining(told) });
  });

  it('says what there is where it is asked for what there is not', async () => {
    await expect(loadMember('reporters', 'pdf')).rejects.toMatchObject({
      code: 'MEMBER_NOT_FOUND',
      hint: expect.stringContaining('json'),
    });
  });
});
