import { z } from 'zod';
import { type Reading, readGates } from '../clients/github/read-gates.ts';
import { PUBLIC_API } from '../clients/github/token.ts';
import { type Github, openGithub } from '../clients/github.ts';
import { isLoopback } from '../clients/oci/host.ts';
import { defineSource, type Edge, type Place, type Seen, type Wanted } from '../collect/define-source.ts';
import { matches } from '../domain/glob.ts';
import { byText } from '../domain/order.ts';
import { AuditError } from '../error.ts';

const count = z
  .string()
  .regex(/^[1-9]\d{0,6}$/, 'is not a number above 0')
  .transform(Number);
const pattern = z.string().min(1);

const Config = z.strictObject({
  /** Owner and name, `*` for any text within the name: `acme/payments`, `acme/*`. */
  repositories: z
    .array(z.string().regex(/^[\w-]+\/[\w.*-]+$/, 'is no repository: write owner/name, or owner/* for all of an owner'))
    .min(1, 'needs at least one repository'),
  /** Of GitHub Enterprise Server `https://HOST/api/v3`. */
  apiUrl: z
    .url({ protocol: /^https?$/ })
    .refine((url) => url.startsWith('https:') || isLoopback(new URL(url).hostname), 'only this machine may be asked without TLS')
    .default(PUBLIC_API),
  tokenEnv: z.string().min(1).optional(),
  /** What counts as a gate, by its name: jobs, of every workflow or of one. */
  gates: z
    .record(
      z.string().min(1),
      z.union([pattern.transform((job) => ({ job })), z.strictObject({ job: pattern, workflow: pattern.optional() })]),
    )
    .optional(),
  maxRequests: count.default(1000),
});
type Config = z.output<typeof Config>;

export default defineSource({
  id: 'github-actions',
  title: 'Gates of GitHub Actions, by the commits that images were built from',
  config: Config,
  asks: ['digests', 'commits'],
  // It answers for no silence: a gate may have run on another commit, and what is not attested may have been built all the same.
  expects: () => [],
  async *observe(config, wanted, edge) {
    try {
      const github = await githubFor(config, edge);
      yield* await gatesOn(github, { gates: config.gates, now: edge.now() }, commitsIn(config, wanted));
      edge.progress(`GitHub: ${github.requests()} requests of at most ${config.maxRequests}`);
    } catch (error) {
      edge.signal.throwIfAborted();
      for (const of of ['build', 'test'] as const) yield gapOf(of, {}, { error, locator: config.apiUrl });
    }
  },
});

/** What was answered in one collection is not asked again in its next round. */
const opened = new WeakMap<Edge, Map<Config, Promise<Github>>>();

function githubFor(config: Config, edge: Edge): Promise<Github> {
  const ofEdge = opened.get(edge) ?? new Map<Config, Promise<Github>>();
  opened.set(edge, ofEdge);
  const { apiUrl, tokenEnv, maxRequests } = config;
  const github = ofEdge.get(config) ?? openGithub({ apiUrl, tokenEnv, maxRequests }, edge);
  ofEdge.set(config, github);
  return github;
}

type Commit = Wanted['commits'][number];

/** Commits of the configured repositories; one that is cut short, or in capitals, names none. */
function commitsIn({ repositories }: Config, { commits }: Wanted): readonly Commit[] {
  return commits.filter(({ repository, commit }) => /^[0-9a-f]{40}$/.test(commit) && repositories.some((glob) => isIn(glob, repository)));
}

/** GitHub tells no capitals apart in names. */
function isIn(glob: string, repository: string): boolean {
  return repository.split('/').length === 2 && matches(glob.toLowerCase(), repository.toLowerCase());
}

async function gatesOn(github: Github, reading: Reading, commits: readonly Commit[]): Promise<readonly Seen[]> {
  const found = await Promise.all(commits.map((commit) => gatesOfCommit(github, reading, commit)));
  return found.flat().toSorted((a, b) => byText(JSON.stringify(a), JSON.stringify(b)));
}

async function gatesOfCommit(github: Github, reading: Reading, { repository, commit }: Commit): Promise<readonly Seen[]> {
  try {
    const results = await readGates(github, { repository, commit }, reading);
    return results.map((fact): Seen => ({ kind: 'test', ...fact }));
  } catch (error) {
    const locator = github.locate(`repos/${repository}/actions/runs?head_sha=${commit}`);
    return [gapOf('test', { project: repository }, { error, locator })];
  }
}

function gapOf(of: 'build' | 'test', scope: Place, { error, locator }: Readonly<{ error: unknown; locator: string }>): Seen {
  if (!(error instanceof AuditError) || error.exitCode === 2) throw error;
  const { because = 'internal', hint } = error;
  return { kind: 'gap', of, scope, because, locator: `${locator}: ${error.message}`, ...(hint ? { hint } : {}) };
}
