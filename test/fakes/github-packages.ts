import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Edge, Seen, Wanted } from '../../src/collect/define-source.ts';
import type { Digest } from '../../src/domain/digest.ts';
import { sha256 } from '../../src/domain/identify.ts';
import { parseImageReference } from '../../src/domain/image-reference.ts';
import source from '../../src/sources/ghcr.ts';
import { openEdge } from './edge.ts';
import { driftIn, mistakeIn, refuseMistakes } from './github-description.ts';
import { sendJson } from './registry.ts';

export const TOKEN = 'ghp_earlgreyhot';

export type Asking = Readonly<{ path: string; page: number }>;
type Answer = Readonly<{ status: number; body: object; headers?: Readonly<Record<string, string>> }>;

/** What a test lets GitHub answer instead; undefined leaves it to what is stored. */
type Reply = (asking: Asking, nth: number) => Answer | undefined;

export type FakePackages = Readonly<{
  apiUrl: string;
  calls: Asking[];
  /** How many of them were answered that nothing has changed. */
  unchanged(): number;
  /** Pushes a version, the newest so far, and moves the tags to it. */
  push(repository: string, digest: Digest, tags?: readonly string[]): void;
  /** Takes a version away. */
  remove(repository: string, digest: Digest): void;
  /** Makes an owner a user instead of an organization. */
  user(owner: string): void;
  reply(next: Reply): void;
  stop(): Promise<void>;
}>;

type Version = Readonly<{ digest: Digest; tags: string[]; pushedAt: string }>;

export const refusedBy = (status: number, message: string, headers = {}): Answer => ({ status, body: { message, status }, headers });

const ROUTE = /^\/(?<kind>orgs|users)\/(?<owner>[^/]+)\/packages\/container\/(?<name>[^/]+)\/versions$/;

/** What is no matter of the description: who asks, and by which version of it. */
function refusalOf({ headers }: http.IncomingMessage): Answer | undefined {
  if (headers.authorization !== `token ${TOKEN}`) return refusedBy(401, 'Bad credentials');
  return headers['x-github-api-version'] === '2022-11-28' ? undefined : refusedBy(404, 'Not Found');
}

/** Starts the part of GitHub's API that lists the versions of container packages; it rejects what the real one would not allow. */
export async function startPackages(): Promise<FakePackages> {
  const stored = new Map<string, Version[]>();
  const users = new Set<string>();
  const calls: Asking[] = [];
  const mistakes: string[] = [];
  let pushes = 0;
  let unchanged = 0;
  let reply: Reply = () => undefined;

  const answerTo = (url: URL): Answer => {
    const { kind, owner = '', name = '' } = ROUTE.exec(url.pathname)?.groups ?? {};
    const versions = stored.get(`${owner}/${decodeURIComponent(name)}`.toLowerCase());
    if (!versions || (kind === 'users') !== users.has(owner)) return refusedBy(404, 'Package not found.');
    const [perPage, page] = [Number(url.searchParams.get('per_page') ?? 30), Number(url.searchParams.get('page') ?? 1)];
    const listed = versions.toReversed().slice((page - 1) * perPage, page * perPage);
    const body = listed.map(({ digest, tags, pushedAt }, id) => ({
      id,
      name: digest,
      url: `https://api.github.com${url.pathname}/${id}`,
      package_html_url: `https://github.com/${owner}/${name}/pkgs/container/${name}`,
      created_at: pushedAt,
      // Moves for reasons of its own, as in answers that were recorded.
      updated_at: '2026-11-01T00:00:00Z',
      metadata: { package_type: 'container', container: { tags } },
    }));
    return { status: 200, body };
  };
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://github.test');
    const asking = { path: url.pathname, page: Number(url.searchParams.get('page') ?? 1) };
    const arrived = { method: request.method ?? '', rawPath: url.pathname, query: url.searchParams, body: undefined };
    const mistake = mistakeIn(arrived);
    const asDescribed = (): Answer => {
      if (mistake) return refusedBy(mistake.status, mistake.message);
      const answer = answerTo(url);
      mistakes.push(...[driftIn(arrived, answer)].filter((drift) => drift !== undefined));
      return answer;
    };
    if (mistake) mistakes.push(mistake.message);
    const answer = reply(asking, calls.push(asking)) ?? refusalOf(request) ?? asDescribed();
    const etag = `"${sha256(JSON.stringify(answer.body))}"`;
    const isUnchanged = answer.status === 200 && request.headers['if-none-match'] === etag;
    if (isUnchanged) unchanged++;
    if (isUnchanged) response.writeHead(304, { etag }).end();
    else sendJson(response, answer.status, answer.body, { ...answer.headers, etag });
  });
  // A test has a clock of its own.
  server.prependListener('request', (_, response: http.ServerResponse) => void (response.sendDate = false));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));

  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    unchanged: () => unchanged,
    push(repository, digest, tags = []) {
      const versions = stored.get(repository) ?? [];
      for (const version of versions) version.tags.splice(0, Infinity, ...version.tags.filter((tag) => !tags.includes(tag)));
      const pushedAt = new Date(Date.parse('2026-03-01T09:00:00Z') + 1000 * pushes++).toISOString().replace('.000', '');
      stored.set(repository, [...versions, { digest, tags: [...tags], pushedAt }]);
    },
    remove: (repository, digest) =>
      void stored.set(
        repository,
        (stored.get(repository) ?? []).filter((version) => version.digest !== digest),
      ),
    user: (owner) => void users.add(owner),
    reply(next) {
      reply = next;
    },
    async stop() {
      await new Promise<void>((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      });
      refuseMistakes(mistakes);
    },
  };
}

type Asked = Readonly<{ tags?: readonly string[]; digests?: Readonly<Record<string, readonly string[]>> }>;

/** Runs the source against it, with the token of a test. */
export async function lookUpPackages(
  { apiUrl }: Pick<FakePackages, 'apiUrl'>,
  { tags = [], digests = {} }: Asked,
  { edge, ...config }: Readonly<Record<string, unknown>> & { edge?: Edge } = {},
): Promise<Seen[]> {
  const read = (texts: readonly string[]) => texts.flatMap((text) => parseImageReference(text) ?? []);
  const wanted: Wanted = {
    digests: Object.entries(digests).map(([digest, images]) => ({ digest: digest as Digest, seenIn: read(images) })),
    tags: read(tags),
    commits: [],
    lines: [],
  };
  const facts: Seen[] = [];
  const parsed = source.config.parse({ owner: 'acme', apiUrl, tokenEnv: 'TEA_TOKEN', cache: 'off', ...config });
  const world = edge ?? openEdge({ secrets: { TEA_TOKEN: TOKEN } });
  for await (const fact of source.observe(parsed, wanted, world)) facts.push(fact);
  return facts;
}
