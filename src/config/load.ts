import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { isInFile, segmentsOf } from '../domain/place.ts';
import { Plan, type RuleSetting } from '../domain/plan.ts';
import { AuditError } from '../error.ts';
import { acceptedPolicies } from './accepted-policies.ts';
import { noSuchRule } from './no-such-rule.ts';
import { readYaml } from './read-yaml.ts';
import { refuseSources } from './refuse-sources.ts';
import { PLACES, refuseWaiver } from './refuse-waiver.ts';
import { Config, configFor, type Limits, type Settable, type SourceEntry } from './schema.ts';
import { type Mistake, tellMistake } from './tell-mistake.ts';
import { waiversFrom } from './waiver-files.ts';

const LARGEST_BYTES = 1024 * 1024;

/** A configuration, once it has been read and checked: what to judge by, where to look, and how hard. */
export type Configured = Readonly<{ plan: Plan; sources: readonly SourceEntry[]; limits: Limits }>;

/** A configuration of which only the YAML was read: what to load before the rest can be checked, and how to check it then. */
export type Opened = Readonly<{
  rulesFrom: readonly string[];
  checkedBy(rules: readonly Settable[]): Promise<Configured>;
  /** Where a value is written: the file, its line, and the keys that lead to it. */
  placeOf(path: readonly (string | number)[]): string;
}>;

/** Reads the configuration; every mistake is named with its place in the file and what may stand there. */
export async function loadConfig(file: string, rules: readonly Settable[]): Promise<Configured> {
  const { checkedBy } = await openConfig(file);
  return checkedBy(rules);
}

/** Reads the YAML of the configuration, and where it has rules of its own: beside the file, wherever the program is started. */
export async function openConfig(file: string): Promise<Opened> {
  const { written, lineOf } = readYaml(file, await readText(file));
  // What is wrong with it is told with everything else that is.
  const { rulesFrom = [] } = OnlyRulesFrom.safeParse(written).data ?? {};
  return {
    rulesFrom: rulesFrom.map((folder) => path.resolve(path.dirname(file), folder)),
    checkedBy: (rules) => check(file, written, rules),
    placeOf: (path) => `${file}, line ${lineOf(path)}: ${path.join('.')}`,
  };
}

const OnlyRulesFrom = z.looseObject({ rulesFrom: Config.shape.rulesFrom });

async function check(file: string, written: unknown, coded: readonly Settable[]): Promise<Configured> {
  const rules = [...coded, ...customAmong(written)];
  const schema = configFor(rules);
  const checked = schema.safeParse(written);
  if (!checked.success) throw invalid(file, written, tellMistake(checked.error.issues, written, schema));
  const { version: _, rulesFrom: __, sources, limits, settle, waiversFrom: patterns, ...rest } = Config.parse(written);
  const ruleIds = rules.map(({ id }) => id);
  for (const [at, waiver] of rest.waivers.entries()) refuseWaiver(`${file}: waivers.${at}`, waiver, ruleIds);
  const waivers = [...rest.waivers, ...(await waiversFrom(file, patterns, ruleIds))];
  const plan = Plan.parse({ ...rest, ...acceptedPolicies(sources), settleHours: settle, waivers });
  for (const refuse of [refuseUnknownRules, refuseUnknownEnvironments, refusePairsWithNothing, refuseMalformedPlaces, refuseRepeatedTeams])
    refuse(file, plan, ruleIds);
  refuseTakenIds(file, plan, coded);
  refuseAsleep(file, plan, rules);
  refuseSources(file, sources);
  return { plan, sources, limits };
}

/** A rule without code is set as any other is; what it is made of is checked with all else. */
function customAmong(written: unknown): readonly Settable[] {
  const { custom = [] } = OnlyIds.safeParse(written).data ?? {};
  return custom.map(({ id }) => ({ id }));
}

const OnlyIds = z.looseObject({ custom: z.array(z.looseObject({ id: z.string() })).optional() });

function refuseTakenIds(file: string, { custom = [] }: Plan, coded: readonly Settable[]): void {
  const ids = [...coded, ...custom].map(({ id }) => id);
  const twice = custom.find(({ id }) => ids.indexOf(id) !== ids.lastIndexOf(id));
  if (!twice) return;
  throw new AuditError('CONFIG_INVALID', `${file}: custom: there are two rules "${twice.id}"`, {
    hint: 'Name it otherwise: an id names one rule.',
  });
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

// One each, as short as it may be: whoever is told what is wrong also wants to see it right.
const EXAMPLES: Readonly<Record<keyof Config, string>> = {
  version: '1',
  promotion: '[staging, production]',
  equal: '[[prod-eu, prod-us]]',
  ours: '["ghcr.io/acme/*"]',
  thirdParty: '["quay.io/*"]',
  mirrors: '{ "mirror.acme.test/hub": docker.io }',
  pairs: '{ production/payments-api: staging/payments }',
  gates: '[e2e]',
  evidence: 'recorded',
  rules: '{ tag-without-digest: off }',
  custom: `[{ id: tag-of-the-day, title: A tag names a day, severity: low, drift: 'tags.exists(t, t.matches("^20"))', message: "{where} runs {image}", fix: Name a release }]`,
  rulesFrom: '[./rules]',
  waivers: '[{ rule: untested-digest, where: production/payments, because: ticket 7, owner: team-payments, until: 2026-12-31 }]',
  teams: '[{ name: team-payments, where: ["production/payments-*"], contact: "#payments" }]',
  failOn: 'medium',
  waiversFrom: '[waivers/*.yaml]',
  settle: '24h',
  sources: '[{ use: kubernetes, environment: production }]',
  limits: '{ retries: 3 }',
};

function invalid(file: string, written: unknown, tell: Mistake): AuditError {
  if (typeof written !== 'object' || written === null || Array.isArray(written))
    return new AuditError('CONFIG_INVALID', `${file}: the file ${written ? 'holds no keys with values' : 'is empty'}`, {
      hint: 'Two lines are enough: `version: 1` and `promotion: [staging, production]`.',
    });
  const { where, says, hint } = tell;
  const [top] = where;
  const example = Object.entries(EXAMPLES).find(([key]) => key === top);
  const write = example && !hint.startsWith('Did') ? `Write it as in: ${example[0]}: ${example[1]}` : '';
  const place = where.length > 0 ? `${where.join('.')}: ` : '';
  return new AuditError('CONFIG_INVALID', `${file}: ${place}${says}`, { hint: [hint, write].filter(Boolean).join(' ') });
}

function refuseUnknownRules(file: string, { rules }: Plan, ruleIds: readonly string[]): void {
  const unknown = Object.keys(rules).find((id) => !ruleIds.includes(id));
  if (unknown !== undefined) throw noSuchRule(`${file}: rules`, unknown, ruleIds);
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

function refuseMalformedPlaces(file: string, { pairs, teams }: Plan): void {
  const places = [...Object.entries(pairs).flat(), ...teams.flatMap(({ where }) => where).filter((place) => !isInFile(place))];
  const malformed = places.find((place) => !segmentsOf(place));
  if (malformed === undefined) return;
  throw new AuditError('CONFIG_INVALID', `${file}: "${malformed}" is no place`, {
    hint: PLACES,
  });
}

function refuseRepeatedTeams(file: string, { teams }: Plan): void {
  const names = teams.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return;
  throw new AuditError('CONFIG_INVALID', `${file}: teams: "${twice}" stands twice`, {
    hint: 'Put what it owns into one entry: a row is its where any of `where`, `images` and `labels` fits.',
  });
}

/** A rule that was set to speak, and can never: whoever set it would take its silence for a pass. */
function refuseAsleep(file: string, { rules: settings }: Plan, rules: readonly Settable[]): void {
  for (const { id, awaits } of rules) {
    const set = settings[id];
    if (!set || awaits === undefined || !isToSpeak(set) || isGiven(set.options?.[awaits])) continue;
    throw new AuditError('CONFIG_INVALID', `${file}: rules.${id} is set, and it says nothing without options.${awaits}`, {
      hint: `Give it what it needs, as rules/${id}.md tells (\`selfsame rules ${id}\` prints it), or take the line away.`,
    });
  }
}

function isToSpeak({ severity, environments, appliesFrom }: RuleSetting): boolean {
  return appliesFrom !== undefined || [severity, ...Object.values(environments)].some((level) => level !== undefined && level !== 'off');
}

function isGiven(option: unknown): boolean {
  return typeof option === 'object' && option !== null ? Object.keys(option).length > 0 : option !== undefined;
}
