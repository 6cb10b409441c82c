import { readFile, stat } from 'node:fs/promises';

import type { z } from 'zod';
import { segmentsOf } from '../domain/place.ts';
import { Plan } from '../domain/plan.ts';
import { AuditError } from '../error.ts';
import { nearest } from './nearest.ts';
import { readYaml } from './read-yaml.ts';
import { Config, configFor, type Limits, type Settable, type SourceEntry } from './schema.ts';

const LARGEST_BYTES = 1024 * 1024;

/** A configuration, once it has been read and checked: what to judge by, where to look, and how hard. */
export type Configured = Readonly<{ plan: Plan; sources: readonly SourceEntry[]; limits: Limits }>;

/** Reads the configuration; every mistake is named with its place in the file and what may stand there. */
export async function loadConfig(file: string, rules: readonly Settable[]): Promise<Configured> {
  const text = await readText(file);
  const written = readYaml(file, text);
  const checked = configFor(rules).safeParse(written);
  if (!checked.success) throw invalid(file, checked.error.issues);
  const { version: _, sources, limits, settle, ...rest } = Config.parse(written);
  const plan = Plan.parse({ ...rest, settleHours: settle });
  for (const refuse of [refuseUnknownRules, refuseUnknownEnvironments, refusePairsWithNothing, refuseMalformedPlaces])
    refuse(
      file,
      plan,
      rules.map(({ id }) => id),
    );
  refuseRepeatedNames(file, sources);
  return { plan, sources, limits };
}

async function readText(file: string): Promise<string> {
  const status = await stat(file).catch((cause: unknown) => {
    throw new AuditError('CONFIG_NOT_FOUND', `"${file}"`, {
      hint: 'Name it with --config FILE, or let `selfsame init` write one. It needs two lines: `version: 1` and `promotion: [staging, production]`.',
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
  const issue = issues[0] && innermost(issues[0]);
  const where = issue?.path.join('.') || 'the file';
  return new AuditError('CONFIG_INVALID', `${file}: ${where}: ${issue?.message}`, { hint: hintFor(file, where, issue) });
}

/** Where one of several forms is wrong further inside than the others, it is the form that was meant. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const forms = issue.errors.flatMap(([first]) => (first ? [innermost(first)] : []));
  const [meant, other] = forms.toSorted((a, b) => b.path.length - a.path.length);
  if (!meant || meant.path.length <= (other?.path.length ?? 0)) return issue;
  return { ...meant, path: [...issue.path, ...meant.path] };
}

function hintFor(file: string, where: string, issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code !== 'unrecognized_keys' || where !== 'the file') return `See "${where}" in ${file}.`;
  const keys = Object.keys(Config.shape);
  const meant = nearest(issue.keys[0] ?? '', keys);
  return `${meant ? `Did you mean "${meant}"? ` : ''}The keys are: ${keys.join(', ')}.`;
}

function refuseUnknownRules(file: string, { rules, waivers }: Plan, ruleIds: readonly string[]): void {
  const named = [...Object.keys(rules), ...waivers.flatMap(({ rule }) => rule ?? [])];
  const unknown = named.find((id) => !ruleIds.includes(id));
  if (unknown === undefined) return;
  const meant = nearest(unknown, ruleIds);
  throw new AuditError('CONFIG_INVALID', `${file}: rules: there is no rule "${unknown}"`, {
    hint: `${meant ? `Did you mean "${meant}"? ` : ''}The rules are: ${ruleIds.join(', ')}.`,
  });
}

/** An environment stands on the path once, and whatever names one names one of the path. */
function refuseUnknownEnvironments(file: string, { promotion, equal, gates, rules }: Plan): void {
  const environments = promotion.flat();
  const twice = environments.find((environment, at) => environments.indexOf(environment) !== at);
  if (twice !== undefined)
    throw new AuditError('CONFIG_INVALID', `${file}: promotion: "${twice}" stands twice`, {
      hint: 'Name each environment once: it would be its own upstream.',
    });
  const named = [
    ...equal.flat(),
    ...gates.flatMap(({ environment }) => environment ?? []),
    ...Object.values(rules).flatMap((set) => Object.keys(set.environments)),
  ];
  const unknown = named.find((environment) => !environments.includes(environment));
  if (unknown !== undefined)
    throw new AuditError('CONFIG_INVALID', `${file}: "${unknown}" is on no rank of the promotion`, {
      hint: `The environments are: ${environments.join(', ')}.`,
    });
}

function refusePairsWithNothing(file: string, { pairs }: Plan): void {
  const alone = Object.entries(pairs).find(([, upstream]) => upstream === 'none');
  if (!alone) return;
  throw new AuditError('CONFIG_INVALID', `${file}: pairs: "${alone[0]}: none" would excuse it for ever`, {
    hint: 'Write a waiver for it instead: rule skipped-environment, where, because, owner, until.',
  });
}

function refuseMalformedPlaces(file: string, { pairs, waivers }: Plan): void {
  const places = [...Object.entries(pairs).flat(), ...waivers.map(({ where }) => where)];
  const malformed = places.find((place) => !segmentsOf(place));
  if (malformed === undefined) return;
  throw new AuditError('CONFIG_INVALID', `${file}: "${malformed}" is no place`, {
    hint: 'Write environment/name, environment/namespace/name/container or environment/namespace/Kind/name/container, with * for any text within a segment.',
  });
}

function refuseRepeatedNames(file: string, sources: readonly SourceEntry[]): void {
  const names = sources.map(({ use, name }) => name ?? use);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return;
  throw new AuditError('CONFIG_INVALID', `${file}: sources: two are named "${twice}"`, {
    hint: 'Give each source of one kind a name of its own.',
  });
}
