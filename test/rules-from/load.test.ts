import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { selfsame } from '../fakes/command-line.ts';

const RECORDING = fileURLToPath(new URL('../../fixtures/estates/rebuilt-on-newer-base/recording', import.meta.url));
const CONFIG = 'version: 1\npromotion: [staging, production]\nrulesFrom: [./rules]\n';

const NEVER_THIS = `import { defineRule } from 'selfsame';
import { z } from 'zod';
import { registriesOf } from './lib/registries.ts';

export default defineRule({
  id: 'never-this-registry',
  title: 'A workload is declared from a registry that nobody may use',
  severity: 'medium',
  since: '1.0.0',
  judges: 'deployed',
  messages: { used: '{where} is declared from {registry}.' },
  skips: {},
  fix: 'Copy it from {registry} to ours.',
  options: z.strictObject({ registry: z.string().default('registry.test') }),
  needs: (row, ledger) => ({ workload: ledger.workloadOf(row) }),
  check: (_, row, say, { registry }) => (registriesOf(row).includes(registry) ? say.drift('used', { where: row.where, registry }) : say.pass()),
});
`;
const REGISTRIES = `import type { Row } from 'selfsame';

export const registriesOf = ({ running }: Row) => running.map(({ declared }) => declared.spec.registry);
`;

/** A rule in JavaScript, as it is written by hand, with something changed. */
function ruleWith(changed: object, more = ''): string {
  const parts = {
    id: `'own'`,
    title: `'It runs'`,
    severity: `'low'`,
    since: `'1'`,
    judges: `'deployed'`,
    messages: `{ runs: '{where} runs.' }`,
    skips: '{}',
    fix: `'Stop it.'`,
    needs: '() => ({})',
    check: `(_, { where }, say) => say.drift('runs', { where })`,
    ...changed,
  };
  const text = Object.entries(parts).map(([name, value]) => `  ${name}: ${value},\n`);
  return `${more}export default {\n${text.join('')}};\n`;
}

/** A folder with a configuration and rules of its own. */
function estateWith(files: Readonly<Record<string, string>>, config = CONFIG): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-rules-from-'));
  for (const [name, text] of Object.entries({ 'selfsame.yaml': config, ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

async function judge(folder: string, ...more: readonly string[]) {
  const { status, stdout, stderr } = await selfsame(['judge', RECORDING, '--report', 'json', ...more], { cwd: folder });
  return { status, stderr, report: stdout === '' ? undefined : JSON.parse(stdout) };
}

function sha256OfFile(...parts: string[]): string {
  return `sha256:${createHash('sha256')
    .update(readFileSync(path.join(...parts)))
    .digest('hex')}`;
}

const TWO_FILES = { 'rules/never-this-registry.ts': NEVER_THIS, 'rules/lib/registries.ts': REGISTRIES };

describe('rules of one’s own', () => {
  it('judge as ours do, though nothing is installed beside them', async () => {
    const folder = estateWith(TWO_FILES);

    const { report } = await judge(folder);

    const found = report.findings.filter(({ rule }: { rule: string }) => rule === 'never-this-registry');
    expect(found).toEqual([expect.objectContaining({ severity: 'medium', fix: 'Copy it from registry.test to ours.' })]);
    expect(found[0].evidence.length).toBeGreaterThan(0);
  });

  it('are named in the report with the bytes that were loaded, and so is what they import', async () => {
    const folder = estateWith(TWO_FILES);

    const { report } = await judge(folder);

    expect(report.code).toEqual([
      { path: 'rules/lib/registries.ts', digest: sha256OfFile(folder, 'rules/lib/registries.ts') },
      { path: 'rules/never-this-registry.ts', digest: sha256OfFile(folder, 'rules/never-this-registry.ts') },
    ]);
  });

  it('are found beside the configuration, wherever the program is started', async () => {
    const folder = estateWith({ ...TWO_FILES, 'elsewhere/notes.txt': '' });

    const { report } = await judge(path.join(folder, 'elsewhere'), '--config', '../selfsame.yaml');

    expect(report.code).toContainEqual(expect.objectContaining({ path: 'rules/never-this-registry.ts' }));
  });

  it('are told and turned off as ours are', async () => {
    const folder = estateWith(TWO_FILES, `${CONFIG}rules: { never-this-registry: { severity: low, options: { registry: docker.io } } }\n`);
    const off = estateWith(TWO_FILES, `${CONFIG}rules: { never-this-registry: "off" }\n`);

    const reports = [await judge(folder), await judge(off)].map(({ report }) => report);

    const rulesOf = ({ findings }: { findings: { rule: string }[] }) => findings.map(({ rule }) => rule);
    expect(reports.flatMap(rulesOf)).not.toContain('never-this-registry');
  });

  it('are listed after ours, and one without a page is told from itself', async () => {
    const folder = estateWith({ ...TWO_FILES, 'rules/own.js': ruleWith({}), 'rules/own.md': '# own\n\nOurs.\n' });

    const [list, one, paged] = [['rules'], ['rules', 'never-this-registry'], ['rules', 'own']].map((argv) =>
      selfsame(argv, { cwd: folder }),
    );

    expect((await list)?.stdout).toMatch(/wrong-source [^]*\nnever-this-registry +medium +A workload[^]*\nown +low/);
    expect((await one)?.stdout).toContain(
      'medium: A workload is declared from a registry that nobody may use.\n\n- {where} is declared from {registry}.',
    );
    expect((await paged)?.stdout).toBe('# own\n\nOurs.\n');
  });

  it('may lie in a folder below another that is named too, beside tests and types', async () => {
    const beside = { 'rules/own.test.ts': '', 'rules/own.d.ts': '', 'rules/lib/registries.ts': REGISTRIES };
    const files = { ...beside, 'rules/own.js': ruleWith({}), 'rules/more/never-this-registry.ts': NEVER_THIS.replace('./lib', '../lib') };
    const folder = estateWith(files, CONFIG.replace('[./rules]', '[./rules, ./rules/more]'));

    const { report } = await judge(folder);

    expect(report.code).toContainEqual(expect.objectContaining({ path: 'rules/more/never-this-registry.ts' }));
  });

  it('are refused where no code may be run, and nothing is judged without them', async () => {
    const folder = estateWith({ 'rules/own.js': ruleWith({}, `console.log('was run');\n`) });

    const { status, stderr, report } = await judge(folder, '--no-code');

    expect([status, report]).toEqual([2, undefined]);
    expect(stderr).toContain('rulesFrom names code, and --no-code forbids it');
  });

  it('are known by name where nothing is judged, and none is run', async () => {
    const rules = 'rules: { own: { severity: high, options: { since: yesterday } } }\n';
    const sources = 'sources: [{ use: records, files: [records.jsonl] }]\n';
    const code = ruleWith({}, `console.log('was run');\n`);
    const folder = estateWith({ 'rules/own.js': code, 'records.jsonl': '' }, `${CONFIG}${rules}${sources}`);

    const { status, stdout, stderr } = await selfsame(['collect', '--out', 'night'], { cwd: folder });

    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toContain('in night (sha256:');
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['is no JavaScript', { 'rules/own.js': 'export default {\n  id: own own,\n' }, "rules/own.js: Unexpected identifier 'own'"],
    ['is more than types', { 'rules/own.ts': 'enum Tag { Latest }\nexport default Tag;\n' }, 'rules/own.ts'],
    ['imports what is not there', { 'rules/own.js': `import './lib/tags.js';\n` }, 'lib/tags.js'],
    ['fails as it is loaded', { 'rules/own.js': 'undefined.id;\n' }, 'rules/own.js'],
    ['exports nothing', { 'rules/own.js': 'export const id = "own";\n' }, 'it exports no rule by default'],
    ['has another id than its file', { 'rules/own.js': ruleWith({ id: `'other'` }) }, 'its id is "other"\n  Let it be "own"'],
    ['has no such severity', { 'rules/own.js': ruleWith({ severity: `'hihg'` }) }, 'Did you mean "high"?'],
    ['lacks a part', { 'rules/own.js': ruleWith({ fix: 'undefined' }) }, 'fix is missing, and must be a sentence'],
    ['judges what no rule may', { 'rules/own.js': ruleWith({ judges: `'secrets'` }) }, 'judges is "secrets"'],
    ['waits', { 'rules/own.js': ruleWith({ check: 'async () => ({})' }) }, 'check must be a function that returns at once'],
    [
      'insists on options',
      { 'rules/own.js': ruleWith({ options: 'z.object({ tag: z.string() })' }, `import { z } from 'zod';\n`) },
      'options must',
    ],
    [
      'has the id of one of ours',
      { 'rules/tag-moved.js': ruleWith({ id: `'tag-moved'` }) },
      'has the id "tag-moved", as has a rule of selfsame',
    ],
    ['has the id of another', { 'rules/own.js': ruleWith({}), 'more/own.js': ruleWith({}) }, 'has the id "own", as has '],
    ['is not there at all', { 'rules/README.md': '' }, 'there is no rule in '],
    ['is not named by its id', { 'rules/own.js': ruleWith({}), 'rules/MyRule.ts': ruleWith({}) }, 'MyRule.ts is not named as a rule is'],
    ['ends as no rule does', { 'rules/own.js': ruleWith({}), 'rules/other.mjs': ruleWith({}) }, 'other.mjs is not named as a rule is'],
    [
      'lies in a folder below',
      { 'rules/own.js': ruleWith({}), 'rules/more/other.ts': NEVER_THIS },
      'more/other.ts is a rule in a folder that is not looked through',
    ],
    ['lies in no folder', { 'other/own.js': ruleWith({}) }, 'cannot be read (ENOENT)'],
  ])('are refused with the file and what is wrong, where one %s', async (_, files, told) => {
    const folder = estateWith(files, 'more/own.js' in files ? CONFIG.replace('[./rules]', '[./rules, ./more]') : CONFIG);

    const { status, stderr, report } = await judge(folder);

    expect([status, report]).toEqual([2, undefined]);
    expect(stderr).toContain(told);
  });

  it('never end with the code of drift where one fails later, though nobody waited for it', async () => {
    const check = `(_, row, say) => { Promise.reject(new Error('too late')); return say.pass(); }`;
    const folder = estateWith({ 'rules/own.js': ruleWith({ check }) });

    const { status, stderr } = await judge(folder);

    expect(status).toBe(4);
    expect(stderr.match(/unexpected: too late/g)).toHaveLength(1);
  });

  it('end the audit where one fails: its silence is never a pass', async () => {
    const folder = estateWith({ 'rules/own.js': ruleWith({ check: '(_, row) => row.image.tag' }) });

    const { status, stderr, report } = await judge(folder);

    expect([status, report]).toEqual([4, undefined]);
    expect(stderr).toMatch(/own on production\/.*: Cannot read properties of undefined \(reading 'tag'\)\n {2}Mend the rule/);
  });
});
