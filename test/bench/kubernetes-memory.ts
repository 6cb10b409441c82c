import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { servePods } from './serve-pods.ts';

/** The memory that 10,000, 100,000 and 1,000,000 pods take: read one by one, and kept and told as a scan does. It takes minutes: run it by itself. */
type Cost = Readonly<{ pods: number; containers: number; cpu: number; rss: number }>;
type Way = 'ours' | 'told';

const SIZES = [10_000, 100_000, 1_000_000];
const AT_MOST = 1.6;
const WAYS: readonly Way[] = ['ours', 'told'];
const CLIENT = path.join(import.meta.dirname, 'kubernetes-client.ts');
const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-memory-'));
const say = (text: string) => process.stdout.write(`${text}\n`);

/** What both ways took of a server with so many pods. */
async function measure(pods: number): Promise<Readonly<Record<Way, Cost>>> {
  const serving = await servePods(pods, folder);
  const run = (way: Way) => {
    const argv = ['--conditions=selfsame-source', CLIENT, way, serving.kubeconfig];
    // The line that the client writes.
    return JSON.parse(execFileSync(process.execPath, argv, { encoding: 'utf8' })) as Cost;
  };
  try {
    return { ours: run('ours'), told: run('told') };
  } finally {
    serving.process.kill('SIGTERM');
  }
}

const first: Partial<Record<Way, number>> = {};
let isWhole = true;
const missed: string[] = [];
for (const pods of SIZES) {
  const costs = await measure(pods);
  for (const way of WAYS) {
    const { rss, cpu, ...counted } = costs[way];
    const ratio = rss / (first[way] ??= rss);
    isWhole &&= counted.pods === pods;
    if (way === 'ours' && ratio > AT_MOST) missed.push(`${pods}`);
    say(
      `${String(pods).padStart(8)} pods ${way.padEnd(5)} ${rss.toFixed(0).padStart(6)} MB, ${ratio.toFixed(2)} of ${SIZES[0]}, ${cpu.toFixed(1)} s of CPU`,
    );
  }
}
say(`${missed.length === 0 ? 'holds ' : 'MISSED'}  K4 memory to that of ${SIZES[0]} pods, read one by one: at most ${AT_MOST}`);
say(`${isWhole ? 'holds ' : 'MISSED'}  every pod was read`);
process.exitCode = missed.length === 0 && isWhole ? 0 : 1;
