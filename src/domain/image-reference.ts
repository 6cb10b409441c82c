import { z } from 'zod';
import { Digest } from './digest.ts';

/** As written by a human or a manifest; says nothing about what it resolves to. */
export const ImageReference = z.strictObject({
  registry: z.string().min(1),
  repository: z.string().min(1),
  tag: z.string().min(1).optional(),
  digest: Digest.optional(),
});
export type ImageReference = z.infer<typeof ImageReference>;

// As distribution/reference reads a domain: what it refuses no node can pull from, and a look-alike letter is another host.
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\])(?::\d{1,5})?$/i;
const TAG = /^\w[\w.-]{0,127}$/;
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

/**
 * Reads `[registry/]repository[:tag][@digest]`; undefined where the text is no image reference.
 * Familiar Docker Hub names are written out (`nginx` is `docker.io/library/nginx`), as distribution/reference does.
 */
export function parseImageReference(text: string): ImageReference | undefined {
  const [name = '', digest, ...more] = text.split('@');
  const slash = name.lastIndexOf('/');
  const colon = name.indexOf(':', slash + 1);
  const tag = colon < 0 ? undefined : name.slice(colon + 1);
  const { registry, repository } = splitName(colon < 0 ? name : name.slice(0, colon));
  const parsed = digest === undefined ? undefined : Digest.safeParse(digest);
  const isNamed = HOST.test(registry) && REPOSITORY.test(repository);
  const isReference = more.length === 0 && isNamed && (tag === undefined || TAG.test(tag)) && parsed?.success !== false;
  if (!isReference) return undefined;

  return { registry, repository, ...(tag === undefined ? {} : { tag }), ...(parsed ? { digest: parsed.data } : {}) };
}

function splitName(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isHost = first.includes('.') || first.includes(':') || first === 'localhost';
  const repository = isHost ? name.slice(slash + 1) : name;
  const registry = isHost && first !== 'index.docker.io' ? first : 'docker.io';
  return { registry, repository: registry === 'docker.io' && !repository.includes('/') ? `library/${repository}` : repository };
}

/** The reference written out in full: registry, repository, tag and digest as far as it has them. */
export function formatImageReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}
