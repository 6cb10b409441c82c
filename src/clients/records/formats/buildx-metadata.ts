import { z } from 'zod';
import { provenanceOfPredicate } from '../../../attestation/provenance.ts';
import { Digest, type DigestRole } from '../../../domain/digest.ts';
import { type ImageReference, parseImageReference } from '../../../domain/image-reference.ts';
import { madeBy } from '../../made-by.ts';
import { atOf, type BuildFact, buildFact, type Facts, instantOf, NOTHING, together, unusable } from './format.ts';

// docs.docker.com/reference/cli/docker/buildx/build, --metadata-file, 2026-11. `containerimage.config.digest` is not asked for: with the
// docker driver and the containerd store it equals the digest of what was built.
const Target = z.object({
  'containerimage.digest': z.string().optional(),
  'containerimage.descriptor': z
    .object({
      mediaType: z.string().optional(),
      digest: z.string().optional(),
      annotations: z.record(z.string(), z.string()).optional(),
      platform: z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() }).optional(),
    })
    .optional(),
  'image.name': z.string().optional(),
  'buildx.build.ref': z.string().optional(),
  'buildx.build.provenance': z.unknown().optional(),
});
type Target = z.infer<typeof Target>;

const OF_A_TARGET = ['containerimage.digest', 'containerimage.descriptor', 'containerimage.config.digest', 'buildx.build.ref'];

/**
 * Reads what `docker buildx build` and `bake` write to their --metadata-file; `imagetools create` builds nothing. It often says no time:
 * then the build is dated by when the file was put where it lies, if that is known.
 */
export function buildxMetadata(value: unknown, heldSince?: string): Facts | undefined {
  if (isTarget(value)) return targetFacts(value, heldSince);
  if (!isObject(value)) return undefined;
  const targets = Object.values(value).filter(isTarget);
  return targets.length > 0 ? together(targets.map((target) => targetFacts(target, heldSince))) : undefined;
}

function targetFacts(value: object, heldSince: string | undefined): Facts {
  const parsed = Target.safeParse(value);
  if (!parsed.success) return unusable(['build'], `${parsed.error.issues[0]?.path.join('.')}: is not what buildx writes there`);
  const { 'image.name': names = '', 'containerimage.descriptor': descriptor, 'containerimage.digest': top } = parsed.data;
  const written = top ?? (parsed.data['buildx.build.ref'] ? descriptor?.digest : undefined);
  // Without a name nothing was made that a registry could hold (`lint` targets, local outputs); without a build only an index was put
  // together of what was there.
  if (names === '' || written === undefined) return NOTHING;
  const digest = Digest.safeParse(written);
  if (!digest.success) return unusable(['build'], 'containerimage.digest: is not sha256: and 64 hexadecimal digits');
  const images = names.split(',').map((name) => parseImageReference(name.trim()));
  if (!images.every((image) => image !== undefined)) return unusable(['build'], 'image.name: holds what is no image');
  const build = buildOf(parsed.data, digest.data, images);
  return buildFact(build.at === undefined && heldSince !== undefined ? { ...build, at: heldSince } : build);
}

function buildOf(
  { 'containerimage.descriptor': descriptor, ...target }: Target,
  digest: Digest,
  images: readonly ImageReference[],
): BuildFact {
  const provenance = provenanceOfPredicate(target['buildx.build.provenance']);
  const role = roleOf(descriptor?.mediaType);
  const { os, architecture, variant } = descriptor?.platform ?? {};
  const platform = role === 'manifest' && os && architecture ? [os, architecture, ...(variant ? [variant] : [])].join('/') : undefined;
  const at = atOf(provenance) ?? instantOf(descriptor?.annotations?.['org.opencontainers.image.created']);
  return {
    kind: 'build',
    ...(provenance ? madeBy(provenance) : {}),
    ...(at ? { at } : {}),
    outputs: images.map((image) => ({ image, digest, role, ...(platform ? { platform } : {}) })),
    // The file is written whether the image was pushed or loaded, and does not say which.
    pushed: 'unknown',
    trust: 'artifact',
  };
}

function roleOf(mediaType = ''): DigestRole {
  if (/(?:image\.index\.v1|manifest\.list\.v2)\+json$/.test(mediaType)) return 'index';
  return /(?:image\.manifest\.v1|distribution\.manifest\.v2)\+json$/.test(mediaType) ? 'manifest' : 'unknown';
}

function isTarget(value: unknown): value is object {
  return isObject(value) && OF_A_TARGET.some((key) => key in value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
