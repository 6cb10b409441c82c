import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { Edge } from '../../collect/define-source.ts';
import { parseJson } from '../../domain/parse-json.ts';
import { unreadable } from '../../error.ts';

/** A name and its password, for one registry. */
export type Login = Readonly<{ username: string; password: string }>;

const LARGEST_BYTES = 1024 * 1024;
const HELPER_MS = 10_000;
const HELPER_BYTES = 64 * 1024;
const HELPER_NAME = /^[a-z0-9._-]+$/;
/** What Docker calls Docker Hub in its configuration. */
const HUB = 'https://index.docker.io/v1/';

const Entry = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
});
const DockerConfig = z.object({
  auths: z.record(z.string(), Entry).optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});
const HelperAnswer = z.object({ Username: z.string(), Secret: z.string() });

/** What Docker's own configuration holds for exactly this registry, asked of its credential helper where it names one; undefined for anonymous. */
export async function dockerLogin(registry: string, edge: Edge): Promise<Login | undefined> {
  const folder = edge.variable('DOCKER_CONFIG');
  const config = await readDockerConfig(path.join(folder || path.join(homedir(), '.docker'), 'config.json'));
  const key = registry === 'docker.io' ? HUB : registry;
  const helper = own(config.credHelpers, key) ?? config.credsStore;
  const helped = helper ? await askHelper(helper, key, edge) : undefined;
  const entry = own(config.auths, key);
  return helped ?? (entry ? loginOf(entry, registry, edge) : undefined);
}

/** The name and password as the header wants them; both forms are struck out of everything written. */
export function basicHeader({ username, password }: Login, edge: Edge): string {
  const encoded = Buffer.from(`${username}:${password}`).toString('base64');
  edge.conceal(password);
  edge.conceal(encoded);
  return `Basic ${encoded}`;
}

function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}

async function readDockerConfig(file: string): Promise<z.infer<typeof DockerConfig>> {
  const status = await stat(file).catch(() => undefined);
  if (!status) return {};
  const hint = `Mend Docker's config.json, or set username and passwordEnv of this source.`;
  if (!status.isFile() || status.size > LARGEST_BYTES)
    throw unreadable('malformed', "Docker's config.json is no Docker configuration", { hint });
  try {
    return DockerConfig.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // Without its cause: what a parser says about this file may quote a password.
    throw unreadable('malformed', "Docker's config.json is no Docker configuration", { hint });
  }
}

function loginOf(entry: z.infer<typeof Entry>, registry: string, edge: Edge): Login | undefined {
  if (entry.identitytoken) {
    edge.conceal(entry.identitytoken);
    throw identityToken(registry);
  }
  if (entry.username && entry.password) return { username: entry.username, password: entry.password };
  const plain = Buffer.from(entry.auth ?? '', 'base64').toString('utf8');
  const colon = plain.indexOf(':');
  return colon > 0 ? { username: plain.slice(0, colon), password: plain.slice(colon + 1) } : undefined;
}

async function askHelper(name: string, key: string, edge: Edge): Promise<Login | undefined> {
  if (!HELPER_NAME.test(name))
    throw unreadable('untrusted', `Docker's configuration names a credential helper ${JSON.stringify(name.slice(0, 100))}`, {
      hint: 'A credential helper is the last part of a program name, as in "ecr-login": mend credHelpers or credsStore.',
    });
  const program = `docker-credential-${name}`;
  const text = await run(program, key, edge);
  if (text === undefined) return undefined;
  const answer = HelperAnswer.safeParse(parseJson(text));
  if (!answer.success) throw helperFailed(program, key, 'answers with what is no login');
  const { Username: username, Secret: password } = answer.data;
  edge.conceal(password);
  if (username === '<token>') throw identityToken(key);
  return { username, password };
}

/** What the helper prints for the key; undefined where it holds none. Its words are never repeated: they may hold the secret. */
function run(program: string, key: string, edge: Edge): Promise<string | undefined> {
  const limits = { timeout: Math.min(HELPER_MS, edge.patience.timeoutMs), maxBuffer: HELPER_BYTES, killSignal: 'SIGKILL' } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(program, ['get'], { ...limits, signal: edge.signal, shell: false }, (problem, stdout) => {
      if (!problem) resolve(stdout);
      else if (/credentials not found/.test(stdout)) resolve(undefined);
      else reject(helperFailed(program, key, whyOf(problem)));
    });
    // It may end without reading what it was asked.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(key);
  });
}

function whyOf({ code, killed }: { code?: unknown; killed?: boolean }): string {
  if (code === 'ENOENT') return 'is not installed';
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'answers without end';
  return killed ? 'does not answer' : `fails with ${String(code)}`;
}

function helperFailed(program: string, key: string, why: string): Error {
  return unreadable('unauthenticated', `${program} ${why}`, {
    hint: `${program} ${why}: run \`echo ${key} | ${program} get\` to see, or set username and passwordEnv of this source.`,
  });
}

function identityToken(registry: string): Error {
  return unreadable('unsupported', `the login for ${registry} is an identity token`, {
    hint: `Identity tokens are not used: set username and passwordEnv of this source to a read-only login for ${registry}.`,
  });
}
