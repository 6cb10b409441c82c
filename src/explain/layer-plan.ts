import type { ImageConfig } from '../domain/content.ts';
import type { Digest } from '../domain/digest.ts';
import type { ImageReference } from '../domain/image-reference.ts';
import type { Observation } from '../domain/observation.ts';
import type { Artifact } from '../inventory/artifact.ts';
import { openBases } from '../inventory/base.ts';
import { openClosure } from '../inventory/closure.ts';
import { compareConfigs, withoutValues } from '../inventory/identity.ts';

/** A layer of one of two images: which it is, which build step made it, of which part it is, and where its bytes are. */
export type LayerSide = Readonly<{
  diffId: Digest;
  /** Its place, base first, from 1. */
  at: number;
  of: number;
  step: string | undefined;
  part: 'base' | 'app' | 'unknown';
  blob: Readonly<{ digest: Digest; size: number; mediaType: string }> | undefined;
  image: ImageReference | undefined;
  /** The source that read the manifest. */
  source: string | undefined;
}>;

/** Two layers in one place of their images; one alone where the other image has none there. */
export type LayerPair = Readonly<{ a?: LayerSide; b?: LayerSide }>;

/** The layers in which two images differ, and how their configurations do. */
export type LayerPlan = Readonly<{ pairs: readonly LayerPair[]; configuration: Configuration }>;

/** Whether what the runtime reads of two configurations is the same, and the difference as words. */
export type Configuration = Readonly<{ is: 'same' | 'different' | 'hidden'; says: string }>;

/** What would have to be read to compare the contents of two digests on a platform; undefined where their layers are not known or the same. */
export function planLayers(
  { a, b, platform }: Readonly<{ a: Digest; b: Digest; platform: string }>,
  observations: readonly Observation[],
): LayerPlan | undefined {
  const closure = openClosure(observations);
  const bases = openBases(() => observations, closure);
  const [one, other] = [closure.artifactOf(a, platform), closure.artifactOf(b, platform)];
  if (typeof one === 'string' || typeof other === 'string' || !one.config || !other.config) return undefined;
  const pairs = align(sidesOf(one, one.config, bases.baseOf(one)?.layers), sidesOf(other, other.config, bases.baseOf(other)?.layers));
  return pairs.length > 0 ? { pairs, configuration: configurationOf(one.config, other.config) } : undefined;
}

function configurationOf(a: ImageConfig, b: ImageConfig): Configuration {
  const compared = compareConfigs(a, b);
  if (!compared) return { is: 'hidden', says: 'whether their runtime configuration is the same is hidden by what was redacted' };
  const says = compared.says.replace(/^same layers(?: and configuration)?, /, '');
  return { is: compared.rung === 'same-rootfs-runtime-config' ? 'different' : 'same', says };
}

function sidesOf({ manifest }: Artifact, { diffIds, history }: ImageConfig, baseLayers: number | undefined): readonly LayerSide[] {
  const steps = history.filter(({ empty }) => !empty);
  const isPaired = steps.length === diffIds.length;
  return diffIds.map((diffId, index): LayerSide => {
    const step = isPaired ? steps[index]?.createdBy : undefined;
    return {
      diffId,
      at: index + 1,
      of: diffIds.length,
      step: step ? withoutValues(step) : undefined,
      part: baseLayers === undefined ? 'unknown' : index < baseLayers ? 'base' : 'app',
      blob: manifest?.layers[index],
      image: manifest?.image,
      source: manifest?.origin.source,
    };
  });
}

/** What is the same at the beginning and at the end needs no comparison; between them, place by place, or by what made a layer. */
function align(a: readonly LayerSide[], b: readonly LayerSide[]): readonly LayerPair[] {
  const prefix = commonLength(a, b);
  const suffix = commonLength(a.slice(prefix).toReversed(), b.slice(prefix).toReversed());
  const [left, right] = [a.slice(prefix, a.length - suffix), b.slice(prefix, b.length - suffix)];
  return left.length === right.length ? left.map((side, at) => pairOf(side, right[at])) : alignBySteps(left, right);
}

function alignBySteps(left: readonly LayerSide[], right: readonly LayerSide[]): readonly LayerPair[] {
  const pairs: LayerPair[] = [];
  let from = 0;
  for (const a of left) {
    const at = right.findIndex((b, index) => index >= from && (b.diffId === a.diffId || (a.step !== undefined && b.step === a.step)));
    if (at >= 0) pairs.push(...right.slice(from, at).map((b) => pairOf(undefined, b)));
    pairs.push(pairOf(a, right[at]));
    from = at >= 0 ? at + 1 : from;
  }
  const rest = right.slice(from).map((b) => pairOf(undefined, b));
  return [...pairs, ...rest].filter(({ a, b }) => a?.diffId !== b?.diffId);
}

function pairOf(a: LayerSide | undefined, b: LayerSide | undefined): LayerPair {
  return { ...(a ? { a } : {}), ...(b ? { b } : {}) };
}

function commonLength(a: readonly LayerSide[], b: readonly LayerSide[]): number {
  const at = a.findIndex(({ diffId }, index) => diffId !== b[index]?.diffId);
  return at < 0 ? a.length : at;
}
