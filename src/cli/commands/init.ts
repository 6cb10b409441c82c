import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Context, contextsOf } from '../../clients/kubernetes.ts';
import { byText, groupBy } from '../../domain/order.ts';
import { AuditError } from '../../error.ts';
import { loadMember } from '../../registry.ts';
import { countOf } from '../../report/count-of.ts';
import { environmentsOf, type Found, firstConfig } from '../discover/first-config.ts';
import { type CodeOwned, proposedTeams } from '../discover/proposed-teams.ts';
import { type Allowed, type Cluster, readClusters } from '../discover/read-clusters.ts';
import { readCodeOwners } from '../discover/read-code-owners.ts';
import { readRemote } from '../discover/read-remote.ts';
import { type Job, readWorkflows } from '../discover/read-workflows.ts';
import { openEdge } from '../edge.ts';
import { write } from '../output.ts';
import { parseTimeout } from '../timeout.ts';
import { packageFolder } from '../version.ts';

export type InitOptions = Readonly<{
  config: string;
  context: readonly string[];
  allow: readonly string[];
  timeout?: string;
  offline?: boolean;
  print?: boolean;
  force?: boolean;
}>;

/** Writes a first configuration from what is found here: contexts of the kubeconfig, what their clusters run, and workflows. */
export async function init(options: InitOptions): Promise<number> {
  const allowed = allowedIn(options.allow);
  const groups = groupsOf(await contextsOf(), options.context);
  const clusters = await read(groups, allowed, options);
  const asked = clusters.map(({ cluster }) => cluster);
  const jobs = await readWorkflows(process.cwd());
  const repository = await readRemote(process.cwd());
  const found: Found = {
    clusters,
    registries: await registriesOf(asked),
    jobs,
    repository,
    teams: proposedTeams(asked, repository === undefined ? undefined : await codeOwned(repository, jobs)),
    allowed,
    schema: schemaFrom(options.config),
  };
  if (options.print) await write(firstConfig(found));
  else await writeNew(options, found);
  return 0;
}

/** Who owns the Dockerfile of a repository answers for its images. */
async function codeOwned(repository: string, jobs: readonly Job[]): Promise<CodeOwned> {
  const ownersOf = await readCodeOwners(process.cwd());
  const [image] = ownersOf('Dockerfile');
  const paths = [...new Set(jobs.map(({ file }) => file))];
  const files = paths.flatMap((file) =>
    ownersOf(file)
      .slice(0, 1)
      .map((owner) => ({ path: file, owner })),
  );
  return { repository, ...(image ? { image } : {}), files };
}

function allowedIn(words: readonly string[]): Allowed {
  const unknown = words.find((word) => word !== 'exec' && word !== 'insecure');
  if (unknown !== undefined)
    throw new AuditError('USAGE', `--allow ${unknown}`, {
      hint: '--allow exec lets a kubeconfig run its program to get credentials, --allow insecure accepts a server whose certificate is not checked.',
    });
  return { ...(words.includes('exec') ? { exec: 'allow' } : {}), ...(words.includes('insecure') ? { insecure: 'true' } : {}) };
}

/** Contexts that lead to one server are one cluster: it is read once, as the current context does or else the first that may. */
function groupsOf(contexts: readonly Context[], wanted: readonly string[]): readonly (readonly Context[])[] {
  const unknown = wanted.find((name) => !contexts.some((context) => context.name === name));
  if (unknown !== undefined)
    throw new AuditError('USAGE', `--context "${unknown}" is not in the kubeconfig`, {
      hint:
        contexts.length === 0 ? 'There is no kubeconfig: set KUBECONFIG.' : `There are: ${contexts.map(({ name }) => name).join(', ')}.`,
    });
  const chosen = wanted.length === 0 ? contexts : contexts.filter(({ name }) => wanted.includes(name));
  const rank = ({ refused, isCurrent }: Context) => (refused ? 2 : 0) + (isCurrent ? 0 : 1);
  return [...groupBy(chosen, ({ server, name }) => server || name).values()].map((group) => group.toSorted((a, b) => rank(a) - rank(b)));
}

async function read(groups: readonly (readonly Context[])[], allowed: Allowed, options: InitOptions): Promise<Found['clusters']> {
  const edge = openEdge({ retries: 0, backoffMs: 0, timeoutMs: 10_000, perHost: 8, clusters: 16 }, parseTimeout(options.timeout ?? '30s'));
  const first = groups.flatMap(([context]) => context ?? []);
  try {
    const clusters = options.offline ? first.map(unread) : await readClusters(first, allowed, edge);
    return clusters.map((cluster, at) => ({ cluster, contexts: groups[at] ?? [] }));
  } finally {
    edge.close();
  }
}

function unread(context: Context): Cluster {
  return { context, namespaces: [], ours: new Map(), thirdParty: new Map(), labels: new Map() };
}

/** The registries of what seems to be ours, each with the source that takes its name. */
async function registriesOf(clusters: readonly Cluster[]): Promise<Found['registries']> {
  const lines = new Set(clusters.flatMap(({ ours }) => [...ours.keys()]));
  const byRegistry = groupBy([...lines].toSorted(byText), (line) => line.split('/')[0] ?? '');
  const sources = [await loadMember('sources', 'ecr'), await loadMember('sources', 'oci')];
  return [...byRegistry].flatMap(([registry, { length }]) => {
    const source = sources.find(({ config }) => config.safeParse({ registry }).success);
    return source ? [{ use: source.id, registry, lines: length }] : [];
  });
}

/** The schema as an editor finds it from the file: in this package where that lies below, else where an installation puts it. */
function schemaFrom(file: string): string {
  const folder = path.dirname(path.resolve(file));
  const here = path.relative(folder, path.join(packageFolder(), 'schemas', 'config.schema.json'));
  const isBelow = !here.startsWith('..') && !path.isAbsolute(here);
  return isBelow ? `./${here.replaceAll(path.sep, '/')}` : './node_modules/selfsame/schemas/config.schema.json';
}

async function writeNew({ config: file, force }: InitOptions, found: Found): Promise<void> {
  await writeFile(file, firstConfig(found), { flag: force ? 'w' : 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST')
      throw new AuditError('USAGE', `${file} is there already`, {
        hint: 'Look at what would be written with --print, or write over it with --force.',
      });
    throw new AuditError('REPORT_NOT_WRITTEN', `${file} (${cause.code})`, {
      hint: 'Name a file in a folder that exists and may be written: --config FILE.',
      cause,
    });
  });
  await write(summary(file, found));
}

function summary(file: string, found: Found): string {
  const text = firstConfig(found);
  const unreadClusters = found.clusters.filter(({ cluster }) => cluster.trouble);
  const words = ['exec', 'insecure'].filter((word) => text.includes(`    # ${word}: `));
  const lines = [
    `${file} is written: ${countOf(found.clusters.length, 'cluster')}, ${environmentsOf(found).join(' and ') || 'no environment'}, ${found.registries.length === 1 ? '1 registry' : `${found.registries.length} registries`}.`,
    ...unreadClusters.map(({ cluster }) => `  ${cluster.context.name} was not read, or not whole: the file says why.`),
    ...(words.length > 0 ? [`  To read them all the same: selfsame init --force ${words.map((word) => `--allow ${word}`).join(' ')}`] : []),
    ...(text.includes('FILL IN')
      ? [`  Fill in what it leaves open: ${countOf(text.split('FILL IN').length - 1, 'place')} marked FILL IN.`]
      : []),
    `  Then try it: selfsame doctor${file === 'selfsame.yaml' ? '' : ` --config ${file}`}`,
  ];
  return `${lines.join('\n')}\n`;
}
