import { z } from 'zod';
import type { ImageConfig } from '../domain/content.ts';
import { parseJson } from '../domain/parse-json.ts';

const LABEL = 'io.buildpacks.lifecycle.metadata';
const LARGEST = 1024 * 1024;
const RunImage = z.object({ topLayer: z.string(), reference: z.string().optional(), image: z.string().optional() });
const Lifecycle = z.object({ runImage: RunImage });

/** The run image that Cloud Native Buildpacks note on what they build: its top layer is where the base ends (buildpacks spec, platform.md). */
export function buildpacksBaseOf({ labels, diffIds }: ImageConfig): Readonly<{ layers: number; name: string; label: string }> | undefined {
  const text = Object.hasOwn(labels, LABEL) ? (labels[LABEL] ?? '') : '';
  const parsed = text.length > LARGEST ? undefined : Lifecycle.safeParse(parseJson(text));
  if (!parsed?.success) return undefined;
  const { topLayer, reference, image } = parsed.data.runImage;
  const layers = diffIds.findIndex((diffId) => diffId === topLayer) + 1;
  return layers > 0 && layers < diffIds.length ? { layers, name: image ?? reference ?? 'its run image', label: LABEL } : undefined;
}
