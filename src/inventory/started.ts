import type { ImageConfig } from '../domain/content.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { RunningImage } from '../domain/observation.ts';
import type { Artifact } from './artifact.ts';
import { listedNow } from './history.ts';
import { isHiddenBy } from './identity.ts';
import { hasServed } from './rehearsal.ts';
import { isIdentified, type Row, type Standing } from './row.ts';
import type { Sighting, World } from './world.ts';

/** What starts an image, in place of what it says itself. */
export type Starts = Readonly<{ command: readonly string[]; args: readonly string[] }>;

/** Whether a row's image is started as it was where it ran upstream: another program (`command`), or the same with other arguments. */
export type Started =
  | 'same'
  | 'injected'
  | 'not-a-process'
  | 'not-upstream'
  | Readonly<{ differs: 'command' | 'args'; upstream: string; here: Starts; there: Starts }>;

/** Compares what starts a row's image with what started it in its counterparts, whenever they were seen with it. */
export function startedOf(world: World, row: Row, { is, counterpart }: Standing): Known<Started> {
  if (!isIdentified(row)) return unknown(row.missing ?? 'no-digest');
  if (row.workload.namespace === '*') return known('injected', row.running);
  if (row.running.some(({ role }) => role === 'volume')) return known('not-a-process', row.running);
  if (!listedNow(world, row)) return unknown('upstream-not-listed');
  const there = is === 'selfsame' || is === 'equivalent' ? rehearsalsOf(world, row, counterpart) : [];
  if (there.length === 0) return known('not-upstream', row.running);
  const all = row.running.map((image) => againstAll({ image, artifact: row.artifact }, there));
  const configs = [row.artifact.config, counterpart?.config].filter((config) => config !== undefined);
  const evidence = [...row.running, ...there.map(({ image }) => image), ...configs];
  const different = all.find((one) => typeof one === 'object');
  if (different) return known(different, evidence);
  const doubt = all.find((one) => typeof one === 'string' && one !== 'same');
  return doubt === undefined ? known('same', evidence) : unknown(doubt);
}

type Run = Readonly<{ image: RunningImage; artifact: Artifact }>;

function rehearsalsOf(world: World, { artifact, counterparts }: Row, equivalent: Artifact | undefined): readonly (Sighting & Run)[] {
  const artifacts = [artifact, equivalent].filter((one) => one !== undefined);
  const seen = counterparts.flatMap(({ key }) => artifacts.flatMap((one) => world.sightingsAt(one, key)));
  return seen.flatMap((sighting) => (sighting.artifact && hasServed(sighting.image) ? [{ ...sighting, artifact: sighting.artifact }] : []));
}

type Doubt = 'starts-not-read' | 'content-unknown' | 'redacted';

/** As it was rehearsed once is as it was rehearsed; it differs only where it differs from every time. */
function againstAll(
  here: Run,
  there: readonly (Sighting & Run)[],
): Exclude<Started, 'injected' | 'not-a-process' | 'not-upstream'> | Doubt {
  const all = there.map((one) => compare(here, one));
  if (all.includes('same')) return 'same';
  return all.find((one) => typeof one === 'string') ?? all[0] ?? 'starts-not-read';
}

function compare(here: Run, there: Sighting & Run): ReturnType<typeof againstAll> {
  const [mine, theirs] = [here.image.starts, there.image.starts];
  if (!mine || !theirs) return 'starts-not-read';
  if (areEqual([mine.command, mine.args], [theirs.command, theirs.args])) return 'same';
  const [ours, rehearsed] = [processOf(mine, here.artifact.config), processOf(theirs, there.artifact.config)];
  const differs = ours && rehearsed ? differenceOf(ours, rehearsed) : differenceWritten(mine, theirs);
  if (differs === 'same' || differs === 'redacted' || differs === 'content-unknown') return differs;
  return { differs, upstream: there.slot, here: mine, there: theirs };
}

/** A program, and the words that are handed to it. */
type Process = Readonly<{ program: readonly string[]; args: readonly string[] }>;

/**
 * Kubernetes, "Define a Command and Arguments for a Container", read in 2026: a command takes the place of entrypoint and command of the
 * image, arguments alone that of its command.
 */
function processOf({ command, args }: Starts, config: ImageConfig | undefined): Process | undefined {
  if (command.length > 0) return { program: command, args };
  if (!config) return undefined;
  const { entrypoint, cmd } = config.runtime;
  return { program: entrypoint, args: args.length > 0 ? args : cmd };
}

/** What is executed is one list of words, wherever it is divided. */
function differenceOf(mine: Process, theirs: Process): 'same' | 'redacted' | 'command' | 'args' {
  const [ours, rehearsed] = [
    [...mine.program, ...mine.args],
    [...theirs.program, ...theirs.args],
  ];
  if (areEqual(ours, rehearsed)) return 'same';
  if (isHiddenBy(JSON.stringify(ours), JSON.stringify(rehearsed))) return 'redacted';
  return ours[0] === rehearsed[0] && areEqual(mine.program, theirs.program) ? 'args' : 'command';
}

/** Without the config only this is known: arguments of one artifact's own entrypoint are told apart by themselves. */
function differenceWritten(mine: Starts, theirs: Starts): 'redacted' | 'content-unknown' | 'args' {
  const isWritten = mine.command.length === 0 && theirs.command.length === 0 && mine.args.length > 0 && theirs.args.length > 0;
  if (!isWritten) return 'content-unknown';
  return isHiddenBy(JSON.stringify(mine.args), JSON.stringify(theirs.args)) ? 'redacted' : 'args';
}

function areEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
