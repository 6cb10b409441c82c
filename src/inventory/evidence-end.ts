import { DAY_MS } from '../domain/day.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { BuildRecord } from '../domain/observation.ts';
import { rememberOf, sortedBy } from '../domain/order.ts';
import { allRead } from './all-read.ts';
import { buildsOfArtifact } from './origin.ts';
import { type Identified, isIdentified, type Row } from './row.ts';
import type { World } from './world.ts';

/** The record of what a row runs that is kept longest, and in how many whole days whoever keeps it deletes it: below 0 where its time is over. */
export type EvidenceEnd = Readonly<{ build: BuildRecord; end: string; days: number }>;

/** Whether every build record of a row's artifact is deleted within so many days of the newest recording; `lasts` where one is kept longer, `none` where there is none. */
export function evidenceEndOf(world: World, row: Row, withinDays: number): Known<EvidenceEnd | 'lasts' | 'none'> {
  if (!isIdentified(row)) return unknown(row.missing ?? 'no-digest');
  const builds = buildsOfArtifact(world, row.artifact);
  const now = Date.parse(world.recordings.at(-1)?.takenAt.to ?? '');
  const daysOf = (end: string) => Math.floor((Date.parse(end) - now) / DAY_MS);
  const lasting = builds.filter(({ expiresAt, trust }) => (expiresAt ? daysOf(expiresAt) > withinDays : trust !== 'log'));
  if (lasting.length > 0) return known('lasts', lasting);
  const dated = builds.flatMap((build) => (build.expiresAt ? [{ build, end: build.expiresAt, days: daysOf(build.expiresAt) }] : []));
  // Whoever administers a repository sets for how long its logs are kept, from a day to 400, and nobody else is told.
  if (dated.length < builds.length) return unknown('expiry-not-known');
  const last = sortedBy(dated, ({ end, build }) => `${end} ${build.origin.locator}`).at(-1);
  const read = last ? nothingElseRead(world, row) : allRead(world, row, ['build', 'content']);
  return read.known ? known(last ?? 'none', [...builds, ...read.evidence]) : read;
}

/** Where no source answers for every build, what was read is all there is to go by, unless some of it could not be. */
function nothingElseRead(world: World, row: Identified): Known<undefined> {
  const read = allRead(world, row, ['build', 'content']);
  if (read.known || read.because !== 'not-configured') return read;
  return hasUnreadBuilds(world) ? unknown('builds-not-covered') : allRead(world, row, ['content']);
}

/** What has expired lasts no longer than what will. */
const hasUnreadBuilds = rememberOf(({ recordings }: World) =>
  recordings.some(({ observations }) =>
    observations.some((seen) => seen.kind === 'gap' && seen.of === 'build' && seen.because !== 'expired'),
  ),
);
