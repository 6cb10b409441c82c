import { formatImageReference } from '../domain/image-reference.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import { isResolved } from './artifact.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

/** What the tag that a row is declared by names now. */
export type TagNow = Readonly<{ declared: string; names: string; isWhatRuns: boolean }>;

/** Compares what runs with what its tag names now, by artifact; `pinned` where a digest stands beside or instead of the tag. */
export function tagNowOf(world: World, row: Row): Known<TagNow | 'pinned' | 'vendor'> {
  const movable = row.running.map(({ declared }) => declared.spec).find(({ digest }) => digest === undefined);
  if (!movable) return known('pinned', row.running);
  if (!row.artifact) return unknown(row.missing ?? 'no-digest');

  // A reference without a tag is pulled as `latest`.
  const declared = formatImageReference({ ...movable, tag: movable.tag ?? 'latest' });
  const tag = world.tags.get(declared);
  if (!tag) return unknown(reasonOfSilence(world, movable.registry, movable.repository));
  const named = world.closure.artifactOf(tag.digest, row.artifact.platform);
  if (named === 'platform-unknown' || named === 'content-unknown') return unknown(named);
  const isWhatRuns = typeof named === 'object' && (named.key === row.artifact.key || tag.digest === row.artifact.digest);
  if (!isWhatRuns && typeof named === 'object' && !(isResolved(named) && isResolved(row.artifact))) return unknown('content-unknown');
  return known({ declared, names: tag.digest, isWhatRuns }, [tag]);
}

/** Why a tag was not read: nobody was to, or whoever was did not. */
export function reasonOfSilence(world: World, registry: string, repository: string): string {
  const silence = world.silenceOn({ of: 'tag', registry, repository });
  return !silence.covered && silence.because === 'not-configured' ? 'not-configured' : 'tag-not-read';
}
