import { byText } from '../../domain/order.ts';
import { countOf } from '../../report/count-of.ts';
import { printable, printableJson } from '../../report/printable.ts';
import { wrap } from '../../report/wrap.ts';
import { USUAL_ENVIRONMENTS } from './environment-words.ts';
import { type Placing, placingOf } from './place-namespaces.ts';
import type { ProposedTeam } from './proposed-teams.ts';
import { type Allowed, accessTo, type Cluster } from './read-clusters.ts';
import type { Job } from './read-workflows.ts';

/** Everything that a first configuration is made of. */
export type Found = Readonly<{
  /** Each cluster with all contexts that lead to it. */
  clusters: readonly Readonly<{ cluster: Cluster; contexts: readonly Cluster['context'][] }>[];
  /** Registries of images that seem to be ours, each with the source that reads it and its number of image lines. */
  registries: readonly Readonly<{ use: string; registry: string; lines: number }>[];
  jobs: readonly Job[];
  /** The repository on GitHub that the working folder is a clone of. */
  repository?: string | undefined;
  /** Who seems to own what. */
  teams: readonly ProposedTeam[];
  allowed: Allowed;
  /** The JSON Schema, as seen from the file. */
  schema: string;
}>;

const WIDTH = 80;

/** The environments that were found, upstream first. */
export function environmentsOf({ clusters }: Found): readonly string[] {
  const found = new Set(clusters.flatMap(({ cluster, contexts }) => [...placingOf(contexts, cluster.namespaces).keys()]));
  return USUAL_ENVIRONMENTS.filter((environment) => found.has(environment));
}

/** A commented `selfsame.yaml` of what was found, which is read as it stands, and says what to fill in. */
export function firstConfig(found: Found): string {
  const sources = [...clusterEntries(found), ...registryEntries(found), ...workflowEntries(found), recordsEntry(found)];
  const isAny = sources.some((entry) => !/^(?: *#.*\n)*$/.test(entry));
  const blocks = [
    head(found),
    promotion(found),
    gates(found),
    vendors(found),
    teams(found),
    `${isAny ? '' : '# '}sources:\n${sources.join('\n')}`,
  ];
  return blocks.join('\n');
}

function head({ schema }: Found): string {
  const told =
    'What to judge by, and where to look. Every key is told in src/config/README.md of the package; `selfsame doctor` tries what is configured.';
  return `# yaml-language-server: $schema=${schema}\n${note(told)}version: 1\n`;
}

function promotion(found: Found): string {
  const environments = environmentsOf(found);
  const path = environments.length >= 2 ? environments : ['staging', 'production'];
  const told = 'The way of an artifact, upstream first. Siblings stand in brackets: [staging, [prod-eu, prod-us]].';
  const missing =
    environments.length >= 2 ? '' : `FILL IN: ${environments.length === 0 ? 'no environment was' : `only ${environments[0]} was`} found.`;
  return `${note(told)}${missing && note(missing)}promotion: [${path.join(', ')}]\n`;
}

function gates({ jobs }: Found): string {
  const checks = jobs.filter(({ does }) => does === 'checks');
  const told =
    'Checks that must all have passed on what runs, by the names that their records give them. Without any, having run upstream counts.';
  const seen = checks.length > 0 ? note(`Jobs that look like one: ${checks.map(({ job, file }) => `${job} (${file})`).join(', ')}.`) : '';
  return `${note(told)}${seen}# gates: [${scalar(checks[0]?.job ?? 'e2e')}]\n`;
}

function vendors({ clusters }: Found): string {
  const lines = (of: 'ours' | 'thirdParty') => [...new Set(clusters.flatMap(({ cluster }) => [...cluster[of].keys()]))].toSorted(byText);
  const [ours, others] = [lines('ours'), lines('thirdParty')];
  const taken = ours.length > 0 ? note(`Taken for ours: ${some(ours)}.`) : '';
  const known = others.length > 0 ? note(`Taken for others': ${some(others)}.`) : '';
  return `${note('Images that others build are listed, and never counted. Name your vendors.')}${taken}${known}# thirdParty: ["registry.example.com/vendor/*"]\n`;
}

function teams({ teams: all }: Found): string {
  const told = 'Who owns what: reports name the owner of a container, a finding or a file, and no verdict depends on it.';
  if (all.length === 0) return `${note(told)}# teams: [{ name: team-payments, where: ["production/payments-*"], contact: "#payments" }]\n`;
  const seen = 'These are told by labels of workloads, or by CODEOWNERS; the first that fits is named.';
  const more = all.length > MOST_TEAMS ? ` ${all.length - MOST_TEAMS} more were found.` : '';
  const entries = all.slice(0, MOST_TEAMS).map(teamEntry);
  return `${note(`${told} ${seen}${more}`)}# teams:\n${entries.join('').replaceAll(/^(?=.)/gm, '# ')}`;
}

function teamEntry({ name, labels = {}, images = [], where = [], contact }: ProposedTeam): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${scalar(key)}: ${scalar(value)}`);
  const lines = [
    `  - name: ${scalar(name)}`,
    ...(pairs.length > 0 ? [`    labels: { ${pairs.join(', ')} }`] : []),
    ...(images.length > 0 ? [`    images: [${images.map(scalar).join(', ')}]`] : []),
    ...(where.length > 0 ? [`    where: [${where.map(scalar).join(', ')}]`] : []),
    ...(contact ? [`    contact: ${scalar(contact)}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

const MOST_NAMED = 12;
const MOST_TEAMS = 40;

function some(lines: readonly string[]): string {
  const more = lines.length - MOST_NAMED;
  return `${lines.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function clusterEntries(found: Found): readonly string[] {
  if (found.clusters.length === 0)
    return [`${note('FILL IN: no kubeconfig was found. One for each environment:', '  ')}${commented(SAMPLE)}`];
  const names = new Set<string>();
  return found.clusters.map((one) => clusterEntry(one, nameFor(one.cluster.context.name, names), found.allowed));
}

const SAMPLE = '  - { use: kubernetes, name: prd, context: production, environment: production }\n';

/** An ARN ends in what people call the cluster; a name stands for one source. */
function nameFor(context: string, names: Set<string>): string {
  const short = context.split('/').at(-1) || context;
  const name = [short, context].find((one) => !names.has(one)) ?? `${context}-${names.size}`;
  names.add(name);
  return name;
}

function clusterEntry({ cluster, contexts }: Found['clusters'][number], name: string, allowed: Allowed): string {
  const { context, namespaces, trouble } = cluster;
  const placing = placingOf(contexts, namespaces);
  const isInside = context.name === 'inClusterContext';
  const way = isInside ? '    inCluster: "true"\n' : `    context: ${scalar(context.name)}\n${allowance(cluster, allowed)}`;
  const entry = `  - use: kubernetes\n    name: ${scalar(name)}\n${way}${placed(placing)}`;
  const read = namespaces.length > 0 ? note(`Runs in ${countOf(namespaces.length, 'namespace')}: ${some(namespaces)}.`, '  ') : '';
  const why = trouble ? note(`Not read, or not whole: ${trouble}`, '  ') : '';
  const open = placing.size === 0 ? note('FILL IN which environment this is, and remove the signs in front:', '  ') : '';
  return `${read}${why}${open}${placing.size === 0 ? commented(entry) : entry}`;
}

/** What a kubeconfig needs, and what of it nobody has allowed yet, to be decided. */
function allowance({ context }: Cluster, allowed: Allowed): string {
  const given = accessTo(context, allowed);
  const needed = accessTo(context, { exec: 'allow', insecure: 'true' });
  const lines = Object.entries(needed).map(([key, value]) => `    ${key in given ? '' : '# '}${key}: ${scalar(value)}\n`);
  return lines.join('');
}

function placed(placing: Placing): string {
  const [[only, namespaces] = ['staging', true]] = placing;
  if (namespaces === true) return `    environment: ${scalar(only)}\n`;
  const rows = [...placing].map(([environment, patterns]) => `      ${environment}: [${[patterns].flat().map(scalarOf).join(', ')}]\n`);
  return `    environments:\n${rows.join('')}`;
}

function registryEntries({ registries }: Found): readonly string[] {
  if (registries.length === 0)
    return [
      `${note('FILL IN the registries that your images are pulled from:', '  ')}${commented('  - { use: oci, registry: ghcr.io }\n')}`,
    ];
  return registries.map(({ use, registry, lines }) => {
    const told = note(
      `${lines === 1 ? '1 repository' : `${lines} repositories`} of images that run; the permission it needs is told in src/sources/${use}.md.`,
      '  ',
    );
    return `${told}  - use: ${use}\n    name: ${scalar(registry)}\n    registry: ${scalar(registry)}\n`;
  });
}

/** Where workflows do something, GitHub knows who built what and which checks passed; and the workflows say what went wrong with it. */
function workflowEntries({ jobs, repository }: Found): readonly string[] {
  if (jobs.length === 0) return [];
  const seen = `Jobs that push images, or look like checks: ${some(jobs.map(({ job, file }) => `${job} (${file})`))}.`;
  const causes = 'Workflows say where it is caused that production runs something else than was tested, with file and line';
  if (repository === undefined) return [`${note(`${seen} ${causes}.`, '  ')}  - { use: github-workflows, path: . }\n`];
  const told = `${seen} It needs a token in GH_TOKEN that may read Actions and Attestations; "owner/*" stands for all repositories of an owner.`;
  const repositories = `    repositories: [${scalar(repository)}]\n`;
  return [
    `${note(told, '  ')}  - use: github-actions\n${repositories}`,
    `${note(`${causes}; the token has to read Contents too.`, '  ')}  - use: github-workflows\n${repositories}`,
  ];
}

function recordsEntry({ jobs, repository }: Found): string {
  const pushing = repository === undefined ? jobs.filter(({ does }) => does === 'pushes') : [];
  const seen = pushing.length > 0 ? ` Jobs that push images: ${some(pushing.map(({ job, file }) => `${job} (${file})`))}.` : '';
  const told = `Records of builds and tests make it sharp: let CI write a line for each with \`selfsame record\`, see src/sources/records.md.${seen}`;
  return `${note(told, '  ')}${commented('  - { use: records, files: [records.jsonl] }\n')}`;
}

function note(text: string, indent = ''): string {
  const sign = `${indent}# `;
  return `${sign}${wrap(printable(text).replaceAll(/\s+/g, ' ').trim(), WIDTH - sign.length, sign)}\n`;
}

function commented(lines: string): string {
  return lines.replaceAll(/^ {2}/gm, '  # ');
}

function scalarOf(pattern: string | true): string {
  return pattern === true ? '"*"' : scalar(pattern);
}

/** A value as YAML reads it back, word for word, whoever chose it. */
function scalar(text: string): string {
  const isPlain = /^[A-Za-z][\w./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain ? text : printableJson(JSON.stringify(text));
}
