import { z } from 'zod';
import type { Seen } from '../../collect/define-source.ts';
import { Digest } from '../../domain/digest.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { unreadable } from '../../error.ts';
import { bareType, isImageConfig, shapeOf } from './media-type.ts';

/** Verified bytes, what the holder calls them, and where they were read. */
export type Held = Readonly<{
  body: Uint8Array;
  mediaType: string;
  locator: string;
  image: Readonly<{ registry: string; repository: string }>;
}>;

/** What a digest of an image may lead to, as an observation. */
export type Content = Extract<Seen, { kind: 'index' | 'manifest' | 'config' }>;

/** What a document names further down, with the size and type it gives it. */
export type Child = Readonly<{ digest: Digest; size: number; mediaType: string; is: 'manifest' | 'config'; platform?: string }>;

const MOST_MEMBERS = 1000;
const Size = z.number().int().nonnegative();
/** Annotations as manifests have them, with or without any. */
export const Annotations = z
  .record(z.string(), z.string())
  .nullish()
  .transform((found) => found ?? {});
const Descriptor = z.object({ mediaType: z.string(), digest: Digest, size: Size });
const Platform = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().nullish(),
  'os.version': z.string().nullish(),
});
const Index = z.object({
  manifests: z.array(Descriptor.extend({ platform: Platform.nullish(), annotations: Annotations })),
  annotations: Annotations,
});
const Manifest = z.object({ config: Descriptor, layers: z.array(Descriptor), annotations: Annotations });
const Named = z.looseObject({ mediaType: z.string().optional(), schemaVersion: z.number() });

/** Reads an index or a manifest; what could be taken for the other, or for another type, is refused. */
export function readManifest(digest: Digest, held: Held): Readonly<{ content: Content; children: readonly Child[] }> {
  const json = checked(Named, parseStrictJson(held.body), 'a manifest');
  const stated = bareType(held.mediaType);
  const mediaType = stated === '' ? (json.mediaType ?? '') : stated;
  const shape = shapeOf(mediaType);
  if (shape === undefined) throw unsupported(mediaType);
  refuseAmbiguous(json, mediaType, shape);
  return shape === 'index' ? readIndex(digest, json, held) : readImage(digest, json, { ...held, mediaType });
}

/** The platform as it is written everywhere: `os/architecture[/variant]`, on Windows with `:os.version`. */
export function formatPlatform({ os, architecture, variant, 'os.version': version }: z.infer<typeof Platform>): string {
  const name = [os, architecture, ...(variant ? [variant] : [])].join('/');
  return os === 'windows' && version ? `${name}:${version}` : name;
}

/** The payload as the schema says; what does not fit it is malformed, and where. */
export function checked<S extends z.ZodType>(schema: S, payload: unknown, name: string): z.output<S> {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unreadable('malformed', `it is no ${name.replace(/^an? /, '')}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
}

function unsupported(mediaType: string): Error {
  return unreadable('unsupported', `its type is ${mediaType === '' ? 'not given' : mediaType}`, {
    hint: 'Only image indexes and manifests of OCI and Docker schema 2 are read; push the image again with a current builder.',
  });
}

function refuseAmbiguous(json: z.infer<typeof Named>, mediaType: string, shape: 'index' | 'manifest'): void {
  if (json.mediaType !== undefined && json.mediaType !== mediaType)
    throw unreadable('malformed', `it says it is ${json.mediaType}, and is served as ${mediaType}`);
  const foreign = shape === 'index' ? ['layers', 'config', 'fsLayers'] : ['manifests', 'fsLayers'];
  const found = foreign.find((key) => Object.hasOwn(json, key));
  if (found !== undefined) throw unreadable('malformed', `it is both an index and a manifest: an ${shape} has no "${found}"`);
}

function readIndex(digest: Digest, json: unknown, { locator, image }: Held): ReturnType<typeof readManifest> {
  const { manifests, annotations } = checked(Index, json, 'an index');
  if (manifests.length > MOST_MEMBERS) throw unreadable('too-large', `it has more than ${MOST_MEMBERS} members`);
  const members = manifests.map((member) => ({
    digest: member.digest,
    ...(member.platform ? { platform: formatPlatform(member.platform) } : {}),
    ...attested(member.annotations),
  }));
  const children = manifests
    .filter((_, at) => members[at]?.attests === undefined && members[at]?.platform !== 'unknown/unknown')
    .map(({ digest: child, size, mediaType, platform }): Child => {
      return { digest: child, size, mediaType, is: 'manifest', ...(platform ? { platform: formatPlatform(platform) } : {}) };
    });
  return { content: { kind: 'index', locator, digest, image: { ...image, digest }, members, annotations }, children };
}

/** BuildKit's note on the member that describes another (docs/attestations/attestation-storage.md, 2024). */
function attested(annotations: Readonly<Record<string, string>>): { attests?: Digest } {
  if (annotations['vnd.docker.reference.type'] !== 'attestation-manifest') return {};
  const subject = Digest.safeParse(annotations['vnd.docker.reference.digest']);
  return subject.success ? { attests: subject.data } : {};
}

function readImage(digest: Digest, json: unknown, { locator, image, mediaType }: Held): ReturnType<typeof readManifest> {
  const { config, layers, annotations } = checked(Manifest, json, 'a manifest');
  // Artifacts often share one empty config, which would make them one image in every comparison by config.
  if (!isImageConfig(config.mediaType))
    throw unreadable('unsupported', `it is no image: its config is ${config.mediaType}`, {
      hint: 'Charts, signatures and other artifacts are not compared; leave it out, or deploy an image.',
    });
  const kept = layers.map((layer) => ({ digest: layer.digest, size: layer.size, mediaType: layer.mediaType }));
  return {
    content: {
      kind: 'manifest',
      locator,
      digest,
      image: { ...image, digest },
      mediaType,
      config: config.digest,
      layers: kept,
      annotations,
    },
    children: [{ digest: config.digest, size: config.size, mediaType: config.mediaType, is: 'config' }],
  };
}
