import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { TrustSettings } from '../attestation/policy.ts';
import { openLayouts } from '../clients/image-files/layout-registry.ts';
import { rawKeeper } from '../clients/keep-raw.ts';
import { BUDGET_KEYS, type Budget, openBudget } from '../clients/oci/budget.ts';
import { type ContentCache, NO_CACHE, openConfiguredCache } from '../clients/oci/cache.ts';
import { estimateOf } from '../clients/oci/estimate.ts';
import { type Finder, openFinder } from '../clients/oci/find.ts';
import { isLoopback } from '../clients/oci/host.ts';
import { openAttachments, openReferrers } from '../clients/oci/list-referrers.ts';
import { dockerLogin, type Login } from '../clients/oci/login.ts';
import { readAttachments } from '../clients/oci/read-attachments.ts';
import { readBills } from '../clients/oci/read-bills.ts';
import { readChannels } from '../clients/oci/read-channels.ts';
import { type Account, basesIn, gapOf, isAsked, ourOwn, type Place, readContents, readOrigins } from '../clients/oci/read-contents.ts';
import { explainGone, type Holdings, readPresence, unreadOf } from '../clients/oci/read-presence.ts';
import { vouch } from '../clients/oci/vouch.ts';
import { type IsKnown, openRegistry, type Registry } from '../clients/oci.ts';
import { onceACollection } from '../clients/once-a-collection.ts';
import { CACHE_KEYS } from '../clients/own-files.ts';
import { openTrust } from '../clients/trust.ts';
import { defineSource, type Edge, type Seen, type Wanted } from '../collect/define-source.ts';
import { Digest } from '../domain/digest.ts';
import { type ImageReference, parseImageReference } from '../domain/image-reference.ts';
import { byKey } from '../domain/order.ts';
import { AuditError, unreadable } from '../error.ts';

const Host = z
  .string()
  .regex(/^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/i, 'is no registry: write its host, as in image references')
  .transform((host) => (host.toLowerCase() === 'index.docker.io' ? 'docker.io' : host.toLowerCase()));

const Channel = z.string().refine((text) => {
  const reference = parseImageReference(`registry.test/${text}`);
  return reference?.tag !== undefined && reference.digest === undefined;
}, 'is no channel: write repository:tag, without the registry');

const Config = z
  .strictObject({
    registry: Host,
    repositories: z.array(z.string().min(1)).min(1).optional(),
    username: z.string().min(1).optional(),
    passwordEnv: z.string().min(1).optional(),
    realm: Host.optional(),
    ca: z.string().min(1).optional(),
    channels: z.record(z.string(), z.record(z.string().regex(/^[\w.-]+$/, 'is no name'), Channel)).optional(),
    layouts: z.array(z.string().min(1)).min(1).optional(),
    referrers: z.enum(['true', 'false']).default('true'),
    ...BUDGET_KEYS,
    ...CACHE_KEYS,
    trust: TrustSettings.optional(),
    insecure: z.enum(['false', 'true', 'beyond-loopback']).default('false'),
  })
  .refine(({ username, passwordEnv }) => (username === undefined) === (passwordEnv === undefined), {
    path: ['passwordEnv'],
    error: 'username and passwordEnv belong together',
  })
  .refine(({ registry, insecure }) => insecure !== 'true' || isLoopback(hostnameOf(registry)), {
    path: ['insecure'],
    error: 'only this machine may be asked without TLS; for another host write `insecure: beyond-loopback`',
  })
  .refine(({ channels, layouts }) => !channels || !layouts, {
    path: ['channels'],
    error: 'what channels name now is known to the registry alone, and not to its layouts',
  });
type Config = z.output<typeof Config>;

/** Whose channels were told: a tag may move while a scan goes on, and one scan says one thing of it. */
const told = new WeakSet<Config>();

export default defineSource({
  id: 'oci',
  title: 'A registry that speaks the OCI distribution spec',
  config: Config,
  asks: ['digests', 'tags'],

  // A layout is a copy: what tags name now is not asked of it.
  expects: ({ registry, layouts, channels = {} }) => [
    ...Object.keys(channels).map((environment) => ({ of: 'channel', scope: { environment, registry } }) as const),
    { of: 'content', scope: { registry } },
    ...(layouts ? [] : [{ of: 'tag', scope: { registry } } as const]),
  ],

  async *observe(config, all, edge) {
    const wanted = config.layouts ? { ...all, tags: [] } : all;
    const proving = await openTrust(config.trust, edge);
    const { registry, finder, budget, cache } = await sessionFor(config, edge);
    const place = placeOf(config, registry);
    const referrers = referrersOf(config, { registry, finder });
    const channels = told.has(config) ? {} : (config.channels ?? {});
    told.add(config);
    const circumstances = { channels: Object.values(channels).flatMap(Object.keys).length, referrers: referrers !== undefined };
    budget?.foresee(await estimateOf(place, wanted, { ...circumstances, cache: config.maxRequests === undefined ? NO_CACHE : cache }));
    if (config.channels) yield* await readChannels(place, channels, { registry, finder });
    const contents = Promise.all([readContents(place, ourOwn(wanted), finder), readContents(place, basesIn(wanted), finder)]);
    const isKnown: IsKnown = async (digest) => (await contents).some((account) => account.contents.some((one) => one.digest === digest));
    const [[content, bases], tags] = await Promise.all([contents, readTags(place, wanted, { registry, isKnown })]);
    // What was handed out a moment ago needs no second question.
    const holdings = holdingsOf(registry, finder);
    // A layout is a copy: what the registry holds now is not asked of it either.
    const presence = config.layouts ? { seen: [], isWhole: true } : await readPresence(place, wanted, holdings);
    yield* explainGone(content.seen, presence.seen);
    yield* presence.seen;
    yield* await readOrigins(place, content.contents, { finder, referrers, proving });
    if (referrers && !config.layouts) yield* await readAttachments(place, wanted, { holdings, list: openAttachments(registry, referrers) });
    yield* bases.seen;
    yield* tags.seen;
    const locator = config.layouts?.join(', ') ?? originOf(config).origin;
    const ofContent = { seen: [...content.seen, ...presence.seen], isWhole: content.isWhole && presence.isWhole };
    yield* vouch({ registry: config.registry, locator, budget }, { content: ofContent, ...(config.layouts ? {} : { tag: tags }) });
    const account = budget?.account() ?? '';
    if (account !== '') edge.progress(`${config.registry}: ${account}`);
    if (budget) yield* budget.told(locator);
  },

  openBlobs: async (config, edge) => (await open(config, edge)).registry.download,

  async openBills(config, edge) {
    const proving = await openTrust(config.trust, edge);
    const { registry, finder } = await sessionFor(config, edge);
    const referrers = referrersOf(config, { registry, finder });
    return (of) => readBills(of, { finder, download: registry.download, referrers, proving });
  },
});

/** Lists what refers to an image, unless the configuration says that nobody is to ask. */
function referrersOf({ referrers }: Config, { registry, finder }: Pick<Session, 'registry' | 'finder'>) {
  return referrers === 'true' ? openReferrers(registry, finder) : undefined;
}

/** A registry, and what it may be asked; files may be asked anything. */
type Opened = Readonly<{ registry: Registry; budget?: Budget }>;
type Session = Opened & Readonly<{ finder: Finder; cache: ContentCache }>;

/** One for all rounds of a collection: that a repository handed something out in one is known in the next. */
const sessionFor = onceACollection(openSession);

async function openSession(config: Config, edge: Edge): Promise<Session> {
  const opened = await open(config, edge);
  const cache = await openConfiguredCache(config.layouts ? { ...config, cache: 'off' } : config, edge);
  return { ...opened, cache, finder: openFinder(opened.registry, cache, rawKeeper(edge)) };
}

async function open(config: Config, edge: Edge): Promise<Opened> {
  const { registry, layouts, maxRequests } = config;
  if (layouts) return { registry: await openLayouts(registry, layouts) };
  const withoutTls = config.insecure === 'beyond-loopback';
  const budget = openBudget({ registry, host: originOf(config).host, maxRequests, withoutTls }, edge);
  return { registry: openRegistry(await settingsOf(config, edge), budget), budget };
}

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

function placeOf(config: Config, { locate }: Registry): Place {
  const { registry, repositories } = config;
  const locateInFile = (repository: string, reference: string) => locate('manifest', repository, Digest.parse(reference));
  const locateAt = (repository: string, reference: string) => `${originOf(config).origin}/v2/${repository}/manifests/${reference}`;
  const isOurs = (reference: ImageReference) => isAt(config, reference);
  return { registry, repositories, isAt: isOurs, locate: config.layouts ? locateInFile : locateAt };
}

function isAt({ registry, insecure }: Config, reference: ImageReference): boolean {
  const written = reference.registry.toLowerCase();
  return written === registry || (insecure === 'false' && written.replace(/:443$/, '') === registry.replace(/:443$/, ''));
}

function holdingsOf(registry: Registry, finder: Finder): Holdings {
  const answerFor = (repository: string, digest: Digest) =>
    finder.wasHandedOut(repository, digest) || registry.holds(repository, digest, finder.isReadable(repository)).catch(unreadOf);
  return async (repository, digests) =>
    new Map(await Promise.all(digests.map(async (digest) => [digest, await answerFor(repository, digest)] as const)));
}

type Naming = Readonly<{ registry: Registry; isKnown: IsKnown }>;

async function readTags(place: Place, { tags }: Wanted, naming: Naming): Promise<Account> {
  const ours = tags.filter(place.isAt);
  const asked = ours.filter((tag) => isAsked(place, tag));
  const unique = new Map(asked.map(({ repository, tag = 'latest' }) => [`${repository}:${tag}`, { repository, tag }]));
  const sorted = [...unique.values()].toSorted(byKey(({ repository, tag }) => `${repository}:${tag}`));
  const seen = await Promise.all(sorted.map((tag) => resolve(tag, place, naming)));
  return { seen, isWhole: asked.length === ours.length && seen.every(({ kind }) => kind !== 'gap') };
}

async function resolve(
  { repository, tag }: { repository: string; tag: string },
  place: Place,
  { registry, isKnown }: Naming,
): Promise<Seen> {
  try {
    const { digest, locator } = await registry.resolve(repository, tag, isKnown);
    return { kind: 'tag', image: { registry: place.registry, repository, tag }, digest, locator };
  } catch (error) {
    if (!(error instanceof AuditError) || error.because === undefined) throw error;
    return gapOf('tag', place, { repository, reference: tag, error });
  }
}
