import { z } from 'zod';
import { TrustSettings } from '../attestation/policy.ts';
import { isAccepted } from '../clients/github/accepted.ts';
import { readAllMoves } from '../clients/github/all-moves.ts';
import { AppSettings } from '../clients/github/app-login.ts';
import { eachInTurn } from '../clients/github/each-in-turn.ts';
import { gapOf } from '../clients/github/gap-of.ts';
import { type Judging, type Names, readAttested } from '../clients/github/read-attested.ts';
import { type Commit, type Reading, readCommit } from '../clients/github/read-commit.ts';
import { type Session, sessionFor } from '../clients/github/session.ts';
import { PUBLIC_API } from '../clients/github/token.ts';
import { withTrees } from '../clients/github/trees.ts';
import { rawKeeper } from '../clients/keep-raw.ts';
import { isLoopback } from '../clients/oci/host.ts';
import { CACHE_KEYS } from '../clients/own-files.ts';
import type { RecordKind } from '../clients/records/unread.ts';
import { openTrust } from '../clients/trust.ts';
import { defineSource, type Edge, type Seen, type Wanted } from '../collect/define-source.ts';
import { matches } from '../domain/glob.ts';
import { byText, sortedBy } from '../domain/order.ts';
import { projectOf } from '../domain/project.ts';
import { AuditError, unreadable } from '../error.ts';

const count = z
  .string()
  .regex(/^[1-9]\d{0,6}$/, 'is not a number above 0')
  .transform(Number);
const pattern = z.string().min(1);
const SHA256 = /^sha256:[0-9a-f]{64}$/;
const MOST_MENTIONED = 1024;
const COMMIT = /^[0-9a-f]{40}$/;

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
  /** Logs in as an installation of a GitHub App. */
  app: AppSettings.optional(),
  /** Whether `gh` may be run for its token, where the environment has none. */
  gh: z.literal('allow').optional(),
  /** What counts as a gate, by its name: jobs, of every workflow or of one. */
  gates: z
    .record(
      z.string().min(1),
      z.union([pattern.transform((job) => ({ job })), z.strictObject({ job: pattern, workflow: pattern.optional() })]),
    )
    .optional(),
  /** Whether the server keeps attestations; where it is left out, github.com and ghe.com do. */
  attestations: z.enum(['true', 'false']).optional(),
  /** Whose signatures prove what they say; nobody's where it is left out. */
  trust: TrustSettings.optional(),
  /** Whether the records of builds among artifacts are read. */
  artifacts: z.enum(['true', 'false']).default('true'),
  /** The names of artifacts in which jobs keep records: neutral lines, and metadata files of buildx. */
  records: z.array(pattern).default([]),
  /** Whether the logs of jobs are read, for the digests that they name. */
  logs: z.enum(['true', 'false']).default('true'),
  /** Whether deployments and approvals are read. */
  deployments: z.enum(['true', 'false']).default('false'),
  /** Whether commits are asked for their git trees. */
  trees: z.enum(['true', 'false']).default('false'),
  maxRequests: count.default(4000),
  ...CACHE_KEYS,
});
type Config = z.output<typeof Config>;

export default defineSource({
  id: 'github-actions',
  title: 'Builds, gates and approvals of GitHub Actions: attestations, runs and jobs',
  config: Config,
  asks: ['digests', 'commits'],
  // It answers for no silence: a gate may have run on another commit, and what is not attested may have been built all the same.
  expects: () => [],
  tells: ['build', 'test'],
  async *observe(config, wanted, edge) {
    try {
      const session = await sessionOf(config, edge);
      const isAsked = (repository: string) => config.repositories.some((glob) => isIn(glob, repository));
      for await (const facts of roundsOf(session, config, wanted, edge))
        yield* config.trees === 'true' ? await withTrees(session, facts, isAsked) : facts;
      edge.progress(`GitHub: ${session.github.account()}`);
    } catch (error) {
      // It expects nothing of which the collector could say that it failed.
      const failure = { error: edge.signal.aborted ? stopped() : error, locator: config.apiUrl };
      for (const kind of toldBy(config)) yield gapOf(kind, {}, failure);
    }
  },
  tryLogin: async (config, edge) => isAccepted((await sessionOf(config, edge)).github),
});

/** What is told, as it is found: by attestations, of the commits that are wanted or were built, of what gates named, and of what was deployed. */
async function* roundsOf(session: Session, config: Config, wanted: Wanted, edge: Edge): AsyncGenerator<readonly Seen[]> {
  const tell = (step: string) => edge.progress(`GitHub: ${step}; ${session.github.account()}`);
  const names = namesIn(wanted);
  const judging = { proving: await openTrust(config.trust, edge), keep: rawKeeper(edge) };
  const attested = await attestedIn(session, config, { names, ...judging });
  yield attested;
  const reading = {
    gates: config.gates,
    artifacts: config.artifacts === 'true',
    records: config.records,
    logs: config.logs === 'true',
    names,
    now: edge.now(),
  };
  yield await readCommits(session, commitsIn(config, wanted, attested), reading, tell);
  // What a gate had need not run anywhere any more: it may be what was rebuilt since.
  const mentioned = await attestedIn(session, config, { names: mentionedIn(session), ...judging });
  yield mentioned;
  const commits = commitsIn(config, wanted, [...attested, ...mentioned]);
  const isNew = mentioned.some(({ kind }) => kind === 'build');
  if (isNew) yield await readCommits(session, commits, reading, tell);
  if (config.deployments === 'true') yield await readAllMoves(session, commits, tell);
}

function sessionOf(config: Config, edge: Edge): Promise<Session> {
  const { apiUrl, tokenEnv, app, gh, maxRequests, cache, cacheMiB } = config;
  const wording = { reads: 'Actions and attestations of the repositories', scope: 'repositories' };
  return sessionFor(config, { apiUrl, tokenEnv, app, gh, maxRequests, cache: { cache, cacheMiB }, ...wording }, edge);
}

/** What the wanted digests are called; bases are somebody else's. */
function namesIn({ digests }: Wanted): Names {
  const own = digests.filter(({ digest, baseFor }) => baseFor === undefined && SHA256.test(digest));
  return new Map(own.map(({ digest, seenIn }) => [digest, seenIn] as const));
}

/** The digests that gates named, and that nobody has asked for yet; as many as one request takes. */
function mentionedIn({ named, asked }: Session): Names {
  const open = [...named].filter((digest) => !asked.has(digest)).toSorted(byText);
  return new Map(open.slice(0, MOST_MENTIONED).map((digest) => [digest, undefined] as const));
}

/** What the owners' stores of attestations tell of digests. */
async function attestedIn(
  { github, builds, asked }: Session,
  config: Config,
  { names, ...judging }: Judging & Readonly<{ names: Names }>,
): Promise<readonly Seen[]> {
  if (names.size === 0 || !keepsAttestations(config)) return [];
  for (const digest of names.keys()) asked.add(digest);
  const owners = [...new Set(config.repositories.map((repository) => repository.slice(0, repository.indexOf('/'))))].toSorted(byText);
  const found = await Promise.all(owners.map((owner) => readAttested(github, { owner, names }, judging)));
  const facts = found.flatMap((one) => one.facts);
  builds.add(facts.filter((fact) => fact.kind === 'build'));
  return [...facts, ...found.flatMap(({ left }) => left).map(({ of, ...why }) => gapOf(of, {}, why))];
}

/** GitHub Enterprise Server keeps none (its description of 3.19 has no such path). */
function keepsAttestations({ attestations, apiUrl }: Config): boolean {
  return attestations === undefined
    ? apiUrl === PUBLIC_API || /^https:\/\/api\.[\w-]+\.ghe\.com\/?$/.test(apiUrl)
    : attestations === 'true';
}

/** The wanted commits, and those of builds just seen, of configured repositories; one that is cut short, or in capitals, names none. */
function commitsIn({ repositories }: Config, { commits }: Wanted, seen: readonly Seen[]): readonly Commit[] {
  const built = seen.flatMap((fact) => (fact.kind === 'build' && fact.source?.commit ? [commitOf(fact.source, fact.source.commit)] : []));
  const ours = [...commits, ...built].filter(
    ({ repository, commit }) => COMMIT.test(commit) && repositories.some((glob) => isIn(glob, repository)),
  );
  return [...new Map(ours.map((one) => [`${one.repository} ${one.commit}`, one])).values()];
}

function commitOf({ repository }: Readonly<{ repository: string }>, commit: string): Commit {
  return { repository: projectOf(repository), commit };
}

/** GitHub tells no capitals apart in names. */
function isIn(glob: string, repository: string): boolean {
  return repository.split('/').length === 2 && matches(glob.toLowerCase(), repository.toLowerCase());
}

type Tell = (step: string) => void;

async function readCommits(session: Session, commits: readonly Commit[], reading: Reading, tell: Tell): Promise<readonly Seen[]> {
  const read = await eachInTurn(
    commits,
    (commit) => readOrGap(session, commit, reading),
    (done) => tell(`runs of ${done} of ${commits.length} commits`),
  );
  return sortedBy(read.flat(), (seen) => JSON.stringify(seen));
}

async function readOrGap(session: Session, commit: Commit, reading: Reading): Promise<readonly Seen[]> {
  const scope = { project: commit.repository };
  try {
    const { facts, left } = await readCommit(session, commit, reading);
    return [...facts, ...left.map(({ of, ...why }) => gapOf(of, scope, why))];
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    const locator = session.github.locate(`repos/${commit.repository}/actions/runs?head_sha=${commit.commit}`);
    return [gapOf('test', scope, { error, locator })];
  }
}

function toldBy({ deployments }: Config): readonly RecordKind[] {
  return deployments === 'true' ? ['build', 'test', 'deployment', 'approval'] : ['build', 'test'];
}

function stopped(): AuditError {
  return unreadable('incomplete', 'it was stopped before it was done', {
    hint: 'Scan again and let it end, with a longer --timeout if that stopped it.',
  });
}
