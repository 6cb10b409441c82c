import type { Digest } from '../../domain/digest.ts';
import { AuditError, unreadable } from '../../error.ts';
import type { Ecr } from '../ecr.ts';
import type { Keep } from '../keep-raw.ts';
import type { CacheKey, ContentCache } from '../oci/cache.ts';
import type { Held } from '../oci/content.ts';
import { type Finder, openHandedOut, unlessWrong, withKept } from '../oci/find.ts';
import { isNotHeld } from '../oci/refusal.ts';
import { verify } from '../oci/verify.ts';
import { type ImageId, UNANSWERED } from './answers.ts';
import { failureOf } from './refusal.ts';

/** How many images one call may name. */
export const MOST_AT_ONCE = 100;

export type EcrPlace = Readonly<{ registry: string; locate(repository: string, reference: string): string }>;

type Waiting = Map<Digest, PromiseWithResolvers<Held>>;

type Store = Readonly<{
  recall(key: Key): Promise<Held | undefined>;
  /** Verifies content and keeps it. */
  keep(key: Key, content: Pick<Held, 'body' | 'mediaType'>): Promise<Held>;
}>;
type Key = Omit<CacheKey, 'registry'>;

/** Where content is kept from one audit to the next, and documents in the recording. */
export type Keeping = Readonly<{ cache: ContentCache; keep: Keep }>;

/** Opens a finder over ECR: what is asked for at one time of one repository is asked for by the hundred, and once in a lifetime. */
export function openEcrFinder(ecr: Ecr, place: EcrPlace, { cache, keep }: Keeping): Finder {
  const handedOut = openHandedOut();
  const store = openStore(place, cache);
  const manifest = openBatches((repository, waiting) => fill({ ecr, store, place, handedOut }, repository, waiting));
  const config = async (repository: string, digest: Digest): Promise<Held> => {
    const key: Key = { is: 'config', repository, digest };
    return (await store.recall(key)) ?? store.keep(key, { body: await ecr.blob(repository, digest), mediaType: '' });
  };
  const read: Finder['read'] = ({ is, repository, digest }) =>
    is === 'manifest' ? manifest(repository, digest) : config(repository, digest);
  return {
    read,
    keep,
    ...handedOut,
    async find({ digest, repositories, is }) {
      const errors: AuditError[] = [];
      for (const role of is === 'either' ? (['manifest', 'config'] as const) : [is]) {
        for (const repository of errors.every(isNotHeld) ? repositories : []) {
          const held = await read({ is: role, repository, digest }).catch((error: unknown) => unlessWrong(error, errors));
          if (held) return withKept({ held, is: role, repository }, keep);
        }
      }
      throw errors.find(({ because }) => because !== 'not-found') ?? errors[0] ?? unreadable('internal', `${digest} was asked for nowhere`);
    },
  };
}

function openStore({ registry, locate }: EcrPlace, cache: ContentCache): Store {
  const holdOf = ({ repository, digest }: Key, { body, mediaType }: Pick<Held, 'body' | 'mediaType'>): Held => {
    return { body, mediaType, locator: locate(repository, digest), image: { registry, repository } };
  };
  return {
    async recall(key) {
      const cached = await cache.get({ registry, ...key });
      return cached && holdOf(key, cached);
    },
    async keep(key, content) {
      verify(key.digest, content.body, locate(key.repository, key.digest));
      await cache.put({ registry, ...key }, content);
      return holdOf(key, content);
    },
  };
}

type Filling = Readonly<{ ecr: Ecr; store: Store; place: EcrPlace; handedOut: ReturnType<typeof openHandedOut> }>;

/** Gives everything that waits its manifest, or why there is none. */
async function fill(filling: Filling, repository: string, waiting: Waiting): Promise<void> {
  const missing: Digest[] = [];
  for (const [digest, { resolve }] of waiting) {
    const held = await filling.store.recall({ is: 'manifest', repository, digest });
    if (held) resolve(held);
    else missing.push(digest);
  }
  await Promise.all(hundredsOf(missing).map((some) => fillSome(filling, { repository, digests: some }, waiting)));
}

type Some = Readonly<{ repository: string; digests: readonly Digest[] }>;

async function fillSome({ ecr, store, place, handedOut }: Filling, { repository, digests }: Some, waiting: Waiting): Promise<void> {
  const ids = digests.map((imageDigest): ImageId => ({ imageDigest }));
  const { images, failures } = await ecr.getImages(repository, ids);
  for (const { imageId, imageManifest, imageManifestMediaType = '' } of images) {
    const { imageDigest: digest } = imageId;
    handedOut.add(repository, digest);
    const content = { body: Buffer.from(imageManifest), mediaType: imageManifestMediaType };
    await store.keep({ is: 'manifest', repository, digest }, content).then(waiting.get(digest)?.resolve, waiting.get(digest)?.reject);
  }
  const codes = new Map(failures.map(({ imageId, failureCode }) => [imageId.imageDigest, failureCode]));
  // A promise that was settled stays as it is.
  for (const digest of digests)
    waiting.get(digest)?.reject(failureOf(codes.get(digest) ?? UNANSWERED, `${place.registry}/${repository}@${digest}`));
}

/** Gathers what is asked for before anything else runs. */
function openBatches(load: (repository: string, waiting: Waiting) => Promise<void>): (repository: string, digest: Digest) => Promise<Held> {
  const open = new Map<string, Waiting>();
  const start = (repository: string, waiting: Waiting) => {
    open.delete(repository);
    load(repository, waiting).catch((error: unknown) => {
      for (const { reject } of waiting.values()) reject(error);
    });
  };
  return (repository, digest) => {
    const waiting: Waiting = open.get(repository) ?? new Map<Digest, PromiseWithResolvers<Held>>();
    if (!open.has(repository)) {
      open.set(repository, waiting);
      queueMicrotask(() => start(repository, waiting));
    }
    const own = waiting.get(digest) ?? Promise.withResolvers<Held>();
    waiting.set(digest, own);
    return own.promise;
  };
}

/** The things in lists of at most as many as one call may name. */
export function hundredsOf<T>(things: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(things.length / MOST_AT_ONCE) }, (_, nth) =>
    things.slice(nth * MOST_AT_ONCE, (nth + 1) * MOST_AT_ONCE),
  );
}
