import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { didYouMean } from '../../config/did-you-mean.ts';
import { AuditError } from '../../error.ts';
import type { AnyRule } from '../../judge/define-rule.ts';
import { loadAll } from '../../registry.ts';
import { configure } from '../configure.ts';
import { write } from '../output.ts';
import { packageFolder } from '../version.ts';

export type RulesOptions = Readonly<{ config?: string; code: boolean }>;

type Listed = Readonly<{ rule: AnyRule; page: string | undefined }>;

/** Lists the rules, ours and those of the configuration, or prints the page of one. */
export async function rules(id: string | undefined, options: RulesOptions): Promise<number> {
  const listed = await listRules(options);
  if (id === undefined) {
    for (const { rule } of listed) await write(`${rule.id.padEnd(22)} ${rule.severity.padEnd(7)} ${rule.title}\n`);
    return 0;
  }
  const asked = listed.find(({ rule }) => rule.id === id);
  if (!asked) throw notFound(id, listed);
  await write(asked.page && existsSync(asked.page) ? await readFile(asked.page, 'utf8') : withoutPage(asked.rule));
  return 0;
}

async function listRules({ config, code }: RulesOptions): Promise<readonly Listed[]> {
  const ours = (await loadAll('rules')).map((rule) => ({ rule, page: path.join(packageFolder(), 'rules', `${rule.id}.md`) }));
  const file = config ?? 'selfsame.yaml';
  if (config === undefined && !existsSync(file)) return ours;
  const { own } = await configure(file, code);
  return [...ours, ...own.map(({ rule, file: written }) => ({ rule, page: written && `${written.replace(/\.[jt]s$/, '')}.md` }))];
}

function notFound(id: string, listed: readonly Listed[]): AuditError {
  const ids = listed.map(({ rule }) => rule.id);
  return new AuditError('MEMBER_NOT_FOUND', `"${id}" in rules`, {
    hint: `${didYouMean(id, ids)} There are: ${ids.join(', ')}.`.trim(),
  });
}

/** A page of one's own is not asked for: the rule says what is needed. */
function withoutPage({ id, severity, title, messages, fix }: AnyRule): string {
  const says = Object.values(messages).map((sentence) => `- ${sentence}\n`);
  return `# ${id}\n\n${severity}: ${title}.\n\n${says.join('')}\n${fix}\n`;
}
