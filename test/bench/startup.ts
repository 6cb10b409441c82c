import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Compares, in the form that is published (npm run build), the CPU time of `--version` and `--help` with that of a Node that does nothing, in turns, and names what they load. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ROUNDS = 15;
const HEAVY = ['@kubernetes/client-node', 'cli-table3', 'tar-stream', 'p-limit', 'zod', 'yaml'];
const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-startup-'));

const meter = path.join(folder, 'meter.mjs');
writeFileSync(
  meter,
  `import { writeFileSync } from 'node:fs';
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeFileSync(process.env.METER, JSON.stringify({ ms: (user + system) / 1000 }));
});\n`,
);

function cpuMs(argv: readonly string[]): number {
  const out = path.join(folder, 'ms.json');
  spawnSync(process.execPath, ['--import', meter, ...argv], {
    env: { ...process.env, METER: out },
    stdio: 'ignore',
  });
  // What the meter wrote.
  return (JSON.parse(readFileSync(out, 'utf8')) as { ms: number }).ms;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const bin = path.join(ROOT, 'bin/selfsame.js');
const cases = { floor: ['-e', '0'], version: [bin, '--version'], help: [bin, '--help'] };
const times = { floor: [] as number[], version: [] as number[], help: [] as number[] };
for (let round = 0; round < ROUNDS; round++)
  for (const [name, argv] of Object.entries(cases)) times[name as keyof typeof times].push(cpuMs(argv));

const [floor, version, help] = [median(times.floor), median(times.version), median(times.help)];
const loaded = spawnSync(process.execPath, [bin, '--help'], {
  encoding: 'utf8',
  env: { ...process.env, NODE_DEBUG: 'esm' },
}).stderr;
const heavy = HEAVY.filter((name) => loaded.includes(`node_modules/${name}/`));
process.stdout.write(
  `${JSON.stringify({ floorMs: floor, versionMs: version, helpMs: help, versionRatio: version / floor, helpOverFloorMs: help - floor, heavy })}\n`,
);
const bars = [
  ['S1 --version at most 1.25 times a Node that does nothing', version / floor <= 1.25],
  ['S1 --help at most 30 ms of CPU above it', help - floor <= 30],
  ['S1 neither loads a heavy package', heavy.length === 0],
] as const;
for (const [bar, holds] of bars) process.stdout.write(`${holds ? 'holds ' : 'MISSED'}  ${bar}\n`);
process.exitCode = bars.every(([, holds]) => holds) ? 0 : 1;
