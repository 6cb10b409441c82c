import { type Known, known, unknown } from '../../domain/known.ts';
import type { DockerfileSubject } from './subject.ts';

/** An image that a Dockerfile takes by a name which can be moved. */
export type Unpinned = Readonly<{ image: string; line: number; as: 'stage' | 'copy' | 'mount' }>;

/** The first image of a Dockerfile that is not named by digest; not known where an argument of the build decides which it is. */
export function unpinnedIn({ file }: DockerfileSubject): Known<Unpinned | undefined> {
  const named = file.images.filter(({ image }) => image !== 'scratch' && !image.includes('@sha256:'));
  const found = named.find(({ image }) => !image.includes('$'));
  if (found) return known(found, [file]);
  return named.length > 0 ? unknown('named-by-an-argument') : known(undefined, [file]);
}
