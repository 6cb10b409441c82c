import type { ImageConfig, ImageIndex, ImageManifest } from '../domain/content.ts';
import type { Digest } from '../domain/digest.ts';

/** What runs, named at the deepest level known: its config, else its manifest or digest with the platform. */
export type Artifact = Readonly<{
  key: string;
  digest: Digest;
  platform: string | undefined;
  config: ImageConfig | undefined;
  manifest: ImageManifest | undefined;
  index: ImageIndex | undefined;
}>;

/** Whether an artifact is known down to its config digest, so that unequal keys mean unequal artifacts. */
export function isResolved({ manifest, config }: Artifact): boolean {
  return manifest !== undefined || config !== undefined;
}
