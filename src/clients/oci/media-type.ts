const INDEXES: readonly string[] = ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json'];
const MANIFESTS: readonly string[] = ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'];
const CONFIGS: readonly string[] = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json'];

/** Every type that is understood. Always all of them: with fewer, distribution 2.8.2 answers with another object (tried). */
export const ACCEPT = [...INDEXES, ...MANIFESTS].join(', ');

/** What a manifest of this type is; undefined for schema 1 and everything unknown. */
export function shapeOf(mediaType: string): 'index' | 'manifest' | undefined {
  if (INDEXES.includes(mediaType)) return 'index';
  return MANIFESTS.includes(mediaType) ? 'manifest' : undefined;
}

/** Whether a config of this type is an image's; charts, signatures and other artifacts have types of their own. */
export function isImageConfig(mediaType: string): boolean {
  return CONFIGS.includes(mediaType);
}

/** A Content-Type without its parameters. */
export function bareType(contentType: string | undefined): string {
  const [type = ''] = (contentType ?? '').split(';', 1);
  return type.trim().toLowerCase();
}
