import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** Every benchmark with bars: one that misses its own does not keep the others from being run. */
const BENCHMARKS = ['startup', 'judge', 'records', 'kubernetes', 'kubernetes-fleet', 'registry', 'github', 'end-to-end'];

for (const name of BENCHMARKS) {
  process.stdout.write(`\n# ${name}\n`);
  // The command line is measured as it is published, everything else as it is written.
  const conditions = name === 'startup' ? [] : ['--conditions=selfsame-source'];
  const { status } = spawnSync(process.execPath, [...conditions, path.join(import.meta.dirname, `${name}.ts`)], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
