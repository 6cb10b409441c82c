import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type Configured, openConfig } from '../config/load.ts';
import type { Report } from '../domain/report.ts';
import { AuditError } from '../error.ts';
import type { AnyRule } from '../judge/define-rule.ts';
import { loadAll } from '../registry.ts';
import { loadRulesFrom, type OwnRule, ruleFilesIn } from '../rules-from/load.ts';

/** A configuration with every rule to judge by, ours and its own, and the code that was run to have its own. */
export type Audit = Configured & Readonly<{ rules: readonly AnyRule[]; own: readonly OwnRule[] }> & Pick<Report, 'code'>;

/** Reads the configuration and loads its rules; where no code may be run that it names, one that names some is refused. */
export async function configure(file: string, code = true): Promise<Audit> {
  const opened = await openConfig(file);
  const ours = await loadAll('rules');
  if (opened.rulesFrom.length === 0) return { ...(await opened.checkedBy(ours)), rules: ours, own: [] };
  if (!code)
    throw new AuditError('CONFIG_INVALID', `${file}: rulesFrom names code, and --no-code forbids it`, {
      hint: 'Look at those rules and leave --no-code away, or judge with a configuration without rulesFrom.',
    });
  const { own, code: loaded } = await loadRulesFrom(
    opened.rulesFrom,
    ours.map(({ id }) => id),
    await realpath(path.dirname(file)),
  );
  const rules = [...ours, ...own.map(({ rule }) => rule)];
  return { ...(await opened.checkedBy(rules)), rules, own, code: [...loaded] };
}

/** Reads the configuration for what judges nothing: rules of its own are known by the names of their files, and none is run. */
export async function configureUnjudged(file: string): Promise<Configured> {
  const opened = await openConfig(file);
  const ours = await loadAll('rules');
  const own = await ruleFilesIn(
    opened.rulesFrom,
    ours.map(({ id }) => id),
  );
  return opened.checkedBy([...ours, ...[...own.keys()].map((id) => ({ id, options: UNREAD }))]);
}

/** What a rule may be told, where nobody asked the rule. */
const UNREAD = z.looseObject({});
