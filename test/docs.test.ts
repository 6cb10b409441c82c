import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { Config, Limits } from '../src/config/schema.ts';
import { openLedger } from '../src/inventory/ledger.ts';
import type { AnyRule } from '../src/judge/define-rule.ts';
import { optionsOf } from '../src/judge/policy.ts';
import { loadAll } from '../src/registry.ts';
import { ROOMS, type Room } from './architecture/rooms.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Every file of the project, those included that are not yet committed. */
const files = git('ls-files', '--cached', '--others', '--exclude-standard').filter((name) => existsSync(path.join(ROOT, name)));
const pages = files.filter((name) => name.endsWith('.md'));
const basenames = new Set(files.map((name) => path.basename(name)));
const roots = new Set(files.map((name) => name.split('/')[0]));

function git(...argv: string[]): string[] {
  const { stdout, status, stderr } = spawnSync('git', argv, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new TypeError(`git ${argv[0]}: ${stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
}

function read(name: string): string {
  return readFileSync(path.join(ROOT, name), 'utf8');
}

/** Names that a page may give although they are made elsewhere: by a build, or by whoever follows the page. */
const MADE_ELSEWHERE = /^(?:dist\/|config\.json$|audit\.json$|results\.json$|record\.json$|metadata\.json$)/;
const ENDINGS = /\.(?:md|ts|js|json|ya?ml|ndjson|txt)$/;

/** What a page names: each word in backticks that stands alone, and each link. Fenced text is an example, and names nothing. */
function namesIn(page: string): string[] {
  const prose = page.replaceAll(/^```[^]*?^```$/gm, '');
  const quoted = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);
  const linked = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, text = '']) => text);
  return [...quoted, ...linked].map((text) => text.replace(/#.*$/, '').replace(/:\d+$/, ''));
}

/**
 * A path is a word without blanks, wildcards and placeholders that ends like a file of this project, or that begins
 * with `./`, `../` or one of its folders. Not a path: URLs, packages, image references, commands, globs.
 */
function isPath(word: string): boolean {
  if (word === '' || /[\s*<>{}$…@()|=,'"\\]|:\/|[A-Z]{3,}\/|^-/.test(word)) return false;
  if (MADE_ELSEWHERE.test(word)) return false;
  return ENDINGS.test(word) || /^\.\.?\//.test(word) || (word.includes('/') && roots.has(word.split('/')[0] ?? ''));
}

/** Found from the project's folder, from the page, or by name alone anywhere in the project. */
function isThere(word: string, page: string): boolean {
  if (!word.includes('/')) return basenames.has(word);
  return existsSync(path.join(ROOT, word)) || existsSync(path.join(ROOT, path.dirname(page), word));
}

function deadPaths(page: string, text: string): string[] {
  const dead = namesIn(text).filter((word) => isPath(word) && !isThere(word, page));
  return dead.map((word) => `${page} names ${word}, which is not there`);
}

/** The machine a text was written on is nobody's business. */
const PRIVATE = /(?<![\w.}*-])\/(?:work|home|root|Users|tmp\/tb)(?=[/\s'"`),;]|$)/m;

function privatePaths(name: string, text: string): string[] {
  return text.split('\n').flatMap((line, index) => (PRIVATE.test(line) ? [`${name}:${index + 1} names a private path`] : []));
}

const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> };
const NPM = /\bnpm (?:run (?:-s )?(?<script>[\w:-]+)|(?<short>start|test)\b)/g;

function deadScripts(page: string, text: string): string[] {
  const named = [...text.matchAll(NPM)].map(({ groups }) => groups?.script ?? groups?.short ?? '');
  return named.filter((script) => !(script in scripts)).map((script) => `${page} runs "${script}", which is no script`);
}

/** Commands as a page shows them: at the start of a line, or of a quotation. */
const COMMAND = /(?:^[ \t]*(?:\$ )?|`)(?:npx )?selfsame (?<command>[a-z]+)/gm;

function deadCommands(page: string, text: string, commands: readonly string[]): string[] {
  const named = [...text.matchAll(COMMAND)].map(({ groups }) => groups?.command ?? '');
  return named.filter((command) => !commands.includes(command)).map((command) => `${page} runs "selfsame ${command}", which is no command`);
}

/** Where npm speaks too, a report that is written to a file or a pipe begins with npm's words. */
function loud(page: string, text: string): string[] {
  return [...text.matchAll(/npm run selfsame\b/g)].map(([command]) => `${page} says "${command}", which begins with npm's words: add -s`);
}

/** In a clone, npx finds this package without its build; what stands in it is `npm run -s selfsame --`. */
function unbuilt(page: string, text: string): string[] {
  return [...text.matchAll(/npx (?:--\S+ )*selfsame \w+/g)].map(([command]) => `${page} says "${command}", which needs a build`);
}

function commandsOf(help: string): string[] {
  const [, list = ''] = help.split('Commands:');
  return [...list.matchAll(/^ {2}(?<name>[a-z-]+)/gm)].map(({ groups }) => groups?.name ?? '');
}

describe('what the pages say', () => {
  it('names paths that are there', () => {
    expect(pages.flatMap((page) => deadPaths(page, read(page)))).toEqual([]);
  });

  it('runs scripts that are there', () => {
    expect(pages.flatMap((page) => deadScripts(page, read(page)))).toEqual([]);
  });

  it('runs commands that are there', () => {
    const { stdout } = spawnSync(process.execPath, ['--conditions=selfsame-source', path.join(ROOT, 'bin/selfsame.js'), '--help'], {
      encoding: 'utf8',
    });

    const commands = commandsOf(stdout);

    expect(commands).toContain('judge');
    expect(pages.flatMap((page) => deadCommands(page, read(page), commands))).toEqual([]);
  });

  it('lets nobody but the program speak', () => {
    expect(pages.flatMap((page) => loud(page, read(page)))).toEqual([]);
  });

  it('runs nothing that a clone has not built', () => {
    expect(pages.flatMap((page) => unbuilt(page, read(page)))).toEqual([]);
  });

  it('announces every rule to those who run it', async () => {
    const rules = await loadAll('rules');

    const news = read('CHANGELOG.md');

    expect(rules.filter(({ id }) => !news.includes(`\`${id}\``)).map(({ id }) => id)).toEqual([]);
  });

  it('names no path of the machine it was written on', () => {
    expect(files.flatMap((name) => privatePaths(name, read(name)))).toEqual([]);
  });

  it.each<[string, () => readonly string[], string]>([
    ['a page that is gone', () => deadPaths('README.md', 'See `rules/no-such-rule.md`.'), 'names rules/no-such-rule.md'],
    ['a link that leads nowhere', () => deadPaths('rules/README.md', '[how](./no-such-rule.md)'), 'names ./no-such-rule.md'],
    ['a folder that is gone', () => deadPaths('README.md', 'Look into `src/attic`.'), 'names src/attic'],
    ['a file that nobody has', () => deadPaths('README.md', 'Read `HISTORY-OF-ALL.md`.'), 'names HISTORY-OF-ALL.md'],
    ['a script that is gone', () => deadScripts('README.md', '    npm run polish'), 'runs "polish"'],
    ['a command that is gone', () => deadCommands('README.md', '    npx selfsame polish', ['judge']), 'runs "selfsame polish"'],
    ['a command that needs a build', () => unbuilt('README.md', '    npx selfsame demo'), 'says "npx selfsame demo"'],
    ['a command that npm speaks in', () => loud('README.md', '    npm run selfsame -- demo'), 'add -s'],
    [
      'a private path',
      () => privatePaths('README.md', ['Look into ', 'home', 'ada/selfsame'].join('/')),
      'README.md:1 names a private path',
    ],
  ])('is reported where it names %s', (_, check, told) => {
    expect(check()).toEqual([expect.stringContaining(told)]);
  });

  it('may name what is no path', () => {
    const prose = '`selfsame/testing` `crane copy A B` `rules/<id>.ts` `node:fs/promises` `acme/payments` `https://example.com/a.md`';

    expect(deadPaths('README.md', prose)).toEqual([]);
  });
});

const [OPEN, CLOSE] = ['<!-- generated by test/docs.test.ts -->', '<!-- end -->'];

/** A page as it stands and as it should, with its generated block anew; UPDATE_DOCS=1 writes it. */
function generated(page: string, block: string): { found: string; made: string } {
  const found = read(page);
  const [start, end] = [found.indexOf(OPEN), found.indexOf(CLOSE)];
  if (start < 0 || end < start) return { found, made: `a page with ${OPEN} and ${CLOSE}` };
  const made = `${found.slice(0, start)}${OPEN}\n${block}\n${found.slice(end)}`;
  if (process.env.UPDATE_DOCS) writeFileSync(path.join(ROOT, page), made);
  return { found: process.env.UPDATE_DOCS ? made : found, made };
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A rule's needs by their names, as it asks for them over the smallest estate. */
function needsOf(rule: AnyRule): string {
  const given = scenario()
    .at('09:00')
    .deployed('payments@A', 'staging/api')
    .deployed('payments@A', 'production/api')
    .wrote('Dockerfile', 'FROM node:24\n')
    .wrote('.github/workflows/ci.yml', 'on: push\njobs: { test: { runs-on: ubuntu-24.04, steps: [{ run: npm test }] } }\n');
  const ledger = openLedger(given.recordings(), given.plan());
  const subjects = { deployed: ledger.rows, 'workflow-job': ledger.workflows.jobs, dockerfile: ledger.workflows.dockerfiles }[rule.judges];
  // The rule's own types were checked where it was defined.
  const names = subjects.flatMap((one) => Object.keys(rule.needs(one as never, ledger, optionsOf(rule, given.plan()) as never)));
  return [...new Set(names)].join(', ') || 'nothing';
}

/** What a key is where nobody sets it, as the configuration gives it. */
function defaultOf(key: string): string {
  const smallest = Config.parse({ version: '1', promotion: ['staging', 'production'] });
  if (key === 'version' || key === 'promotion') return 'required';
  const value: unknown = smallest[key as keyof Config];
  if (key === 'settle') return `\`${String(value)}h\``;
  if (typeof value === 'string') return `\`${value}\``;
  const isEmpty = Object.keys(value ?? {}).length === 0;
  return isEmpty
    ? 'none'
    : Object.entries(value ?? {})
        .map(([name, one]) => `\`${name}: ${String(one)}\``)
        .join(', ');
}

const MANNERS: Readonly<Record<Room['manner'], string>> = {
  pure: 'wait; read clock, disk, environment or locale; print',
  edge: 'touch process, console, clock or timers: it is handed an `Edge`',
  free: '–',
};

function tellRoom({ at, is, mayImport, manner }: Room): string[] {
  return [`\`${at}\``, is, mayImport.join(', '), MANNERS[manner]];
}

describe('what the pages generate', () => {
  it('is the table of rules', async () => {
    const rules = await loadAll('rules');

    const rows = rules.map((rule) => [`[${rule.id}](./${rule.id}.md)`, rule.title, rule.severity, needsOf(rule), rule.since]);

    const { found, made } = generated('rules/README.md', tableOf(['rule', 'reports', 'severity', 'needs', 'since'], rows));

    expect(found).toBe(made);
  });

  it('is the table of keys', () => {
    const rows = Object.entries(Config.shape).map(([key, schema]) => [`\`${key}\``, `${schema.description}`, defaultOf(key)]);

    const { found, made } = generated('src/config/README.md', tableOf(['key', 'what it says', 'default'], rows));

    expect(found).toBe(made);
    expect(Object.keys(Limits.shape).filter((key) => !found.includes(`\`${key}\``))).toEqual([]);
  });

  it('is the table of rooms', () => {
    const rows = Object.values(ROOMS).map(tellRoom);

    const { found, made } = generated('src/README.md', tableOf(['room', 'what it is for', 'may import', 'may not'], rows));

    expect(found).toBe(made);
  });
});
