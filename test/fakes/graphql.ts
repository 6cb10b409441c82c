import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { TOKEN } from './github.ts';
import { refuseMistakes } from './github-description.ts';
import { parse, type Selection } from './graphql-query.ts';
import { driftInField, mistakeInText } from './graphql-schema.ts';

/** A file: its text, a link to another, or one that GitHub does not hand out whole. */
export type File = string | Readonly<{ link: string }> | Readonly<{ binary: true }> | Readonly<{ truncated: string }>;
type Repository = Map<string, Readonly<Record<string, File>>>;
type Fields = Readonly<Record<string, unknown>>;
type GitObject = Readonly<{ is: 'Commit' | 'Tree' | 'Blob'; fields: Fields }>;
type Failure = Readonly<{ type?: string; path?: readonly string[]; message: string }>;

export type FakeGraphql = Readonly<{
  apiUrl: string;
  /** Every query that was asked. */
  queries: string[];
  /** The files of a repository at a commit, a branch or a tag. */
  commit(repository: string, ref: string, files: Readonly<Record<string, File>>): void;
  /** What a repository is answered with instead of its files. */
  refuse(repository: string, failure: Omit<Failure, 'path'>): void;
  /** What a query is answered with, where it is not left to what is stored. */
  reply(next: (query: string, nth: number) => Readonly<{ status: number; body: unknown }> | undefined): void;
  stop(): Promise<void>;
}>;

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');

/** Starts GitHub's GraphQL API on 127.0.0.1; it rejects a query that the real one would not take. */
export async function startGraphql(): Promise<FakeGraphql> {
  const repositories = new Map<string, Repository>();
  const refusals = new Map<string, Omit<Failure, 'path'>>();
  const queries: string[] = [];
  const mistakes: string[] = [];
  let reply: Parameters<FakeGraphql['reply']>[0] = () => undefined;

  const answerTo = (query: string) => {
    const errors: Failure[] = [];
    const data = Object.fromEntries(
      parse(query).map((selection) => {
        const { alias, args, inner } = selection;
        const full = `${args['owner']}/${args['name']}`;
        const repository = repositories.get(full.toLowerCase());
        const refusal =
          refusals.get(full) ??
          (repository ? undefined : { type: 'NOT_FOUND', message: `Could not resolve to a Repository with the name '${full}'.` });
        if (refusal || !repository) {
          errors.push({ ...refusal!, path: [alias] });
          return [alias, null];
        }
        return [alias, Object.fromEntries(inner.map((one) => [one.alias, resolve({ repository, mistakes }, one)]))];
      }),
    );
    return { data, ...(errors.length > 0 ? { errors } : {}) };
  };

  const server = http.createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const send = (status: number, body: unknown) => {
        response.writeHead(status, { 'content-type': 'application/json', 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4990' });
        response.end(JSON.stringify(body));
      };
      if (request.headers.authorization !== `token ${TOKEN}`) return send(401, { message: 'Bad credentials' });
      if (request.method !== 'POST' || !['/graphql', '/api/graphql'].includes(request.url ?? ''))
        return send(404, { message: 'Not Found' });
      const { query } = JSON.parse(Buffer.concat(pieces).toString()) as { query: string };
      queries.push(query);
      const mistake = mistakeInText(query);
      if (mistake !== undefined) mistakes.push(mistake);
      const instead = reply(query, queries.length - 1);
      if (instead) return send(instead.status, instead.body);
      return send(200, mistake === undefined ? answerTo(query) : { errors: [{ message: mistake }] });
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    queries,
    commit(repository, ref, files) {
      const refs = repositories.get(repository.toLowerCase()) ?? new Map<string, Readonly<Record<string, File>>>();
      repositories.set(repository.toLowerCase(), refs.set(ref, files));
    },
    refuse: (repository, failure) => void refusals.set(repository, failure),
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

type Asked = Readonly<{ repository: Repository; mistakes: string[] }>;

function resolve({ repository, mistakes }: Asked, { args, inner }: Selection): Fields | null {
  const found = args['oid'] === undefined ? byExpression(repository, args['expression'] ?? '') : byOid(repository, args['oid']);
  return found ? select(found, inner, mistakes) : null;
}

function byExpression(repository: Repository, expression: string): GitObject | undefined {
  const [ref = '', path] = expression.split(/:(.*)/s);
  const files = repository.get(ref);
  if (!files) return undefined;
  if (path === undefined) return { is: 'Commit', fields: { oid: ref } };
  const file = files[path];
  return file === undefined ? treeAt(files, path === '' ? '' : `${path}/`) : blobOf(file);
}

function byOid(repository: Repository, oid: string): GitObject | undefined {
  const blobs = [...repository.values()].flatMap((files) => Object.values(files).map(blobOf));
  return blobs.find(({ fields }) => fields['oid'] === oid);
}

function blobOf(file: File): GitObject {
  const text = typeof file === 'string' ? file : 'link' in file ? file.link : 'truncated' in file ? file.truncated : null;
  const isTruncated = typeof file === 'object' && 'truncated' in file;
  const fields = { oid: sha1(`blob ${JSON.stringify(file)}`), byteSize: text?.length ?? 9, isBinary: text === null, isTruncated, text };
  return { is: 'Blob', fields };
}

function treeAt(files: Readonly<Record<string, File>>, folder: string): GitObject | undefined {
  const below = Object.entries(files).filter(([path]) => path.startsWith(folder));
  if (below.length === 0) return undefined;
  const names = [...new Set(below.map(([path]) => path.slice(folder.length).split('/')[0] ?? ''))];
  const entries = names.map((name) => {
    const file = files[`${folder}${name}`];
    const mode = file === undefined ? 0o040000 : typeof file === 'object' && 'link' in file ? 0o120000 : 0o100644;
    const oid = file === undefined ? sha1(`tree ${folder}${name}`) : blobOf(file).fields['oid'];
    return { name, type: file === undefined ? 'tree' : 'blob', mode, oid };
  });
  return { is: 'Tree', fields: { oid: sha1(`tree ${folder}`), entries } };
}

function select({ is, fields }: GitObject, selections: readonly Selection[], mistakes: string[]): Fields {
  const chosen = selections.flatMap(({ alias, name, on, inner }): (readonly [string, unknown])[] => {
    if (name === '__typename') return [[alias, is]];
    if (on !== undefined) return on === is ? Object.entries(select({ is, fields }, inner, mistakes)) : [];
    const value = fields[name];
    mistakes.push(...driftInField(is, name, value));
    if (name !== 'entries') return [[alias, value]];
    const entries = value as readonly Fields[];
    for (const entry of entries) for (const one of inner) mistakes.push(...driftInField('TreeEntry', one.name, entry[one.name]));
    return [[alias, entries.map((entry) => Object.fromEntries(inner.map((one) => [one.alias, entry[one.name]])))]];
  });
  return Object.fromEntries(chosen);
}
