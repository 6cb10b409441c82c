import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PODS_PER_OWNER } from './generate-pods.ts';
import { type Growing, servePods } from './serve-pods.ts';

/**
 * The memory that 10,000, 100,000 and 1,000,000 pods take: read one by one, and by a whole scan of clusters of nothing else. Where there
 * are more pods of as many workloads, a scan takes no more; where there are more workloads of ten pods, each of them takes its share. It
 * takes minutes: run it by itself.
 */
type Cost = Readonly<{ pods: number; containers: number; cpu: number; rss: number }>;
type Way = 'ours' | 'told';

const SIZES = [10_000, 100_000, 1_000_000];
const AT_MOST = 1.6;
const CLIENT = path.join(import.meta.dirname, 'kubernetes-client.ts');
const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-memory-'));
const say = (text: string) => process.stdout.write(`${text}\n`);

/** What each way took of a server with so many pods. */
async function measure(pods: number, growing: Growing, ways: readonly Way[]): Promise<readonly (readonly [Way, Cost])[]> {
  const serving = await servePods(pods, folder, growing);
  const run = (way: Way) => {
    const argv = ['--conditions=selfsame-source', CLIENT, way, serving.kubeconfig];
    // The line that the client writes.
    return JSON.parse(execFileSync(process.execPath, argv, { encoding: 'utf8' })) as Cost;
  };
  try {
    return ways.map((way) => [way, run(way)]);
  } finally {
    serving.process.kill('SIGTERM');
  }
}

const first: Partial<Record<string, number>> = {};
const missed: string[] = [];
let isWhole = true;
for (const growing of ['replicas', 'workloads'] as const)
  for (const pods of SIZES)
    for (const [way, { rss, cpu, ...counted }] of await measure(pods, growing, growing === 'replicas' ? ['ours', 'told'] : ['told'])) {
      const base = (first[`${growing} ${way}`] ??= rss);
      const more =
        growing === 'workloads' && pods > 10_000 ? `, ${(((rss - base) * 1024) / (pods / PODS_PER_OWNER)).toFixed(1)} KB a workload` : '';
      isWhole &&= counted.pods === pods;
      if (growing === 'replicas' && rss > base * AT_MOST) missed.push(`${way} ${pods}`);
      const cells = [`${rss.toFixed(0).padStart(6)} MB`, `${(rss / base).toFixed(2)} of ${SIZES[0]}`, `${cpu.toFixed(1)} s of CPU`];
      say(`more ${growing.padEnd(9)} ${String(pods).padStart(8)} pods ${way.padEnd(5)}${cells.join(', ')}${more}`);
    }
const what = `K4 memory to that of ${SIZES[0]} pods, of as many workloads: at most ${AT_MOST}`;
say(missed.length === 0 ? `holds   ${what}` : `MISSED  ${what}: ${missed.join(', ')}`);
say(`${isWhole ? 'holds ' : 'MISSED'}  every pod was read`);
process.exitCode = missed.length === 0 && isWhole ? 0 : 1;
