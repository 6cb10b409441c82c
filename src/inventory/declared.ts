import { formatImageReference } from '../domain/image-reference.ts';
import type { DeclaredImage, Observation } from '../domain/observation.ts';
import { slotKey } from '../domain/place.ts';
import type { Artifact } from './artifact.ts';
import type { Slot } from './pairing.ts';
import type { World } from './world.ts';

/** What an older revision declared, as one artifact, with what proves the link. */
export type Declared = Readonly<{ artifact: Artifact; evidence: readonly Observation[] }>;

/**
 * The artifact that a revision declares: pinned by digest, or by a tag that is immutable now and whose digest was pushed before
 * the revision was made; any other tag may have been moved since (SEMANTICS 17).
 */
export function declaredArtifact(world: World, image: DeclaredImage, platform: string | undefined): Declared | undefined {
  const tag = image.declared.digest ? undefined : world.tags.get(formatImageReference(image.declared));
  const created = image.revision?.created;
  const isFixed = tag?.immutable === true && tag.pushedAt !== undefined && created !== undefined && tag.pushedAt <= created;
  const digest = image.declared.digest ?? (isFixed ? tag.digest : undefined);
  const artifact = digest && world.closure.artifactOf(digest, platform);
  return typeof artifact === 'object' ? { artifact, evidence: tag ? [image, tag] : [image] } : undefined;
}

/** An older revision of a counterpart that declared the artifact: it may never have served. */
export function declaredUpstream(world: World, artifact: Artifact, counterparts: readonly Slot[]) {
  for (const image of counterparts.flatMap(({ key }) => world.declaredIn.get(key) ?? [])) {
    if (image.because !== 'revision') continue;
    const found = declaredArtifact(world, image, artifact.platform);
    if (found?.artifact.key === artifact.key)
      return { upstream: slotKey(image), at: image.revision?.created ?? image.at, evidence: found.evidence };
  }
  return undefined;
}
