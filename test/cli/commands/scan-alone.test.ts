import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/domain/report.ts';
import { selfsame } from '../../fakes/command-line.ts';

/** A checkout like one of the fixtures, and further files. */
function checkout(files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(path.join(tmpdir(), 'selfsame-alone-'));
  cpSync('fixtures/workflows/build-once', root, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

describe('a scan of workflows alone', () => {
  it('needs no configuration, and is clean where one build goes the whole way', async () => {
    const cwd = checkout();

    const { status, stdout, stderr } = await selfsame(['scan', '--source', 'github-workflows', '.', '--report', 'json'], { cwd });

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ gaps: [], findings: [] });
  });

  it('looks at this folder, where no place is given', async () => {
    const { status } = await selfsame(['scan', '--source', 'github-workflows'], { cwd: checkout() });

    expect(status).toBe(0);
  });

  it('is not complete where a file cannot be read, and says which, and where', async () => {
    const cwd = checkout({ '.github/workflows/broken.yml': 'on: push\njobs: [' });

    const { status, stdout } = await selfsame(['scan', '--source', 'github-workflows', '.'], { cwd });

    expect(status).toBe(3);
    expect(stdout).toContain('.github/workflows/broken.yml:2');
  });

  it('is judged by the configuration, where there is one, and asks none of its sources', async () => {
    const sources = 'sources: [{ use: records, files: [nowhere.jsonl] }]';
    const cwd = checkout({ 'selfsame.yaml': `version: 1\npromotion: [qa, live]\n${sources}\n` });

    const { status, stdout } = await selfsame(['scan', '--source', 'github-workflows', '.', '--report', 'json'], { cwd });

    expect({ status, text: stdout.includes('nowhere.jsonl') }).toEqual({ status: 0, text: false });
  });

  it('is told without what is only of containers', async () => {
    const place = path.resolve('fixtures/workflows/rebuild-in-deploy-job');
    const cwd = checkout();
    const reports = ['table', 'markdown=audit.md', 'html=audit.html'].flatMap((report) => ['--report', report]);

    const { stdout } = await selfsame(['scan', '--source', 'github-workflows', place, ...reports], { cwd });

    const [markdown, html] = ['audit.md', 'audit.html'].map((file) => readFileSync(path.join(cwd, file), 'utf8'));
    expect(stdout).toMatch(/^ {2}at \.github\/workflows\/[\w-]+\.yml:\d+$/m);
    expect(markdown).not.toContain('| standing |');
    expect(html).toContain('<h1>Do these workflows deploy what they test?</h1>');
    expect(html).not.toMatch(/#standings|#population|id="standings"|id="population"/);
  });

  it('prints what a waiver calls a finding, and takes it', async () => {
    const place = path.resolve('fixtures/workflows/rebuild-in-deploy-job');
    const before = await selfsame(['scan', '--source', 'github-workflows', place], { cwd: checkout() });
    const keys = [...new Set(before.stdout.match(/(?<=^ {2}as )file:.*$/gm))];
    const rules = ['digest-not-propagated', 'duplicate-build', 'rebuild-in-deploy-job'];
    const nextWeek = new Date(Date.now() + 7 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
    const terms = `because: it is replaced, owner: team-payments, until: ${nextWeek}`;
    const waivers = keys.flatMap((key) => rules.map((rule) => `  - { rule: ${rule}, where: "${key}", ${terms} }\n`));
    const cwd = checkout({ 'selfsame.yaml': `version: 1\npromotion: [staging, production]\nwaivers:\n${waivers.join('')}` });

    const after = await selfsame(['scan', '--source', 'github-workflows', place], { cwd });

    expect(keys).toContainEqual(expect.stringMatching(/^file:\.\/\.github\/workflows\/[\w-]+\.yml#\w+$/));
    expect([before.status, after.status]).toEqual([1, 0]);
  });

  it('keeps to what the configuration says of its own kind', async () => {
    const sources = 'sources: [{ use: github-workflows, path: elsewhere, exclude: [test/*] }]';
    const cwd = checkout({ 'selfsame.yaml': `version: 1\npromotion: [qa, live]\n${sources}\n`, 'test/Dockerfile': 'hello' });

    const { status, stdout } = await selfsame(['scan', '--source', 'github-workflows', '.'], { cwd });

    expect([status, stdout]).toEqual([0, expect.stringContaining('0 gaps')]);
  });

  it.each([
    [['scan', '.'], 'selfsame scan --source github-workflows .'],
    [['scan', '--source', 'oci', '.'], 'What can be run alone: github-workflows.'],
    [['scan', '--source', 'github-workflow', '.'], 'Did you mean "github-workflows"?'],
    [['scan', '--source', 'github-workflows', 'nowhere'], '"nowhere": ENOENT'],
    [['scan', '--source', 'github-workflows', 'Dockerfile'], '"Dockerfile": it is no folder'],
    [['scan', '--source', 'github-workflows', 'acme/payments'], '{ use: github-workflows, repositories: [acme/payments] }'],
    [['scan', '--source', 'github-workflows', 'https://github.com/acme/payments.git'], 'repositories: [acme/payments] }'],
    [['scan', '--source', 'github-workflows', 'git@github.com:acme/payments.git'], 'repositories: [acme/payments] }'],
    [['scan', '--source', 'github-workflows', '--keep', 'nights'], 'Write the source into the configuration'],
    [['scan', '--source', 'github-workflows', '--config', 'other.yaml'], 'Name it with --config FILE'],
  ])('is refused where it cannot be meant: %j', async (argv, hint) => {
    const { status, stderr } = await selfsame(argv, { cwd: checkout() });

    expect(status).toBe(2);
    expect(stderr).toContain(hint);
  });
});

describe('a scan of a repository that releases in a known way', () => {
  it.each<[string, readonly string[]]>([
    ['build-once', []],
    ['branch-per-environment', ['branch-per-environment']],
    ['composite-action', ['duplicate-build', 'rebuild-in-deploy-job']],
    ['copied-between-registries', ['promotion-changes-digest']],
    ['digest-not-propagated', ['digest-not-propagated']],
    ['duplicate-build', ['duplicate-build']],
    ['free-text-input', ['free-text-image-input']],
    ['latest-promotion', ['mutable-tag-promotion']],
    ['pull-tag-push', ['deploy-without-tests', 'mutable-tag-promotion', 'promotion-changes-digest']],
    ['rebuild-in-deploy-job', ['digest-not-propagated', 'duplicate-build', 'rebuild-in-deploy-job']],
    ['rebuild-per-environment-matrix', ['environment-baked-into-image', 'rebuild-per-environment-matrix']],
    ['reusable-workflow', ['duplicate-build', 'rebuild-in-deploy-job']],
    ['unpinned-base', ['unpinned-base-image']],
    ['without-tests', ['deploy-without-tests']],
  ])('tells what is wrong with it: %s', async (name, rules) => {
    const place = path.resolve('fixtures/workflows', name);

    const { stdout } = await selfsame(['scan', '--source', 'github-workflows', place, '--report', 'json'], { cwd: checkout() });

    const { findings } = JSON.parse(stdout) as Report;
    expect([...new Set(findings.map(({ rule }) => rule))].toSorted()).toEqual(rules);
  });
});
