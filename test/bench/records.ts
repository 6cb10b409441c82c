import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lineFilter } from '../../src/clients/records/line-filter.ts';
import { Digest } from '../../src/domain/digest.ts';
import { sha256 } from '../../src/domain/identify.ts';
import type { Wanted } from '../../src/domain/wanted.ts';
import records from '../../src/sources/records.ts';
import { openEdge } from '../fakes/edge.ts';
import { generateRecords } from './generate-records.ts';

/** What one process measured of itself: milliseconds and mebibytes. */
type Measured = Readonly<{ wall: number; cpu: number; rss: number; kept: number }>;

const SIZE = { records: 1_000_000, wanted: 20_000 };
const ROUNDS = 3;
const BARS = { wall: 1.8, cpu: 1.8, rss: 150, bytesPerDigest: 48 };
const LENIENCE = 1.25;
const NOTHING: Wanted = { digests: [], tags: [], commits: [], lines: [] };

const wanting = (digests: readonly Digest[]): Wanted => ({ ...NOTHING, digests: digests.map((digest) => ({ digest, seenIn: [] })) });

/** The least that reading with a checksum costs: count the newlines, and hash the same bytes. */
function floor(file: string): number {
  const hash = createHash('sha256');
  const bytes = Buffer.allocUnsafeSlow(1 << 20);
  const descriptor = openSync(file, 'r');
  let lines = 0;
  for (let read = readSync(descriptor, bytes); read > 0; read = readSync(descriptor, bytes)) {
    const block = bytes.subarray(0, read);
    hash.update(block);
    for (let at = block.indexOf(10); at >= 0; at = block.indexOf(10, at + 1)) lines++;
  }
  hash.digest();
  return lines;
}

/** One pass: how many records it kept, and the commits that their builds name. */
async function pass(file: string, wanted: Wanted): Promise<Readonly<{ kept: number; commits: Wanted['commits'] }>> {
  const commits = new Map<string, Wanted['commits'][number]>();
  let kept = 0;
  for await (const seen of records.observe(records.config.parse({ files: [file] }), wanted, openEdge({ now: '2026-12-01T00:00:00Z' }))) {
    if (seen.kind === 'gap') throw new Error(`${seen.locator}: ${seen.hint}`);
    if (seen.kind !== 'coverage') kept++;
    const { repository, commit } = (seen.kind === 'build' ? seen.source : undefined) ?? {};
    if (repository && commit) commits.set(commit, { repository, commit });
  }
  return { kept, commits: [...commits.values()] };
}

/** Two passes, as an audit makes them: for the digests that run, then for the commits that those records name. */
async function twoPasses(file: string, digests: readonly Digest[]): Promise<number> {
  const { kept, commits } = await pass(file, wanting(digests));
  return kept + (await pass(file, { ...NOTHING, commits })).kept;
}

/** The same for as many digests and commits that nobody recorded: what finding costs, without reading what was found. */
async function findNothing(file: string, digests: readonly Digest[]): Promise<number> {
  const others = digests.map((digest) => sha256(`other ${digest}`));
  await pass(file, wanting(others.map((hex) => Digest.parse(`sha256:${hex}`))));
  await pass(file, { ...NOTHING, commits: others.map((hex) => ({ repository: 'acme/payments', commit: hex.slice(0, 40) })) });
  return 0;
}

const TASKS = { floor, finding: findNothing, ours: twoPasses };
type Task = keyof typeof TASKS;

async function measureHere(task: Task, folder: string): Promise<void> {
  const file = path.join(folder, 'records.jsonl');
  const digests = task === 'floor' ? [] : digestsIn(folder);
  const [start, cpuBefore] = [performance.now(), process.cpuUsage()];
  const kept = await TASKS[task](file, digests);
  const [wall, cpu] = [performance.now() - start, process.cpuUsage(cpuBefore)];
  const measured: Measured = { wall, cpu: (cpu.user + cpu.system) / 1000, rss: process.resourceUsage().maxRSS / 1024, kept };
  process.stdout.write(JSON.stringify(measured));
}

function digestsIn(folder: string): Digest[] {
  return Digest.array().parse(JSON.parse(readFileSync(path.join(folder, 'wanted.json'), 'utf8')));
}

function inChild(task: Task, folder: string): Measured {
  const child = spawnSync(process.execPath, [...process.execArgv, import.meta.filename, task, folder], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  const { wall, cpu, rss, kept } = JSON.parse(child.stdout) as Measured;
  print(`  ${task.padEnd(8)}${wall.toFixed(0)} ms, ${cpu.toFixed(0)} ms of CPU, ${rss.toFixed(0)} MiB, ${kept} kept`);
  return { wall, cpu, rss, kept };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-bench-'));
  try {
    const file = path.join(folder, 'records.jsonl');
    writeFileSync(path.join(folder, 'wanted.json'), JSON.stringify(await generateRecords(file, SIZE)));
    print(
      `${SIZE.records} records of ${(statSync(file).size / SIZE.records).toFixed(0)} bytes, ${digestsIn(folder).length} wanted digests`,
    );
    const rounds = Array.from({ length: ROUNDS }, () => ({
      floor: inChild('floor', folder),
      finding: inChild('finding', folder),
      ours: inChild('ours', folder),
    }));
    judge(rounds, lineFilter(wanting(digestsIn(folder))).bytes / SIZE.wanted);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Round = Readonly<Record<Task, Measured>>;

/** Ratios are taken within a round, so that a machine that slows down slows both. */
function judge(rounds: readonly Round[], bytesPerDigest: number): void {
  const ratio = (task: Task, what: 'wall' | 'cpu') => median(rounds.map((round) => round[task][what] / round.floor[what]));
  print(`finding alone: ${ratio('finding', 'wall').toFixed(2)} of the floor, ${ratio('finding', 'cpu').toFixed(2)} of its CPU`);
  const values = {
    wall: ratio('ours', 'wall'),
    cpu: ratio('ours', 'cpu'),
    rss: median(rounds.map(({ ours }) => ours.rss)),
    bytesPerDigest,
  };
  for (const name of ['wall', 'cpu', 'rss', 'bytesPerDigest'] as const) {
    print(`${name}: ${values[name].toFixed(2)}, bar ${BARS[name]}: ${values[name] <= BARS[name] ? 'held' : 'MISSED'}`);
    if (values[name] > BARS[name] * LENIENCE) process.exitCode = 1;
  }
}

const [task, folder] = process.argv.slice(2);
await (folder && (task === 'floor' || task === 'finding' || task === 'ours') ? measureHere(task, folder) : main());
