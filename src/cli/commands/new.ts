import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AuditError } from '../../error.ts';
import { idsIn } from '../../registry.ts';
import { write } from '../output.ts';
import { newRule } from '../rule-template.ts';
import { packageFolder } from '../version.ts';

const ID = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Writes a first rule with its page and its test, which pass as they are; nothing that is there is written over. */
export async function createRule(id: string, folder: string): Promise<number> {
  if (!ID.test(id))
    throw new AuditError('USAGE', `"${id}" is no id of a rule`, {
      hint: 'Say what is wrong, in small letters and digits joined by hyphens: rebuilt-after-test.',
    });
  if ((await idsIn('rules')).includes(id))
    throw new AuditError('USAGE', `there is a rule "${id}" already`, {
      hint: `\`selfsame rules ${id}\` prints its page; name yours otherwise.`,
    });
  if (path.resolve(folder) === path.join(packageFolder(), 'rules'))
    throw new AuditError('USAGE', `${folder} holds the rules of selfsame itself`, {
      hint: 'Write a rule of your own elsewhere: --to DIR. CONTRIBUTING.md tells how one is added to selfsame.',
    });
  const { rule, page, test } = newRule(id);
  const [file = '', pageFile = '', testFile = ''] = [`${id}.ts`, `${id}.md`, `${id}.test.ts`].map((name) => path.join(folder, name));
  await mkdir(folder, { recursive: true }).catch((cause: NodeJS.ErrnoException) => refuse(folder, cause));
  for (const [name, text] of [
    [file, rule],
    [pageFile, page],
    [testFile, test],
  ] as const)
    await writeFile(name, text, { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => refuse(name, cause));
  await write(
    [
      `${file} is written, with its page and its test.`,
      `  Try it: ${testedBy(testFile)}`,
      ...moduleHint(folder),
      `  Judge by it: rulesFrom: [${path.isAbsolute(folder) ? folder : `./${folder}`}], in the configuration beside that folder.`,
      '  How timelines and cases are told: src/testing/README.md of this package.\n',
    ].join('\n'),
  );
  return 0;
}

/** A clone need not have been built: there the sources of what the rule imports are run. */
function testedBy(testFile: string): string {
  const ours = packageFolder();
  const isInClone = existsSync(path.join(ours, 'src/index.ts')) && !path.relative(ours, path.resolve(testFile)).startsWith('..');
  return `node ${isInClone ? '--conditions=selfsame-source ' : ''}--test ${testFile}`;
}

/** `npm init` writes "commonjs" (npm 11.19, 2026), and then Node.js takes no `import` in the files. */
function moduleHint(folder: string): readonly string[] {
  const file = packageFileOf(path.resolve(folder));
  if (file === undefined || !/"type"\s*:\s*"commonjs"/.test(readFileSync(file, 'utf8'))) return [];
  return [`  Before that: let ${path.relative('', file)} say "type": "module" in place of "commonjs".`];
}

function packageFileOf(folder: string): string | undefined {
  const file = path.join(folder, 'package.json');
  if (existsSync(file)) return file;
  const above = path.dirname(folder);
  return above === folder ? undefined : packageFileOf(above);
}

function refuse(name: string, cause: NodeJS.ErrnoException): never {
  throw new AuditError('USAGE', cause.code === 'EEXIST' ? `${name} is there already` : `${name} cannot be written (${cause.code})`, {
    hint: 'Choose another id, or another folder with --to DIR: nothing is written over.',
    cause,
  });
}
