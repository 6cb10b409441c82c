import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { didYouMean } from '../../config/did-you-mean.ts';
import { AuditError } from '../../error.ts';
import type { AnyRule } from '../../judge/define-rule.ts';
import { loadAll } from '../../registry.ts';
import { wrap } from '../../report/wrap.ts';
import { configure } from '../configure.ts';
import { write } from '../output.ts';
import { packageFolder } from '../version.ts';

export type RulesOptions = Readonly<{ config?: string; code: boolean }>;

const WIDTH = 80;
const ID_WIDTH = 30;
const SEVERITY_WIDTH = 6;

type Listed = Readonly<{ rule: AnyRule; page: string | undefined }>;

/** Lists the rules, ours and those of the configuration, or prints the page of one. */
export async function rules(id: string | undefined, options: RulesOptions): Promise<number> {
  const listed = await listRules(options);
  if (id === undefined) {
    await write(tellAll(listed.map(({ rule }) => rule)));
    return 0;
  }
  const asked = listed.find(({ rule }) => rule.id === id);
  if (!asked) throw notFound(id, listed);
  await write(asked.page && existsSync(asked.page) ? await readFile(asked.page, 'utf8') : withoutPage(asked.rule));
  return 0;
}

/** What is said of files is said before anything runs: it stands by itself. */
function tellAll(all: readonly AnyRule[]): string {
  const [running, files] = [true, false].map((isDeployed) =>
    all.filter(({ judges }) => (judges === 'deployed') === isDeployed).map(lineOf),
  );
  return `Of what runs:\n\n${running?.join('')}\nOf workflow files and Dockerfiles:\n\n${files?.join('')}`;
}

function lineOf({ id, severity, title }: AnyRule): string {
  const head = `${id.padEnd(ID_WIDTH)} ${severity.padEnd(SEVERITY_WIDTH)} `;
  return `${head}${wrap(title, WIDTH - head.length, ' '.repeat(ID_WIDTH + SEVERITY_WIDTH + 2))}\n`;
}

async function listRules({ config, code }: RulesOptions): Promise<readonly Listed[]> {
  const ours = (await loadAll('rules')).map((rule) => ({ rule, page: path.join(packageFolder(), 'rules', `${rule.id}.md`) }));
  const file = config ?? 'selfsame.yaml';
  if (config === undefined && !existsSync(file)) return ours;
  const { own } = await configure(file, code);
  return [...ours, ...own.map(({ rule, file: written }) => ({ rule, page: written && `${written.replace(/\.[jt]s$/, '')}.md` }))];
}

function notFound(id: string, listed: readonly Listed[]): AuditError {
  const meant = didYouMean(
    id,
    listed.map(({ rule }) => rule.id),
  );
  return new AuditError('MEMBER_NOT_FOUND', `"${id}" in rules`, {
    hint: meant || '`selfsame rules` lists them.',
  });
}

/** A page of one's own is not asked for: the rule says what is needed. */
function withoutPage({ id, severity, title, messages, fix }: AnyRule): string {
  const says = Object.values(messages).map((sentence) => `- ${sentence}\n`);
  return `# ${id}\n\n${severity}: ${title}.\n\n${says.join('')}\n${fix}\n`;
}
