import { Digest, type DigestRole } from '../../domain/digest.ts';

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//;
const KNOWN_ALGORITHM = /^sha(?:256|512):/i;

/**
 * The digest in a container's `imageID`, and what it is of as far as the text tells: Docker writes `docker-pullable://repo@digest` and
 * `docker://id`, containerd and CRI-O `repo@digest` or a bare id, CRI-O 1.28 the id's 64 digits alone.
 */
export function digestIn(imageId: string): { digest: Digest | undefined; digestRole: DigestRole } {
  const name = imageId.replace(SCHEME, '');
  const text = name.slice(name.lastIndexOf('@') + 1);
  const whole = /^[0-9a-f]{64}$/i.test(text) ? `sha256:${text}` : text;
  const { data: digest } = Digest.safeParse(KNOWN_ALGORITHM.test(whole) ? whole.toLowerCase() : whole);
  // Docker's id is the config's digest or, with the containerd image store, that of the index or manifest.
  const isConfig = digest !== undefined && !name.includes('@') && !imageId.startsWith('docker://');
  return { digest, digestRole: isConfig ? 'config' : 'unknown' };
}
