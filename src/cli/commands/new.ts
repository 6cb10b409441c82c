import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AuditError } from '../../error.ts';
import { idsIn } from '../../registry.ts';
import { write } from '../output.ts';
import { newRule } from '../rule-template.ts';

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
  const { rule, page, test } = newRule(id);
  const [file, pageFile, testFile] = [`${id}.ts`, `${id}.md`, `${id}.test.ts`].map((name) => path.join(folder, name));
  await mkdir(folder, { recursive: true }).catch((cause: NodeJS.ErrnoException) => refuse(folder, cause));
  for (const [name = '', text] of [
    [file, rule],
    [pageFile, page],
    [testFile, test],
  ] as const)
    await writeFile(name, text, { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => refuse(name, cause));
  await write(
    [
      `${file} is written, with its page and its test.`,
      `  Try it: node --test ${testFile}`,
      `  Judge by it: rulesFrom: [${path.isAbsolute(folder) ? folder : `./${folder}`}], in the configuration beside that folder.`,
      '  How timelines and cases are told: src/testing/README.md of this package.\n',
    ].join('\n'),
  );
  return 0;
}

function refuse(name: string, cause: NodeJS.ErrnoException): never {
  throw new AuditError('USAGE', cause.code === 'EEXIST' ? `${name} is there already` : `${name} cannot be written (${cause.code})`, {
    hint: 'Choose another id, or another folder with --to DIR: nothing is written over.',
    cause,
  });
}
