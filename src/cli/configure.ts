import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type Configured, type Opened, openConfig } from '../config/load.ts';
import type { Report } from '../domain/report.ts';
import { AuditError } from '../error.ts';
import type { AnyRule } from '../judge/define-rule.ts';
import { idsIn, loadAll, notFound } from '../registry.ts';
import { loadRulesFrom, type OwnRule, type OwnRules, ruleFilesIn } from '../rules-from/load.ts';

/** A rule of the configuration's own, with its file where it has one. */
type Yours = Pick<OwnRule, 'rule'> & Partial<Pick<OwnRule, 'file'>>;

/** A configuration with every rule to judge by, ours and its own, and the code that was run to have its own. */
export type Audit = Configured & Readonly<{ rules: readonly AnyRule[]; own: readonly Yours[] }> & Pick<Report, 'code'>;

/** Reads the configuration and loads its rules; where no code may be run that it names, one that names some is refused. */
export async function configure(file: string, code = true): Promise<Audit> {
  const opened = await openConfig(file);
  const ours = await loadAll('rules');
  const theirs = await ownRules(file, opened, ours, code);
  const coded = [...ours, ...theirs.own.map(({ rule }) => rule)];
  const configured = await opened.checkedBy(coded);
  await refuseUnknownSources(configured);
  const custom = await customRules(configured.plan, opened);
  return {
    ...configured,
    rules: [...coded, ...custom],
    own: [...theirs.own, ...custom.map((rule) => ({ rule }))],
    ...(theirs.code.length > 0 ? { code: [...theirs.code] } : {}),
  };
}

/** A recording is judged without them; a configuration that cannot be collected by is wrong all the same. */
async function refuseUnknownSources({ sources }: Configured): Promise<void> {
  const ids = await idsIn('sources');
  const unknown = sources.find(({ use }) => !ids.includes(use));
  if (unknown) throw notFound('sources', unknown.use, ids);
}

async function ownRules(file: string, { rulesFrom }: Opened, ours: readonly AnyRule[], mayRun: boolean): Promise<OwnRules> {
  if (rulesFrom.length === 0) return { own: [], code: [] };
  if (!mayRun)
    throw new AuditError('CONFIG_INVALID', `${file}: rulesFrom names code, and --no-code forbids it`, {
      hint: 'Look at those rules and leave --no-code away, or judge with a configuration without rulesFrom.',
    });
  const taken = ours.map(({ id }) => id);
  return loadRulesFrom(rulesFrom, taken, await realpath(path.dirname(file)));
}

/** What reads expressions is loaded where there are some. */
async function customRules({ custom = [] }: Configured['plan'], { placeOf }: Opened): Promise<readonly AnyRule[]> {
  if (custom.length === 0) return [];
  const { defineCustom } = await import('../custom/define-custom.ts');
  return custom.map((written, at) => defineCustom(written, (key) => placeOf(['custom', at, key])));
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
