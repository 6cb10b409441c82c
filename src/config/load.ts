import { readFile, stat } from 'node:fs/promises';
import { type Document, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Plan } from '../domain/plan.ts';
import { AuditError } from '../error.ts';
import { Config } from './schema.ts';

const LARGEST_BYTES = 1024 * 1024;

/** Reads the configuration; every mistake is named with its place in the file and what may stand there. */
export async function loadConfig(file: string, ruleIds: readonly string[]): Promise<Plan> {
  const text = await readText(file);
  // Failsafe: every scalar is text, so that no commit or account id is ever read as a number.
  const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: true, prettyErrors: true });
  const [problem] = document.errors;
  if (problem) throw new AuditError('CONFIG_INVALID', `${file}: ${problem.message}`, { hint: 'Mend the YAML at that line.' });
  const parsed = Config.safeParse(expandAliases(file, document));
  if (!parsed.success) throw invalid(file, parsed.error.issues);
  const { version: _, ...plan } = parsed.data;
  refuseUnknownRules(file, plan, ruleIds);
  refuseRepeatedEnvironments(file, plan);
  return plan;
}

function expandAliases(file: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 });
  } catch (cause) {
    throw new AuditError('CONFIG_INVALID', `${file}: its aliases expand too far`, {
      hint: 'Write the values out instead of using *aliases.',
      cause,
    });
  }
}

async function readText(file: string): Promise<string> {
  const status = await stat(file).catch((cause: unknown) => {
    throw new AuditError('CONFIG_NOT_FOUND', `"${file}"`, {
      hint: 'Name it with --config FILE. It needs two lines: `version: 1` and `promotion: [staging, production]`.',
      cause,
    });
  });
  if (!status.isFile())
    throw new AuditError('CONFIG_INVALID', `"${file}" is no file`, { hint: 'Name the file itself: --config FOLDER/selfsame.yaml.' });
  if (status.size > LARGEST_BYTES)
    throw new AuditError('CONFIG_INVALID', `${file} is larger than 1 MiB`, { hint: 'A configuration is a page, not a data file.' });
  return readFile(file, 'utf8');
}

function invalid(file: string, issues: readonly z.core.$ZodIssue[]): AuditError {
  const [issue] = issues;
  const where = issue?.path.join('.') || 'the file';
  const keys = Object.keys(Config.shape).join(', ');
  const hint = issue?.code === 'unrecognized_keys' ? `The keys are: ${keys}.` : `See "${where}" in ${file}.`;
  return new AuditError('CONFIG_INVALID', `${file}: ${where}: ${issue?.message}`, { hint });
}

function refuseUnknownRules(file: string, { rules }: Plan, ruleIds: readonly string[]): void {
  const unknown = Object.keys(rules).find((id) => !ruleIds.includes(id));
  if (unknown === undefined) return;
  throw new AuditError('CONFIG_INVALID', `${file}: rules: there is no rule "${unknown}"`, {
    hint: `The rules are: ${ruleIds.join(', ')}.`,
  });
}

function refuseRepeatedEnvironments(file: string, { promotion }: Plan): void {
  const environments = promotion.flat();
  const twice = environments.find((environment, at) => environments.indexOf(environment) !== at);
  if (twice === undefined) return;
  throw new AuditError('CONFIG_INVALID', `${file}: promotion: "${twice}" stands twice`, {
    hint: 'Name each environment once: it would be its own upstream.',
  });
}
