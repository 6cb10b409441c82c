import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { byKey } from '../domain/order.ts';
import type { LoadedCode } from '../domain/report.ts';
import { AuditError } from '../error.ts';
import type { AnyRule } from '../judge/define-rule.ts';
import { importDefault, memberFiles } from '../registry.ts';
import { refuseOverlooked } from './refuse-overlooked.ts';
import { faultOf, isRule } from './sound-rule.ts';
import { watchModules } from './watch-modules.ts';

/** Rules of somebody's own, and every file of code that was run to have them. */
export type OwnRules = Readonly<{ own: readonly OwnRule[]; code: readonly LoadedCode[] }>;

/** A rule with the file that it was loaded from. */
export type OwnRule = Readonly<{ rule: AnyRule; file: string }>;

/** More than this is no folder of rules, and no report that a person reads. */
const MOST_FILES = 1000;

/** Loads the rules in folders, as ours are loaded; one that is broken, or has the id of another, is refused. */
export async function loadRulesFrom(folders: readonly string[], taken: readonly string[], beside: string): Promise<OwnRules> {
  const files = await ruleFilesIn(folders, taken);
  const { loaded, end } = watchModules([...files.values()]);
  try {
    const own = [];
    for (const [id, file] of files) own.push({ rule: await loadRule(id, file), file });
    if (loaded.size > MOST_FILES)
      throw new AuditError('MEMBER_INVALID', `rulesFrom loads ${loaded.size} files`, {
        hint: 'Let rules import less: what is loaded, the report names.',
      });
    const code = [...loaded].map(([file, digest]) => ({ path: pathFrom(beside, file), digest }));
    return { own, code: code.toSorted(byKey((one) => one.path)) };
  } finally {
    end();
  }
}

/** The file of every rule in the folders by its id, none loaded yet. */
export async function ruleFilesIn(folders: readonly string[], taken: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const all = new Map<string, string>();
  for (const folder of folders)
    for (const [id, file] of await filesIn(folder, folders)) {
      const other = all.get(id) ?? (taken.includes(id) ? 'a rule of selfsame' : undefined);
      if (other !== undefined)
        throw new AuditError('MEMBER_INVALID', `${file} has the id "${id}", as has ${other}`, {
          hint: 'Name the file otherwise: an id names one rule.',
        });
      all.set(id, file);
    }
  return all;
}

async function filesIn(folder: string, folders: readonly string[]): Promise<ReadonlyMap<string, string>> {
  // Modules are known by their real path, and so is what they import.
  const real = await realpath(folder).catch((cause: NodeJS.ErrnoException) => {
    throw new AuditError('CONFIG_INVALID', `rulesFrom: ${folder} cannot be read (${cause.code})`, {
      hint: 'Write the path of the folder from where the configuration lies: rulesFrom: [./rules].',
      cause,
    });
  });
  const files = await memberFiles(real);
  await refuseOverlooked(real, [...files.values()], await Promise.all(folders.map((one) => realpath(one).catch(() => one))));
  if (files.size > 0) return files;
  throw new AuditError('CONFIG_INVALID', `rulesFrom: there is no rule in ${folder}`, {
    hint: 'Write one, `selfsame new rule ID --to DIR` begins it; or take the folder out of rulesFrom.',
  });
}

async function loadRule(id: string, file: string): Promise<AnyRule> {
  const exported = await importDefault(file).catch((cause: unknown) => {
    throw new AuditError('MEMBER_INVALID', `${file}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      hint: `Mend it: \`node ${file}\` shows the line. It is JavaScript, or TypeScript from which only types need be taken away.`,
      cause,
    });
  });
  if (isRule(exported, id)) return { ...exported, yours: true };
  const { says, hint } = faultOf(exported, id) ?? { says: 'it is no rule', hint: '' };
  throw new AuditError('MEMBER_INVALID', `${file}: ${says}`, { hint });
}

function pathFrom(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}
