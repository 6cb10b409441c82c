import { z } from 'zod';
import { isAccepted } from '../clients/github/accepted.ts';
import { adviceFor } from '../clients/github/advice.ts';
import { AppSettings } from '../clients/github/app-login.ts';
import { sessionFor } from '../clients/github/session.ts';
import { PUBLIC_API } from '../clients/github/token.ts';
import type { Github } from '../clients/github.ts';
import { isLoopback } from '../clients/oci/host.ts';
import { blobIds } from '../clients/workflows/blobs.ts';
import { type Call, readCalled } from '../clients/workflows/read-called.ts';
import { type Commit, readCommits } from '../clients/workflows/read-commits.ts';
import { type Folder, readFolder } from '../clients/workflows/read-folder.ts';
import type { Left } from '../clients/workflows/reading.ts';
import { webAddress } from '../clients/workflows/web-address.ts';
import { defineSource, type Edge, type Seen, type Wanted } from '../collect/define-source.ts';
import { matches } from '../domain/glob.ts';
import { AuditError, unreadable } from '../error.ts';

const COMMIT = /^[0-9a-f]{40}$/;

const Config = z
  .strictObject({
    /** The root of a checkout. */
    path: z.string().min(1).optional(),
    /** Dockerfiles that are not looked at, unless a workflow names them: paths, `*` for any text. */
    exclude: z.array(z.string().min(1)).default([]),
    /** Owner and name, `*` for any text within the name: their workflows are read at the commits that images were built from. */
    repositories: z
      .array(z.string().regex(/^[\w-]+\/[\w.*-]+$/, 'is no repository: write owner/name, or owner/* for all of an owner'))
      .min(1, 'needs at least one repository')
      .optional(),
    /** Of GitHub Enterprise Server `https://HOST/api/v3`. */
    apiUrl: z
      .url({ protocol: /^https?$/ })
      .refine((url) => url.startsWith('https:') || isLoopback(new URL(url).hostname), 'only this machine may be asked without TLS')
      .default(PUBLIC_API),
    tokenEnv: z.string().min(1).optional(),
    /** Logs in as an installation of a GitHub App. */
    app: AppSettings.optional(),
    /** Whether `gh` may be run for its token, where the environment has none. */
    gh: z.literal('allow').optional(),
    maxRequests: z
      .string()
      .regex(/^[1-9]\d{0,6}$/, 'is not a number above 0')
      .transform(Number)
      .default(1000),
  })
  .refine(({ path, repositories }) => (path === undefined) !== (repositories === undefined), 'needs one of `path` and `repositories`');
type Config = z.output<typeof Config>;

export default defineSource({
  id: 'github-workflows',
  title: 'Workflows of GitHub Actions, and the Dockerfiles that they build, as they are written',
  config: Config,
  asks: ['commits'],
  alone: 'path',
  expects: () => [{ of: 'workflow-file', scope: {} }],
  async *observe(config, wanted, edge) {
    if (config.path !== undefined) yield* inFolder({ root: config.path, exclude: config.exclude }, edge);
    else yield* onGithub(config, wanted, edge);
  },
  tryLogin: async (config, edge) => config.path === undefined && isAccepted(await githubOf(config, edge)),
});

async function githubOf(config: Config, edge: Edge): Promise<Github> {
  const { apiUrl, tokenEnv, app, gh, maxRequests } = config;
  const settings = { apiUrl, tokenEnv, app, gh, maxRequests, reads: 'the contents of the repositories', scope: 'repositories' };
  return (await sessionFor(config, settings, edge)).github;
}

async function* inFolder(folder: Folder, edge: Edge): AsyncIterable<Seen> {
  const { repository, facts, left, calls } = await readFolder(folder, edge);
  for (const { fact, locator } of facts) yield { ...fact, locator };
  const open = [...left.map((one) => ({ of: repository, ...one })), ...elsewhere(calls)];
  for (const one of open) yield gapOf(one);
  if (isWhole(repository, open)) yield coverageOf(repository, folder.root);
}

/** What is called of other repositories, or at another commit, is not in a checkout. */
function elsewhere(calls: readonly Call[]): readonly OpenLeft[] {
  const once = new Map(calls.map((call) => [`${call.repository}/${call.path}@${call.ref}`, call]));
  return [...once].map(([called, { repository, locator }]) => {
    const hint = 'What it does is not known here: a source with `repositories`, and a token, reads what is called, too.';
    return { of: repository, locator, error: unreadable('not-asked', `${called} is not in this checkout`, { hint }) };
  });
}

async function* onGithub(config: Config, wanted: Wanted, edge: Edge): AsyncIterable<Seen> {
  const github = await githubOf(config, edge);
  const locate = webAddress(config.apiUrl);
  if (wanted.commits.length === 0) yield* refusedOf(github, config);
  const read = await readCommits(github, commitsIn(config, wanted), { locate, exclude: config.exclude });
  const calls = read.flatMap((one) => one.calls);
  const called = await readCalled(github, calls, locate);
  for (const { fact, locator } of [...read.flatMap(({ facts }) => facts), ...called.facts]) yield { ...fact, locator };
  const open = [...read.flatMap(({ repository, left }) => left.map((one) => ({ of: repository, ...one }))), ...called.left];
  for (const one of open) yield gapOf(one);
  for (const project of new Set(read.map(({ repository }) => repository)))
    if (isWhole(project, open)) yield coverageOf(project, github.locate(`repos/${project}`));
  edge.progress(`GitHub: ${github.account()}`);
}

/** Before any commit is wanted, repositories that are named in full are tried: what may not be read is known at once, to `doctor` too. */
async function* refusedOf(github: Github, { repositories = [] }: Config): AsyncIterable<Seen> {
  const named = repositories.filter((repository) => !repository.includes('*'));
  const tried = await blobIds(
    github,
    named.map((repository) => ({ repository, expression: 'HEAD' })),
  );
  for (const [nth, repository] of named.entries()) {
    const error = tried[nth];
    if (error instanceof AuditError) yield gapOf({ of: repository, locator: github.locate(`repos/${repository}`), error });
  }
}

/** The wanted commits of configured repositories; one that is cut short, or in capitals, names none. GitHub tells no capitals apart in names. */
function commitsIn({ repositories = [] }: Config, { commits }: Wanted): readonly Commit[] {
  const isOurs = (repository: string) => repositories.some((glob) => matches(glob.toLowerCase(), repository.toLowerCase()));
  const ours = commits.filter(({ repository, commit }) => COMMIT.test(commit) && repository.split('/').length === 2 && isOurs(repository));
  return [...new Map(ours.map((one) => [`${one.repository} ${one.commit}`, one])).values()];
}

/** What could not be read, and of which repository. */
type OpenLeft = Left & Readonly<{ of: string }>;

/** Whether all that tells what the jobs of a repository do was read. */
function isWhole(project: string, open: readonly OpenLeft[]): boolean {
  return open.every(({ of, is }) => of !== project || is === 'dockerfile');
}

function gapOf({ of, is, locator, error: { because = 'internal', message, hint } }: OpenLeft): Seen {
  return {
    kind: 'gap',
    of: is ?? 'workflow-file',
    scope: { project: of },
    because,
    locator: `${locator}: ${message}`,
    hint: hint ?? adviceFor(because),
  };
}

function coverageOf(project: string, locator: string): Seen {
  return { kind: 'coverage', of: 'workflow-file', scope: { project }, locator };
}
