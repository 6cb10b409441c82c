import type { ImageManifest } from '../domain/content.ts';
import type { Digest } from '../domain/digest.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { Observation } from '../domain/observation.ts';
import { sortedBy } from '../domain/order.ts';
import { lineOf } from './image-class.ts';
import type { Row, Standing } from './row.ts';
import type { World } from './world.ts';

/** What a promotion made of a digest while it kept the content. */
export type Repackaging = 'flattened' | 'wrapped' | 'reindexed' | 'repacked';

/** The digest that was rehearsed, the one that runs, and what lies between them. */
export type Promotion = Readonly<{ did: Repackaging; rehearsed: Digest; running: Digest; how: string }>;

/** A digest by which something was run or tested; a runtime that was given a tag names one of several digests of the same content. */
type Name = Readonly<{ digest: Digest; isSure: boolean; line: string | undefined; evidence: Observation }>;

/** How the digest of a row came from the one that was rehearsed; `kept` where it is the same, `other` where the artifact is another. */
export function promotionOf(world: World, row: Row, standing: Standing): Known<Promotion | 'kept' | 'other'> {
  if (standing.is === 'unresolved') return unknown(standing.reason);
  if (standing.is !== 'selfsame' || !row.artifact) return known('other', standing.evidence);
  const { artifact } = row;
  const seen = row.counterparts.flatMap((slot) => world.sightingsAt(artifact, slot.key)).map(({ image }) => image);
  const own = new Set<Observation>(row.running);
  const theirs = namesIn(world, [...standing.evidence.filter((one) => !own.has(one)), ...seen]);
  const mine = namesIn(world, row.running);
  const same = theirs.find(({ digest }) => mine.some((name) => name.digest === digest));
  if (same) return known('kept', [same.evidence]);
  const pairs = mine.flatMap((running) => theirs.map((rehearsed) => ({ running, rehearsed })));
  const sure = pairs.filter(({ running, rehearsed }) => running.isSure && rehearsed.isSure);
  const [pair] = sortedBy(sure, ({ running, rehearsed }) => `${running.digest} ${rehearsed.digest}`);
  return pair ? compared(world, pair, row.artifact.platform) : unknown('pulled-by-tag');
}

function namesIn({ plan }: World, observations: readonly Observation[]): Name[] {
  return observations.flatMap((seen): Name[] => {
    if (seen.kind === 'running-image') {
      const { spec } = seen.declared;
      const digest = spec.digest ?? seen.digest;
      return digest ? [{ digest, isSure: spec.digest !== undefined, line: lineOf(spec, plan), evidence: seen }] : [];
    }
    const image = seen.kind === 'test' ? seen.subject.image : seen.kind === 'declared-image' ? seen.declared : undefined;
    const digest = (seen.kind === 'test' ? seen.subject.digest : undefined) ?? image?.digest;
    return digest ? [{ digest, isSure: true, line: image && lineOf(image, plan), evidence: seen }] : [];
  });
}

type Pair = Readonly<{ running: Name; rehearsed: Name }>;

function compared({ closure }: World, { running, rehearsed }: Pair, platform: string | undefined): ReturnType<typeof promotionOf> {
  const [mine, theirs] = [closure.artifactOf(running.digest, platform), closure.artifactOf(rehearsed.digest, platform)];
  if (typeof mine === 'string' || typeof theirs === 'string' || !mine.manifest || !theirs.manifest) return unknown('content-unknown');
  const evidence = [rehearsed.evidence, ...[mine.index, mine.manifest, theirs.index, theirs.manifest].filter((one) => one !== undefined)];
  const isOneImage = mine.manifest.digest === theirs.manifest.digest;
  // Whoever pins an image out of an index that lies beside it left nothing behind.
  if (isOneImage && running.line === rehearsed.line) return known('kept', evidence);
  const did = isOneImage ? wrappingOf(mine.index !== undefined, theirs.index !== undefined) : 'repacked';
  const how = isOneImage ? 'the image in it is the same' : repackingOf(mine.manifest, theirs.manifest);
  return known({ did, rehearsed: rehearsed.digest, running: running.digest, how }, evidence);
}

function wrappingOf(isIndexNow: boolean, wasIndex: boolean): Repackaging {
  if (isIndexNow) return wasIndex ? 'reindexed' : 'wrapped';
  return 'flattened';
}

function repackingOf(mine: ImageManifest, theirs: ImageManifest): string {
  if (mine.mediaType !== theirs.mediaType) return `its manifest was rewritten as ${mine.mediaType}`;
  const layersOf = ({ layers }: ImageManifest) => layers.map(({ digest }) => digest).join();
  return layersOf(mine) === layersOf(theirs) ? 'its manifest was written anew' : 'its layers were compressed anew';
}
