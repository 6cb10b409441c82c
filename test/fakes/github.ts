import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Edge, Seen as Fact, Wanted } from '../../src/collect/define-source.ts';
import type { Digest } from '../../src/domain/digest.ts';
import { sha256 } from '../../src/domain/identify.ts';
import { parseImageReference } from '../../src/domain/image-reference.ts';
import source from '../../src/sources/github-actions.ts';
import { openEdge } from './edge.ts';
import { type Arrived, driftIn, mistakeIn, refuseMistakes } from './github-description.ts';
import { parse } from './graphql-query.ts';
import { mistakeInText } from './graphql-schema.ts';

export const TOKEN = 'ghp_earlgreyhot';

type Fields = Readonly<Record<string, unknown>>;
const recorded = (name: string, key: string): Fields => {
  const page = JSON.parse(readFileSync(new URL(`../../fixtures/github/${name}.json`, import.meta.url), 'utf8')) as Record<string, Fields[]>;
  return page[key]?.[0] ?? {};
};
const RUN = recorded('runs', 'workflow_runs');
// It was recorded before jobs had these.
const JOB = { ...recorded('jobs', 'jobs'), workflow_name: 'CI', head_branch: 'main', created_at: '2026-03-01T09:19:00Z' };
const ARTIFACT = recorded('artifacts', 'artifacts');
const first = (name: string): Fields =>
  (JSON.parse(readFileSync(new URL(`../../fixtures/github/${name}.json`, import.meta.url), 'utf8')) as Fields[])[0] ?? {};
const DEPLOYMENT = first('deployments');
const STATUS = first('deployment-statuses');
const REVIEW = first('approvals');
const ENVIRONMENT = recorded('environments', 'environments');

export type Called = Readonly<{
  method: string;
  path: string;
  query: URLSearchParams;
  headers: http.IncomingHttpHeaders;
  body: Fields;
  arrived: Arrived;
}>;
export type Answer = Readonly<{ status: number; body?: unknown; headers?: Readonly<Record<string, string>> }>;

/** What a test lets GitHub answer instead; undefined leaves it to what is stored. */
export type Reply = (called: Called, nth: number) => Answer | undefined;

export type FakeGithub = Readonly<{
  apiUrl: string;
  /** What the API was asked. */
  calls: Called[];
  /** How many calls GitHub would have charged: it does not charge for saying that nothing has changed. */
  charged(): number;
  /** What the storage was asked, which is another server and wants no token. */
  downloads: Called[];
  /** A run as it was recorded, but for what is given. */
  run(repository: string, fields: Fields & Readonly<{ id: number; head_sha: string }>): void;
  job(repository: string, fields: Fields & Readonly<{ id: number; run_id: number; name: string }>, log?: string | Buffer): void;
  artifact(repository: string, fields: Fields & Readonly<{ id: number; run_id: number; name: string }>, bytes: Buffer): void;
  /** A review of what a run asked to deploy. */
  review(run: number, login: string | null, environment: string, state?: 'approved' | 'rejected' | 'pending'): void;
  /** An environment, with its rules. */
  environment(fields: Fields & Readonly<{ name: string }>): void;
  /** A deployment, with its statuses as state and time, oldest first; their log is that of a job of a run. */
  deployment(
    fields: Fields & Readonly<{ id: number; sha: string; run?: number; job?: number }>,
    ...statuses: readonly (readonly [string, string])[]
  ): void;
  /** An attestation of a digest in the store of an owner: enclosed in the answer, or kept in the storage. */
  attest(owner: string, digest: Digest, how: How, repositoryId?: number): void;
  /** A commit that a repository has, with its tree: what GraphQL tells of it. */
  tree(repository: string, commit: string, tree: string): void;
  /** Makes an owner a user instead of an organization. */
  user(owner: string): void;
  reply(next: Reply): void;
  stop(): Promise<void>;
}>;

const refused = (status: number, message: string): Answer => ({
  status,
  body: { message, documentation_url: 'https://docs.github.com/rest' },
});
/** The number that a repository has. */
export const idOf = (name: string) =>
  1000 + Array.from(name.toLowerCase()).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 100_000, 7);
const ownedBy = (name: string) => ({ ...(RUN['repository'] as Fields), id: idOf(name), full_name: name });
/** What a test tells of a part of an answer, and the rest as it was recorded. */
const filled = (fields: Fields) =>
  Object.fromEntries(
    Object.entries(fields).map(([key, told]) => [key, isPart(told) && isPart(RUN[key]) ? { ...RUN[key], ...told } : told]),
  );
const isPart = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const LIMIT = { limit: 5000, remaining: 4990, reset: 1772370000, used: 10 };

/** What is no matter of the description: who asks, and by which version of it. */
function refusalOf({ headers }: Called): Answer | undefined {
  if (headers.authorization !== `token ${TOKEN}`) return refused(401, 'Bad credentials');
  return headers['x-github-api-version'] === '2022-11-28' ? undefined : refused(404, 'Not Found');
}

/** Starts GitHub's API and its storage on 127.0.0.1; it rejects what the real one would not allow. */
export async function startGithub(): Promise<FakeGithub> {
  const runs: (Fields & { repository: { full_name: string } })[] = [];
  const jobs: (Fields & { run_id: number })[] = [];
  const artifacts: (Fields & { run: number })[] = [];
  const stored = new Map<string, Buffer>();
  const attestations = new Map<string, Attestation[]>();
  const users = new Set<string>();
  const reviews: (Fields & { run: number })[] = [];
  const deployments: (Fields & { sha: string })[] = [];
  const environments: Fields[] = [];
  const statuses = new Map<number, readonly Fields[]>();
  const trees = new Map<string, Map<string, string>>();
  const calls: Called[] = [];
  const downloads: Called[] = [];
  const mistakes: string[] = [];
  let reply: Reply = () => undefined;
  let charged = 0;

  const pageOf = (key: string, items: readonly Fields[], { query }: Called): Answer => {
    const [perPage, page] = [Number(query.get('per_page') ?? 30), Number(query.get('page') ?? 1)];
    return { status: 200, body: { total_count: items.length, [key]: items.slice((page - 1) * perPage, page * perPage) } };
  };
  const redirect = (key: string): Answer =>
    stored.has(key) ? { status: 302, headers: { location: `${storage}/${key}?sig=s3cr3t-signature` } } : refused(410, 'Gone');
  const answerTo = (called: Called): Answer => {
    const { path, query, body } = called;
    const [, kind, name, rest = ''] =
      /^\/(repos|orgs|users)\/([^/]+(?:\/[^/]+)?)\/((?:actions|attestations).*|bulk-list)$/.exec(path) ?? [];
    if (path === '/rate_limit') return { status: 200, body: { resources: { core: LIMIT, search: LIMIT }, rate: LIMIT } };
    if (path.endsWith('/environments')) return pageOf('environments', environments, called);
    const moved = movedIn(called);
    if (moved) return { status: 200, body: moved.slice(0, Number(query.get('per_page') ?? 30)) };
    const [, what, id = '', of] = /^actions\/(runs|jobs|artifacts)(?:\/(\d+)\/(\w+))?$/.exec(rest) ?? [];
    if (what === 'runs' && id === '') {
      const since = query.get('created')?.replace('>=', '') ?? '';
      const ofRepository = runs.filter(({ repository }) => repository.full_name.toLowerCase() === name?.toLowerCase());
      const found = ofRepository.filter(
        ({ head_sha: sha, created_at: at }) => [null, sha].includes(query.get('head_sha')) && String(at) >= since,
      );
      return pageOf('workflow_runs', found.toReversed(), called);
    }
    if (of === 'jobs')
      return pageOf(
        'jobs',
        jobs.filter(({ run_id: run }) => `${run}` === id),
        called,
      );
    if (of === 'artifacts')
      return pageOf(
        'artifacts',
        artifacts.filter(({ run }) => `${run}` === id),
        called,
      );
    if (what === 'jobs') return redirect(`logs/${id}`);
    if (what === 'artifacts') return redirect(`artifacts/${id}`);
    const owner = /^\/(?:orgs|users)\/([^/]+)\//.exec(path)?.[1] ?? '';
    if ((kind ?? path.split('/')[1]) === (users.has(owner) ? 'orgs' : 'users')) return refused(404, 'Not Found');
    return attestationsOf(owner, body, query);
  };
  const movedIn = ({ path, query }: Called): readonly Fields[] | undefined => {
    const [kind, id] = path.split('/').toReversed();
    if (kind === 'approvals') return reviews.filter(({ run }) => `${run}` === id).map(({ run: _, ...review }) => review);
    if (kind === 'deployments') return deployments.filter(({ sha }) => sha === query.get('sha'));
    return kind === 'statuses' ? (statuses.get(Number(id)) ?? []) : undefined;
  };
  const attestationsOf = (owner: string, body: Fields, query: URLSearchParams): Answer => {
    const digests = body['subject_digests'] as readonly string[];
    const isOfType = ({ type }: Attestation) =>
      [type, type.replace('https://slsa.dev/provenance/v1', 'provenance')].includes(String(body['predicate_type']));
    const all = digests.flatMap((digest) =>
      (attestations.get(`${owner} ${digest}`) ?? []).filter(isOfType).map(({ one }) => ({ digest, one })),
    );
    const [perPage, after] = [Number(query.get('per_page') ?? 30), Number(query.get('after') ?? 0)];
    const page = all.slice(after, after + perPage);
    const found = Object.fromEntries(
      digests.map((digest) => [digest, page.filter((entry) => entry.digest === digest).map(({ one }) => one)]),
    );
    const hasNext = after + perPage < all.length;
    const subjects = Object.fromEntries(Object.entries(found).map(([digest, list]) => [digest, list.length > 0 ? list : null]));
    const info = { has_next: hasNext, has_previous: after > 0, next: hasNext ? `${after + perPage}` : '', previous: '' };
    return { status: 200, body: { attestations_subject_digests: subjects, page_info: info } };
  };

  const answerToQuery = (query: string) => {
    const asked = parse(query).map(({ alias, args, inner }) => {
      const commits = trees.get(`${args['owner']}/${args['name']}`);
      const objectOf = (oid = '') => {
        const tree = commits?.get(oid);
        return tree === undefined ? null : { is: 'Commit', oid, tree: { oid: tree } };
      };
      return { alias, found: commits && Object.fromEntries(inner.map((one) => [one.alias, objectOf(one.args['oid'])])) };
    });
    const hidden = asked.filter(({ found }) => found === undefined);
    const errors = hidden.map(({ alias }) => ({ type: 'NOT_FOUND', path: [alias], message: 'Could not resolve to a Repository.' }));
    const data = Object.fromEntries(asked.map(({ alias, found }) => [alias, found ?? null]));
    return { data, ...(errors.length > 0 ? { errors } : {}) };
  };
  const asDescribed = (called: Called): Answer => {
    const mistake = mistakeIn(called.arrived);
    if (called.path === '/graphql') return { status: 200, body: answerToQuery(String(called.body['query'])) };
    if (mistake) return refused(mistake.status, mistake.message);
    const answer = answerTo(called);
    const drift = driftIn(called.arrived, answer);
    if (drift !== undefined) mistakes.push(drift);
    return answer;
  };
  const api = await listen((called, response) => {
    const nth = calls.push(called);
    const query = called.path === '/graphql' ? String(called.body['query']) : undefined;
    const mistake = query === undefined ? mistakeIn(called.arrived)?.message : mistakeInText(query);
    if (mistake !== undefined) mistakes.push(mistake);
    const answer = tagged(called, reply(called, nth) ?? refusalOf(called) ?? asDescribed(called));
    if (answer.status !== 304) charged++;
    send(response, answer);
  });
  const kept = await listen((called, response) => {
    downloads.push(called);
    const bytes = stored.get(called.path.slice(1));
    if (called.headers.authorization !== undefined) send(response, refused(400, 'The storage takes no token'));
    else if (bytes) response.end(bytes);
    else send(response, refused(404, 'BlobNotFound'));
  });
  const storage = kept.origin;

  return {
    apiUrl: api.origin,
    calls,
    charged: () => charged,
    downloads,
    run(repository, fields) {
      const owned = ownedBy(repository);
      const created = { created_at: '2026-03-01T09:00:00Z', run_started_at: '2026-03-01T09:00:00Z' };
      runs.push({
        ...RUN,
        path: '.github/workflows/ci.yml',
        event: 'push',
        ...created,
        head_repository: owned,
        ...filled(fields),
        repository: owned,
      });
    },
    job(_repository, fields, log) {
      jobs.push({ ...JOB, conclusion: 'success', started_at: '2026-03-01T09:20:00Z', completed_at: '2026-03-01T09:30:00Z', ...fields });
      if (log !== undefined) stored.set(`logs/${fields.id}`, Buffer.from(log));
    },
    artifact(_repository, { run_id: run, ...fields }, bytes) {
      const { of = run, ...told } = fields;
      artifacts.push({
        ...ARTIFACT,
        expires_at: '2026-05-30T09:10:40Z',
        size_in_bytes: bytes.length,
        ...told,
        run,
        workflow_run: { id: of },
      });
      stored.set(`artifacts/${fields.id}`, bytes);
    },
    environment({ protection_rules: rules = [], ...fields }) {
      const named = (rules as Fields[]).map((rule) => ({ node_id: 'MDQ6R2F0ZTM3NTU=', ...rule }));
      environments.push({ ...ENVIRONMENT, deployment_branch_policy: null, ...fields, protection_rules: named });
    },
    review(run, login, environment, state = 'approved') {
      const [{ name: _, ...place } = {}] = REVIEW['environments'] as Fields[];
      reviews.push({
        ...REVIEW,
        state,
        user: login === null ? null : { ...(REVIEW['user'] as Fields), login },
        environments: [{ ...place, name: environment }],
        run,
      });
    },
    deployment({ run, job = 7, ...fields }, ...states) {
      deployments.push({ ...DEPLOYMENT, environment: 'prod', payload: {}, created_at: '2026-03-01T10:00:00Z', ...fields });
      const log = run === undefined ? '' : `https://github.com/acme/payments/actions/runs/${run}/job/${job}`;
      const told = states.map(([state, at]) => ({ ...STATUS, state, created_at: at, log_url: log }));
      statuses.set(fields.id, told.toReversed());
    },
    attest(owner, digest, how, repositoryId = idOf(`${owner}/payments`)) {
      const key = `attestations/${attestations.size}-${stored.size}.json.sn`;
      if ('stored' in how) stored.set(key, Buffer.from(how.stored));
      const bundle = 'bundle' in how ? { bundle: how.bundle } : { bundle: null, bundle_url: `${storage}/${key}?sig=s3cr3t-signature` };
      const before = attestations.get(`${owner} ${digest}`) ?? [];
      attestations.set(`${owner} ${digest}`, [...before, { type: typeOf(how), one: { ...bundle, repository_id: repositoryId } }]);
    },
    tree(repository, commit, tree) {
      const commits = trees.get(repository) ?? new Map<string, string>();
      trees.set(repository, commits.set(commit, tree));
    },
    user: (owner) => void users.add(owner),
    reply(next) {
      reply = next;
    },
    async stop() {
      await Promise.all([api.stop(), kept.stop()]);
      refuseMistakes(mistakes);
    },
  };
}

type Attestation = Readonly<{ type: string; one: Fields }>;
type How = Readonly<{ bundle: unknown } | { stored: Buffer | string }>;

/** What an attestation is of; what lies in the storage is provenance here. */
function typeOf(how: How): string {
  const { dsseEnvelope } = ('bundle' in how ? how.bundle : {}) as Readonly<{ dsseEnvelope?: { payload: string } }>;
  if (!dsseEnvelope) return 'provenance';
  return (JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString()) as { predicateType: string }).predicateType;
}

async function listen(handle: (called: Called, response: http.ServerResponse) => void) {
  const server = http.createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://github.test');
      const text = Buffer.concat(pieces).toString();
      const body = text === '' ? undefined : (JSON.parse(text) as Fields);
      const arrived = { method: request.method ?? '', rawPath: pathname, query: searchParams, body };
      handle({ ...arrived, path: decodeURIComponent(pathname), headers: request.headers, body: body ?? {}, arrived }, response);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const stop = () =>
    new Promise<void>((stopped) => {
      server.close(() => stopped());
      server.closeAllConnections();
    });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

/** An answer with the tag that GitHub gives to it for this token, unless it has one; nothing but the status where that is what was asked about. */
function tagged({ method, headers: asked }: Called, answer: Answer): Answer {
  if (method !== 'GET' || answer.status !== 200 || answer.headers?.['etag'] !== undefined) return answer;
  const etag = `W/"${sha256(`${asked.authorization} ${JSON.stringify(answer.body)}`)}"`;
  const headers = { ...answer.headers, etag };
  return asked['if-none-match'] === etag ? { status: 304, body: '', headers } : { ...answer, headers };
}

function send(response: http.ServerResponse, { status, body, headers }: Answer): void {
  const limit = { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4990', 'x-ratelimit-reset': '1772370000' };
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...limit, ...headers });
  response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
}

type Asked = Readonly<{
  digests?: Readonly<Record<string, readonly string[]>>;
  commits?: readonly Readonly<{ repository: string; commit: string }>[];
}>;

/** Runs the source against it, with the token of a test. */
export async function lookUpGithub(
  { apiUrl }: Pick<FakeGithub, 'apiUrl'>,
  { digests = {}, commits = [] }: Asked,
  { edge, ...config }: Readonly<Record<string, unknown>> & { edge?: Edge } = {},
): Promise<Fact[]> {
  const world = edge ?? openEdge({ secrets: { TEA_TOKEN: TOKEN } });
  const seenIn = (images: readonly string[]) => images.flatMap((image) => parseImageReference(image) ?? []);
  const wanted: Wanted = {
    digests: Object.entries(digests).map(([digest, images]) => ({ digest: digest as Digest, seenIn: seenIn(images) })),
    tags: [],
    commits,
    lines: [],
  };
  const facts: Fact[] = [];
  const parsed = source.config.parse({ repositories: ['acme/*'], apiUrl, tokenEnv: 'TEA_TOKEN', cache: 'off', ...config });
  for await (const fact of source.observe(parsed, wanted, world)) facts.push(fact);
  return facts;
}
