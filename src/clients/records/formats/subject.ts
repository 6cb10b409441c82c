import type { Subject } from '../../../attestation/statement.ts';
import { Digest } from '../../../domain/digest.ts';
import { type ImageReference, parseImageReference } from '../../../domain/image-reference.ts';
import type { SeenAs } from '../line-filter.ts';
import type { BuildFact } from './format.ts';

/** An output of a build. */
export type Output = BuildFact['outputs'][number];

/**
 * The image that a subject is; undefined for files and packages, whose names look like those of familiar images: only a package URL of an
 * image, or a name that begins with a registry, is one.
 */
export function outputOf({ name = '', digest }: Subject): Output | undefined {
  const parsed = Digest.safeParse(`sha256:${digest['sha256']}`);
  const { image, platform } = name.startsWith('pkg:') ? fromPurl(name) : { image: fromName(name), platform: undefined };
  if (!image || !parsed.success) return undefined;
  return { image, digest: parsed.data, ...(platform ? { role: 'manifest', platform } : { role: 'unknown' }) };
}

/** The images that a subject is: the one that it names, else those that its digest was seen as, since a digest is of one content alone. */
export function outputsOf(subject: Subject, seenAs: SeenAs): readonly Output[] {
  const named = outputOf(subject);
  const digest = Digest.safeParse(`sha256:${subject.digest['sha256']}`).data;
  if (named || !digest) return named ? [named] : [];
  return seenAs(digest).map(({ registry, repository }) => ({ image: { registry, repository }, digest, role: 'unknown' }));
}

/** Whether a subject has a sha256 that is none: upper case, or of another length. */
export function isMiswritten({ digest }: Subject): boolean {
  return digest['sha256'] !== undefined && !/^[0-9a-f]{64}$/.test(digest['sha256']);
}

function fromName(name: string): ImageReference | undefined {
  const [written = ''] = name.replace(/^https?:\/\//, '').split('@');
  const [host = ''] = written.split('/');
  if (host === written || !(host.includes('.') || host.includes(':') || host === 'localhost')) return undefined;
  return parseImageReference(written);
}

type FromPurl = Readonly<{ image: ImageReference | undefined; platform?: string | undefined }>;

/** `pkg:docker/NAME@TAG?platform=…` as BuildKit writes it, `pkg:oci/NAME@DIGEST?repository_url=…` as package-url/purl-spec has it. */
function fromPurl(purl: string): FromPurl {
  const [, type, path = '', version, query = ''] = /^pkg:(docker|oci)\/([^?#@]+)(?:@([^?#]+))?(?:\?([^#]*))?/.exec(purl) ?? [];
  if (type === undefined) return { image: undefined };
  const asked = new URLSearchParams(query);
  const name = type === 'oci' ? asked.get('repository_url') : path.replaceAll(/%2F/gi, '/').replaceAll(/%3A/gi, ':');
  const tag = type === 'oci' ? asked.get('tag') : version;
  const isTag = typeof tag === 'string' && /^\w[\w.-]{0,127}$/.test(tag);
  return { image: parseImageReference(`${name ?? ''}${isTag ? `:${tag}` : ''}`), platform: asked.get('platform') ?? undefined };
}
