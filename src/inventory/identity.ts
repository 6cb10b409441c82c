import type { ImageConfig } from '../domain/content.ts';
import { shortDigest } from '../domain/digest.ts';
import { canonicalJson } from '../domain/identify.ts';
import type { Cause, Rung } from '../domain/standing.ts';
import type { Artifact } from './artifact.ts';

/** How far two artifacts are one, what made them differ, and the same as a sentence. */
export type Difference = Readonly<{ rung: Rung; cause: Cause; says: string; bases?: KnownBases }>;

/** What an image is known to stand on: how many of its layers, and what they are called. */
export type KnownBase = Readonly<{ layers: number; name: string }>;

/** The bases of two artifacts, as far as they are known. */
export type KnownBases = Readonly<{ shipped: KnownBase | undefined; rehearsed: KnownBase | undefined }>;

const NO_BASES = (): KnownBases => ({ shipped: undefined, rehearsed: undefined });

/** The diffID of a layer that holds nothing: every builder makes it, so sharing it proves nothing. */
export const EMPTY_LAYER = 'sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef';

const ONE: ReadonlySet<Rung> = new Set(['same-digest', 'same-manifest', 'same-config']);
const EQUIVALENT: ReadonlySet<Rung> = new Set(['same-rootfs-metadata', 'same-rootfs-labels']);

/** Whether a rung proves one artifact. */
export function isOneArtifact(rung: Rung): boolean {
  return ONE.has(rung);
}

/** Whether a rung proves the same root filesystem and runtime configuration in another artifact. */
export function isEquivalent(rung: Rung): boolean {
  return EQUIVALENT.has(rung);
}

/** Compares what was shipped with what was rehearsed, cheapest proof first; undefined where it cannot be told. Bases are asked for last. */
export function compareArtifacts(shipped: Artifact, rehearsed: Artifact, basesOf: () => KnownBases = NO_BASES): Difference | undefined {
  const proof = proofOfOne(shipped, rehearsed);
  if (proof) return { rung: proof, cause: 'metadata-only', says: 'one artifact' };
  if (shipped.digest === rehearsed.digest && arePlatformsUnequal(shipped, rehearsed))
    return {
      rung: 'same-index-other-platform',
      cause: 'not-compared',
      says: `one index, ${shipped.platform} against ${rehearsed.platform}`,
    };
  if (!shipped.config || !rehearsed.config) return undefined;
  const isSameRootfs = shipped.config.diffIds.length > 0 && shipped.config.diffIds.join() === rehearsed.config.diffIds.join();
  if (isSameRootfs) return compareConfigs(shipped.config, rehearsed.config);
  const bases = basesOf();
  const difference = compareLayers(shipped.config, rehearsed.config, bases);
  return difference?.cause === 'base-image' ? { ...difference, bases } : difference;
}

function proofOfOne(a: Artifact, b: Artifact): Rung | undefined {
  const isOnePlatform = a.platform !== undefined && a.platform === b.platform;
  if (a.key === b.key && a.digest === b.digest && (isOnePlatform || a.manifest || a.config)) return 'same-digest';
  if (a.manifest && a.manifest.digest === b.manifest?.digest) return 'same-manifest';
  const [configOfA, configOfB] = [a.config?.digest ?? a.manifest?.config, b.config?.digest ?? b.manifest?.config];
  return configOfA !== undefined && configOfA === configOfB ? 'same-config' : undefined;
}

function arePlatformsUnequal(a: Artifact, b: Artifact): boolean {
  return a.platform !== undefined && b.platform !== undefined && a.platform !== b.platform;
}

/** How two configurations on one root filesystem differ; undefined where what was redacted hides it. */
export function compareConfigs(a: ImageConfig, b: ImageConfig): Difference | undefined {
  if (isHidden(a, b)) return undefined;
  const unequal = unequalSettings(a, b);
  if (unequal.length > 0)
    return {
      rung: 'same-rootfs-runtime-config',
      cause: 'runtime-config',
      says: `same layers, other runtime configuration: ${unequal.join('; ')}`,
    };
  const labels = unequalLabels(a, b);
  if (labels.length > 0)
    return { rung: 'same-rootfs-labels', cause: 'metadata-only', says: `same layers, other labels: ${labels.join(', ')}` };
  return { rung: 'same-rootfs-metadata', cause: 'metadata-only', says: 'same layers and configuration, other build metadata' };
}

/** What of the runtime configuration of two images differs, by name: values may be secret. */
export function unequalSettings(a: ImageConfig, b: ImageConfig): string[] {
  const runtime = Object.keys(a.runtime).filter((name) => {
    const key = name as keyof ImageConfig['runtime'];
    return JSON.stringify(a.runtime[key]) !== JSON.stringify(b.runtime[key]);
  });
  const platform = a.platform === b.platform ? [] : ['platform'];
  return [...runtime.map((name) => (name === 'env' ? `ENV ${unequalNames(a, b).join(', ')}` : name)), ...platform];
}

/** The names of the labels that two images do not share, or give other values. */
export function unequalLabels(a: ImageConfig, b: ImageConfig): string[] {
  const names = new Set([...Object.keys(a.labels), ...Object.keys(b.labels)]);
  return [...names].filter((name) => a.labels[name] !== b.labels[name]).toSorted();
}

const REDACTED = /redacted#\d+@(?<round>[0-9a-f]+)/g;

function isHidden(a: ImageConfig, b: ImageConfig): boolean {
  return isHiddenBy(JSON.stringify(a.runtime), JSON.stringify(b.runtime));
}

/** Whether redactions hide if two unequal texts were written alike: numbers of two collections cannot be compared. */
export function isHiddenBy(mine: string, theirs: string): boolean {
  const roundsIn = (text: string) => new Set([...text.matchAll(REDACTED)].map(({ groups }) => groups?.round));
  const [ofMine, ofTheirs] = [roundsIn(mine), roundsIn(theirs)];
  const isOneRound = new Set([...ofMine, ...ofTheirs]).size === 1;
  return ofMine.size > 0 && ofTheirs.size > 0 && !isOneRound && mine.replace(REDACTED, '') === theirs.replace(REDACTED, '');
}

function unequalNames(a: ImageConfig, b: ImageConfig): string[] {
  const once = a.runtime.env.filter((entry) => !b.runtime.env.includes(entry));
  const other = b.runtime.env.filter((entry) => !a.runtime.env.includes(entry));
  const names = [...once, ...other].map((entry) => entry.split('=', 1)[0] ?? entry);
  return names.length > 0 ? [...new Set(names)].toSorted() : ['order'];
}

type Layer = Readonly<{ diffId: string; step: string | undefined }>;

/** The layers that hold something, with the step that made each; history pairs with layers one to one, or is no evidence at all. */
function layersOf({ diffIds, history }: ImageConfig): readonly Layer[] {
  const steps = history.filter(({ empty }) => !empty);
  const isPaired = steps.length === diffIds.length;
  return diffIds
    .map((diffId, at) => ({ diffId, step: isPaired ? steps[at]?.createdBy : undefined }))
    .filter(({ diffId }) => diffId !== EMPTY_LAYER);
}

function compareLayers(shipped: ImageConfig, rehearsed: ImageConfig, bases: KnownBases): Difference | undefined {
  // A config without layers was not read whole, or is no image: nothing follows from it.
  if (shipped.diffIds.length === 0 || rehearsed.diffIds.length === 0) return undefined;
  const [a, b] = [layersOf(shipped), layersOf(rehearsed)];
  const prefix = commonLength(a, b);
  const suffix = commonLength(a.slice(prefix).toReversed(), b.slice(prefix).toReversed());
  if (prefix === a.length && prefix === b.length) {
    const compared = compareConfigs(shipped, rehearsed);
    if (!compared) return undefined;
    const { cause, says } = compared;
    return { rung: 'same-base', cause, says: `the same layers but for empty ones; ${says}` };
  }
  if (prefix === 0 && suffix > 0)
    return {
      rung: 'base-differs',
      cause: 'base-image',
      says: `the same ${count(suffix, 'upper layer')} on another base: ${tellLayer(a[0])}`,
    };
  if (suffix === 0 && areConverted(shipped, rehearsed))
    return {
      rung: 'different',
      cause: 'layers-converted',
      says: 'one configuration, every layer packed anew as for lazy pulling; not compared',
    };
  if (prefix === 0)
    return {
      rung: 'different',
      cause: 'base-image',
      says: `they differ from the first layer on, as another base image would: ${tellLayer(a[0])}`,
    };
  if (prefix === b.length)
    return {
      rung: 'same-base',
      cause: 'layers-added',
      says: `${count(a.length - prefix, 'layer')} more than the rehearsed image: ${tellLayer(a[prefix])}`,
    };
  if (prefix === a.length)
    return {
      rung: 'same-base',
      cause: 'app-layer',
      says: `${count(b.length - prefix, 'layer')} less than the rehearsed image: ${tellLayer(b[prefix])}`,
    };
  const held = { shipped: heldBy(bases.shipped, shipped), rehearsed: heldBy(bases.rehearsed, rehearsed) };
  return compareBases(a, b, held) ?? compareAbove(a, b, prefix);
}

function compareAbove(a: readonly Layer[], b: readonly Layer[], prefix: number): Difference {
  const isLast = prefix === Math.max(a.length, b.length) - 1;
  return {
    rung: 'same-base',
    cause: isLast ? 'app-layer' : 'dependency-layer',
    says: `they differ from layer ${prefix + 1} of ${a.length} on: ${tellLayer(a[prefix])}`,
  };
}

/** How many of the layers that hold something are the base's; undefined where it is not known. */
function heldBy(base: KnownBase | undefined, { diffIds }: ImageConfig): number | undefined {
  return base && diffIds.slice(0, base.layers).filter((diffId) => diffId !== EMPTY_LAYER).length;
}

type Held = Readonly<{ shipped: number | undefined; rehearsed: number | undefined }>;

/** A base may move and keep its first layers. Where both images hold all that is known of either's base, they stand on one. */
function compareBases(a: readonly Layer[], b: readonly Layer[], { shipped, rehearsed }: Held): Difference | undefined {
  const prefix = commonLength(a, b);
  if (shipped === undefined || rehearsed === undefined || prefix >= Math.max(shipped, rehearsed)) return undefined;
  const [above, below] = [a.slice(shipped), b.slice(rehearsed)];
  const isSameAbove = above.length > 0 && above.length === below.length && commonLength(above, below) === above.length;
  const where = tellLayer(a[prefix]);
  return isSameAbove
    ? { rung: 'base-differs', cause: 'base-image', says: `the same ${count(above.length, 'upper layer')} on another base: ${where}` }
    : { rung: 'different', cause: 'base-image', says: `another base image, from its layer ${prefix + 1} on: ${where}` };
}

/** Docker's first release: a creation time before it is a constant that a builder sets, and says nothing. */
const FIRST_IMAGES = '2013-03-20';

/** eStargz and overlaybd converters write every layer anew and leave all else of a config as it was, its creation time too. */
function areConverted(a: ImageConfig, b: ImageConfig): boolean {
  if (a.created === undefined || a.created < FIRST_IMAGES || a.history.length === 0) return false;
  const sayOf = ({ created, history, runtime, labels, platform, diffIds }: ImageConfig) =>
    canonicalJson({ created, history, runtime, labels, platform, layers: diffIds.length });
  return sayOf(a) === sayOf(b) && a.diffIds.every((diffId) => !b.diffIds.includes(diffId));
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function commonLength(a: readonly Layer[], b: readonly Layer[]): number {
  const at = a.findIndex(({ diffId }, index) => diffId !== b[index]?.diffId);
  return at < 0 ? a.length : at;
}

const LONGEST_STEP = 80;

function tellLayer(layer: Layer | undefined): string {
  if (!layer) return 'it has no layer there';
  return layer.step ? `${shortDigest(layer.diffId)} by "${withoutValues(layer.step)}"` : shortDigest(layer.diffId);
}

/** A build step as it may be told. Builders write build arguments before the command (`|1 TOKEN=… /bin/sh -c …`) and into it: values may be secret, so only names are told. */
export function withoutValues(step: string): string {
  const command = step.replace(/^\|\d+ [^]*?(?=\/bin\/sh -c )/, '').replace(/\b([A-Za-z_]\w*)=(?:"[^"]*"|'[^']*'|\S+)/g, '$1=…');
  const told = /^\|\d+ /.test(command) ? 'a step with build arguments' : command;
  return told.length > LONGEST_STEP ? `${told.slice(0, LONGEST_STEP)}…` : told;
}
