import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Found, resolveClosure, type Target } from '../clients/oci/closure.ts';
import { isLoopback } from '../clients/oci/host.ts';
import { dockerLogin, type Login } from '../clients/oci/login.ts';
import { isNotHeld } from '../clients/oci/refusal.ts';
import { openRegistry, type Registry } from '../clients/oci.ts';
import { defineSource, type Edge, type Seen, type Wanted } from '../collect/define-source.ts';
import { matches } from '../domain/glob.ts';
import { type ImageReference, parseImageReference } from '../domain/image-reference.ts';
import { byKey } from '../domain/order.ts';
import { AuditError, unreadable } from '../error.ts';

const Host = z
  .string()
  .regex(/^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/i, 'is no registry: write its host, as in image references')
  .transform((host) => (host.toLowerCase() === 'index.docker.io' ? 'docker.io' : host.toLowerCase()));

const Config = z
  .strictObject({
    registry: Host,
    repositories: z.array(z.string().min(1)).min(1).optional(),
    username: z.string().min(1).optional(),
    passwordEnv: z.string().min(1).optional(),
    realm: Host.optional(),
    ca: z.string().min(1).optional(),
    insecure: z.enum(['false', 'true', 'beyond-loopback']).default('false'),
  })
  .refine(({ username, passwordEnv }) => (username === undefined) === (passwordEnv === undefined), {
    path: ['passwordEnv'],
    error: 'username and passwordEnv belong together',
  })
  .refine(({ registry, insecure }) => insecure !== 'true' || isLoopback(hostnameOf(registry)), {
    path: ['insecure'],
    error: 'only this machine may be asked without TLS; for another host write `insecure: beyond-loopback`',
  });
type Config = z.output<typeof Config>;

type Account = Readonly<{ seen: readonly Seen[]; isWhole: boolean }>;

export default defineSource({
  id: 'oci',
  title: 'A registry that speaks the OCI distribution spec',
  config: Config,
  asks: ['digests', 'tags'],

  expects: ({ registry }) => [
    { of: 'content', scope: { registry } },
    { of: 'tag', scope: { registry } },
  ],

  async *observe(config, wanted, edge) {
    const registry = openRegistry(await settingsOf(config, edge), edge);
    const [content, tags] = await Promise.all([readContent(config, wanted, registry), readTags(config, wanted, registry)]);
    yield* content.seen;
    yield* tags.seen;
    const scope = { registry: config.registry };
    const locator = originOf(config).origin;
    if (content.isWhole) yield { kind: 'coverage', of: 'content', scope, locator };
    if (tags.isWhole) yield { kind: 'coverage', of: 'tag', scope, locator };
  },
});

function hostnameOf(registry: string): string {
  return registry.replace(/:\d+$/, '');
}

/** Docker Hub's API has another name than its images have. */
function originOf({ registry, insecure }: Config): URL {
  if (registry === 'docker.io') return new URL('https://registry-1.docker.io');
  return new URL(`${insecure === 'false' ? 'https' : 'http'}://${registry}`);
}

async function settingsOf(config: Config, edge: Edge): Promise<Parameters<typeof openRegistry>[0]> {
  const { registry, realm: realmHost, ca } = config;
  const options = ca === undefined ? {} : { ca: await readAuthority(ca) };
  return { registry, realmHost, origin: originOf(config), options, login: () => loginFor(config, edge) };
}

function readAuthority(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AuditError('CONFIG_INVALID', `the certificate authority "${file}" cannot be read`, {
      hint: 'Give `ca` a PEM file, relative to where selfsame is started.',
      cause,
    });
  });
}

function loginFor({ registry, username, passwordEnv }: Config, edge: Edge): Promise<Login | undefined> {
  if (username === undefined || passwordEnv === undefined) return dockerLogin(registry, edge);
  const password = edge.secret(passwordEnv);
  if (password) return Promise.resolve({ username, password });
  const hint = `Set ${passwordEnv} to the password of ${username} at ${registry}.`;
  return Promise.reject(unreadable('unauthenticated', `${passwordEnv} is not set`, { hint }));
}

async function readContent(config: Config, { digests }: Wanted, registry: Registry): Promise<Account> {
  const ours = digests.map(({ digest, seenIn }) => ({ digest, references: seenIn.filter((seen) => isAt(config, seen)) }));
  const targets = ours.map(({ digest, references }) => ({
    digest,
    repositories: [...new Set(references.filter((seen) => isAsked(config, seen)).map(({ repository }) => repository))].toSorted(),
    is: 'either' as const,
  }));
  const asked = targets.filter(({ repositories }) => repositories.length > 0);
  const { contents, failures } = await resolveClosure(asked, (target) => find(target, registry));
  const isNarrowed = ours.some(({ references }, at) => references.length > 0 && targets[at]?.repositories.length === 0);
  return {
    seen: [...contents, ...failures.map(({ target, error }) => gapOf('content', config, unreadOf(target, error)))],
    isWhole: failures.length === 0 && !isNarrowed,
  };
}

function isAt({ registry, insecure }: Config, reference: ImageReference): boolean {
  const written = reference.registry.toLowerCase();
  return written === registry || (insecure === 'false' && written.replace(/:443$/, '') === registry.replace(/:443$/, ''));
}

/** A name that is no grammatical one comes from no image reference, and never becomes part of an address. */
function isAsked({ repositories = ['*'] }: Config, { registry, repository, tag }: ImageReference): boolean {
  const parsed = parseImageReference(`${registry}/${repository}${tag === undefined ? '' : `:${tag}`}`);
  return parsed?.repository === repository && repositories.some((glob) => matches(glob, repository));
}

/** Where a digest is, tried repository by repository; a config that stands alone is asked for last, for few digests are one. */
async function find({ digest, repositories, is }: Target, registry: Registry): Promise<Found> {
  const errors: AuditError[] = [];
  const roles = is === 'either' ? (['manifest', 'config'] as const) : [is];
  for (const role of roles) {
    for (const repository of errors.every(isNotHeld) ? repositories : []) {
      const held = await registry[role](repository, digest).catch((error: unknown) => unlessWrong(error, errors));
      if (held) return { held, is: role, repository };
    }
  }
  throw errors.find(({ because }) => because !== 'not-found') ?? errors[0] ?? unreadable('internal', `${digest} was asked for nowhere`);
}

/** Keeps why a repository did not answer; bytes that are not what they are called end the search. */
function unlessWrong(error: unknown, errors: AuditError[]): undefined {
  if (!(error instanceof AuditError) || error.because === undefined || error.because === 'untrusted') throw error;
  errors.push(error);
}

async function readTags(config: Config, { tags }: Wanted, registry: Registry): Promise<Account> {
  const ours = tags.filter((tag) => isAt(config, tag));
  const asked = ours.filter((tag) => isAsked(config, tag));
  const unique = new Map(asked.map(({ repository, tag = 'latest' }) => [`${repository}:${tag}`, { repository, tag }]));
  const sorted = [...unique.values()].toSorted(byKey(({ repository, tag }) => `${repository}:${tag}`));
  const seen = await Promise.all(sorted.map((tag) => resolve(tag, config, registry)));
  return { seen, isWhole: asked.length === ours.length && seen.every(({ kind }) => kind !== 'gap') };
}

async function resolve({ repository, tag }: { repository: string; tag: string }, config: Config, registry: Registry): Promise<Seen> {
  try {
    const { digest, locator } = await registry.resolve(repository, tag);
    return { kind: 'tag', image: { registry: config.registry, repository, tag }, digest, locator };
  } catch (error) {
    if (!(error instanceof AuditError) || error.because === undefined) throw error;
    return gapOf('tag', config, { repository, reference: tag, error });
  }
}

function unreadOf({ digest, repositories }: Target, error: AuditError): Unread {
  return { repository: repositories[0] ?? '', reference: digest, error };
}

type Unread = Readonly<{ repository: string; reference: string; error: AuditError }>;

function gapOf(of: 'content' | 'tag', config: Config, { repository, reference, error }: Unread): Seen {
  const { registry } = config;
  const locator = `${originOf(config).origin}/v2/${repository}/manifests/${reference}`;
  const detail = error.message.replace(/^it could not be read: /, '');
  const hint = error.hint ?? `${registry}/${repository} holds what is no image (${detail}): push it again with a current builder.`;
  return { kind: 'gap', of, scope: { registry, repository }, because: error.because ?? 'internal', hint, locator };
}
