import type { Digest } from '../../domain/digest.ts';
import { AuditError, unreadable } from '../../error.ts';
import type { Keep } from '../keep-raw.ts';
import type { Registry } from '../oci.ts';
import type { CacheKey, ContentCache } from './cache.ts';
import type { Found, Target } from './closure.ts';
import type { Held } from './content.ts';
import { isNotHeld } from './refusal.ts';

type Role = Found['is'];

/** Finds content by digest: what was once read is not asked for again. */
export type Finder = Readonly<{
  /** Where a digest is, tried repository by repository; a config that stands alone is asked for last, for few digests are one. */
  find(target: Target): Promise<Found>;
  /** A manifest or blob of one repository, whatever it is. */
  read(key: Pick<CacheKey, 'repository' | 'is' | 'digest'>): Promise<Held>;
  /** Keeps a document that was read. */
  keep: Keep;
  /** Whether a repository handed out that manifest in this run, and did not leave it to what is kept. */
  wasHandedOut(repository: string, digest: Digest): boolean;
  /** Whether it handed out any manifest in this run. */
  isReadable(repository: string): boolean;
}>;

/** Opens a finder over one registry and what of it is kept on disk. */
export function openFinder(registry: Registry, cache: ContentCache, keep: Keep): Finder {
  const handedOut = openHandedOut();
  const keyOf = (is: Role, repository: string, digest: Digest): CacheKey => ({ registry: registry.name, repository, is, digest });

  const recall = async (key: CacheKey): Promise<Held | undefined> => {
    const cached = await cache.get(key);
    const image = { registry: key.registry, repository: key.repository };
    return cached && { ...cached, locator: registry.locate(key.is, key.repository, key.digest), image };
  };
  const fetchOnce = async (key: CacheKey): Promise<Held> => {
    const held = await registry[key.is](key.repository, key.digest);
    await cache.put(key, held);
    if (key.is === 'manifest') handedOut.add(key.repository, key.digest);
    return held;
  };

  const remembered = async ({ digest, repositories }: Target, roles: readonly Role[]): Promise<Found | undefined> => {
    for (const is of roles) {
      for (const repository of repositories) {
        const held = await recall(keyOf(is, repository, digest));
        if (held) return { held, is, repository };
      }
    }
    return undefined;
  };

  const asked = async ({ digest, repositories }: Target, roles: readonly Role[]): Promise<Found> => {
    const errors: AuditError[] = [];
    for (const is of roles) {
      for (const repository of errors.every(isNotHeld) ? repositories : []) {
        const held = await fetchOnce(keyOf(is, repository, digest)).catch((error: unknown) => unlessWrong(error, errors));
        if (held) return { held, is, repository };
      }
    }
    throw errors.find(({ because }) => because !== 'not-found') ?? errors[0] ?? unreadable('internal', `${digest} was asked for nowhere`);
  };

  return {
    async find(target) {
      const roles = target.is === 'either' ? (['manifest', 'config'] as const) : [target.is];
      return withKept((await remembered(target, roles)) ?? (await asked(target, roles)), keep);
    },
    async read({ is, repository, digest }) {
      const key = keyOf(is, repository, digest);
      return (await recall(key)) ?? fetchOnce(key);
    },
    keep,
    ...handedOut,
  };
}

/** Remembers what every repository handed out in this run. */
export function openHandedOut(): Pick<Finder, 'wasHandedOut' | 'isReadable'> & Readonly<{ add(repository: string, digest: Digest): void }> {
  const handedOut = new Map<string, Set<Digest>>();
  return {
    add: (repository, digest) => void handedOut.set(repository, (handedOut.get(repository) ?? new Set()).add(digest)),
    wasHandedOut: (repository, digest) => handedOut.get(repository)?.has(digest) ?? false,
    isReadable: (repository) => handedOut.has(repository),
  };
}

/** A config is not kept: what it sets may be secret, and its digest is in the manifest. */
export function withKept(found: Found, keep: Keep): Found {
  return found.is === 'manifest' ? { ...found, kept: keep(found.held.body) } : found;
}

/** Keeps why a repository did not answer; bytes that are not what they are called end the search. */
export function unlessWrong(error: unknown, errors: AuditError[]): undefined {
  if (!(error instanceof AuditError) || error.because === undefined || error.because === 'untrusted') throw error;
  errors.push(error);
}
