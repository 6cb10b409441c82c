import { z } from 'zod';
import { AppSettings } from '../clients/github/app-login.ts';
import { sessionFor } from '../clients/github/session.ts';
import { PUBLIC_API } from '../clients/github/token.ts';
import { isLoopback } from '../clients/oci/host.ts';
import { type Call, readCalled } from '../clients/workflows/read-called.ts';
import { type Commit, readCommits } from '../clients/workflows/read-commits.ts';
import { readFolder } from '../clients/workflows/read-folder.ts';
import type { Left } from '../clients/workflows/reading.ts';
import { webAddress } from '../clients/workflows/web-address.ts';
import { defineSource, type Edge, type Seen, type Wanted } from '../collect/define-source.ts';
import { matches } from '../domain/glob.ts';
import { groupBy } from '../domain/order.ts';
import { unreadable } from '../error.ts';

const COMMIT = /^[0-9a-f]{40}$/;

const Config = z
  .strictObject({
    /** The root of a checkout. */
    path: z.string().min(1).optional(),
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
    if (config.path !== undefined) yield* inFolder(config.path, edge);
    else yield* onGithub(config, wanted, edge);
  },
});

async function* inFolder(path: string, edge: Edge): AsyncIterable<Seen> {
  const { repository, facts, left, calls } = await readFolder(path, edge);
  for (const { fact, locator } of facts) yield { ...fact, locator };
  for (const one of left) yield gapOf(repository, one);
  for (const one of elsewhere(calls)) yield gapOf(one.repository, one);
  if (left.length === 0) yield { kind: 'coverage', of: 'workflow-file', scope: { project: repository }, locator: path };
}

/** What is called of other repositories is not in this one. */
function elsewhere(calls: readonly Call[]): readonly (Left & Readonly<{ repository: string }>)[] {
  const once = new Map(calls.map((call) => [`${call.repository}/${call.path}@${call.ref}`, call]));
  return [...once].map(([called, { repository, locator }]) => {
    const hint = `What it does is not known: scan a checkout of ${repository} as well.`;
    return { repository, locator, error: unreadable('not-asked', `${called} lies in another repository`, { hint }) };
  });
}

async function* onGithub(config: Config, wanted: Wanted, edge: Edge): AsyncIterable<Seen> {
  const { apiUrl, tokenEnv, app, gh, maxRequests } = config;
  const { github } = await sessionFor(
    config,
    { apiUrl, tokenEnv, app, gh, maxRequests, reads: 'the contents of the repositories', scope: 'repositories' },
    edge,
  );
  const locate = webAddress(apiUrl);
  const read = await readCommits(github, commitsIn(config, wanted), locate);
  for (const { facts } of read) for (const { fact, locator } of facts) yield { ...fact, locator };
  for (const { repository, left } of read) for (const one of left) yield gapOf(repository, one);
  const called = await readCalled(
    github,
    read.flatMap(({ calls }) => calls),
    locate,
  );
  for (const { fact, locator } of called.facts) yield { ...fact, locator };
  for (const one of called.left) yield gapOf(one.repository, one);
  for (const [project, ofProject] of groupBy(read, ({ repository }) => repository)) {
    const isWhole = ofProject.every(({ left }) => left.length === 0);
    if (isWhole) yield { kind: 'coverage', of: 'workflow-file', scope: { project }, locator: github.locate(`repos/${project}`) };
  }
  edge.progress(`GitHub: ${github.account()}`);
}

/** The wanted commits of configured repositories; one that is cut short, or in capitals, names none. GitHub tells no capitals apart in names. */
function commitsIn({ repositories = [] }: Config, { commits }: Wanted): readonly Commit[] {
  const isOurs = (repository: string) => repositories.some((glob) => matches(glob.toLowerCase(), repository.toLowerCase()));
  const ours = commits.filter(({ repository, commit }) => COMMIT.test(commit) && repository.split('/').length === 2 && isOurs(repository));
  return [...new Map(ours.map((one) => [`${one.repository} ${one.commit}`, one])).values()];
}

function gapOf(project: string, { locator, error: { because = 'internal', message, hint } }: Left): Seen {
  return { kind: 'gap', of: 'workflow-file', scope: { project }, because, locator: `${locator}: ${message}`, ...(hint ? { hint } : {}) };
}
