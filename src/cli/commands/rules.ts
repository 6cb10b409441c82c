import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadAll, loadMember } from '../../registry.ts';
import { packageFolder } from '../version.ts';

/** Lists the rules, or prints the page of one. */
export async function rules(id: string | undefined): Promise<number> {
  if (id !== undefined) {
    const rule = await loadMember('rules', id);
    process.stdout.write(await readFile(path.join(packageFolder(), 'rules', `${rule.id}.md`), 'utf8'));
    return 0;
  }
  for (const rule of await loadAll('rules')) process.stdout.write(`${rule.id.padEnd(22)} ${rule.severity.padEnd(7)} ${rule.title}\n`);
  return 0;
}
