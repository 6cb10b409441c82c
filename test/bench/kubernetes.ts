import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Serving, servePods } from './serve-pods.ts';

/** Lists 10,000 and 100,000 pods of an API server in a process of its own, in several ways, in turns. */
type Cost = Readonly<{ pods: number; containers: number; wall: number; cpu: number; rss: number }>;
type Requests = Readonly<{ pods: number; others: number }>;

const SOURCE = '--conditions=selfsame-source';
const file = (name: string) => path.join(import.meta.dirname, name);
const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-kubernetes-'));
const LIMIT = 500;
const ROUNDS = 3;
// What a machine with other work to do may add before a missed bar is called a failure.
const TOLERANCE = 1.25;
const say = (text: string) => process.stdout.write(`${text}\n`);

function run(way: string, { kubeconfig }: Serving): Cost {
  const argv = [SOURCE, file('kubernetes-client.ts'), way, kubeconfig];
  return JSON.parse(execFileSync(process.execPath, argv, { encoding: 'utf8' })) as Cost;
}

async function requestsOf({ url }: Serving): Promise<Requests> {
  return (await (await fetch(`${url}/requests`)).json()) as Requests;
}

const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function row(name: string, { wall, cpu, rss }: Pick<Cost, 'wall' | 'cpu' | 'rss'>, base: number): string {
  const cells = [
    wall.toFixed(2).padStart(7),
    cpu.toFixed(2).padStart(7),
    (cpu / base).toFixed(2).padStart(7),
    (rss > 0 ? rss.toFixed(0) : '-').padStart(7),
  ];
  return `  ${name.padEnd(44)}${cells.join('')}`;
}

const WAYS = {
  discard: 'the same client, protobuf thrown away',
  ours: 'our reader, protobuf, pod by pod',
  sorted: 'our reader, pods sorted as a scan does',
  json: 'the same client, JSON.parse of each page',
  validated: 'our reader, JSON, as where protobuf is refused',
};
type Way = keyof typeof WAYS;

async function measure(pods: number, rounds: number) {
  const serving = await servePods(pods, folder);
  try {
    say(`\n${pods} pods, ${serving.json} bytes each in JSON, ${serving.protobuf} in protobuf; pages of ${LIMIT}`);
    say(`  ${' '.repeat(44)}   wall    CPU  x ours     MB`);
    const costs: Record<Way, Cost[]> = { discard: [], ours: [], sorted: [], json: [], validated: [] };
    const requests: Requests[] = [];
    for (let round = 0; round < rounds; round++)
      for (const way of Object.keys(costs) as Way[]) {
        await requestsOf(serving);
        costs[way].push(run(way, serving));
        if (way === 'sorted') requests.push(await requestsOf(serving));
      }
    const cpu = (way: Way) => middle(costs[way].map((cost) => cost.cpu));
    for (const [way, name] of Object.entries(WAYS) as [Way, string][]) {
      const [wall, rss] = [middle(costs[way].map((cost) => cost.wall)), middle(costs[way].map((cost) => cost.rss))];
      say(row(name, { wall, cpu: cpu(way), rss }, cpu('ours')));
    }
    const kubectl = pods <= 10_000 ? runKubectl(serving, cpu('ours')) : undefined;
    // Each round by itself: a machine that is busy is busy for both.
    const ratio = (way: Way, to: Way) => middle(costs[way].map((cost, nth) => cost.cpu / (costs[to][nth]?.cpu ?? Number.NaN)));
    const isWhole = (['ours', 'sorted', 'json', 'validated'] as const).every((way) => costs[way].every((cost) => cost.pods === pods));
    return {
      pods,
      isWhole,
      requests,
      toDiscard: ratio('ours', 'discard'),
      sortedToDiscard: ratio('sorted', 'discard'),
      toJson: ratio('ours', 'json'),
      sortedToJson: ratio('sorted', 'json'),
      validatedToJson: ratio('validated', 'json'),
      toKubectl: kubectl && cpu('ours') / kubectl,
      discardToJson: ratio('discard', 'json'),
      rss: middle(costs.ours.map((cost) => cost.rss)),
      sortedRss: middle(costs.sorted.map((cost) => cost.rss)),
    };
  } finally {
    serving.process.kill('SIGTERM');
  }
}

/** What the script costs that people have today, where this machine has its programs; their time is what the shell counts for its children. */
function runKubectl({ kubeconfig }: Serving, base: number): number | undefined {
  const isThere = (program: string) => spawnSync(program, ['--help'], { stdio: 'ignore' }).status === 0;
  if (!isThere('kubectl') || !isThere('jq')) {
    say('  kubectl | jq: not on this machine');
    return undefined;
  }
  const jq = "jq -r '.items[] | .metadata.name as $pod | .status.containerStatuses[]? | [$pod, .name, .imageID] | @tsv'";
  const script = `TIMEFORMAT='%R %U %S'; time (kubectl get pods -A -o json | ${jq} | wc -l)`;
  const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: folder };
  const { stderr, status } = spawnSync('bash', ['-o', 'pipefail', '-c', script], { encoding: 'utf8', env });
  const [wall = 0, user = 0, system = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  if (status === 0) say(row('kubectl get pods -A -o json | jq', { wall, cpu: user + system, rss: Number.NaN }, base));
  else say(`  kubectl | jq: ended with ${status}`);
  return status === 0 ? user + system : undefined;
}

type Measured = Awaited<ReturnType<typeof measure>>;
type Bar = Readonly<{ name: string; measured: number; atMost: number }>;

function bars(small: Measured, large: Measured): readonly Bar[] {
  const needed = (pods: number) => Math.ceil(pods / LIMIT);
  const asked = (measured: Measured) => Math.max(...measured.requests.map(({ pods, others }) => pods + others));
  return [
    { name: 'K1 100k pods: CPU to that of throwing them away', measured: large.toDiscard, atMost: 2.5 },
    { name: 'K1 the same, pods sorted', measured: large.sortedToDiscard, atMost: 2.5 },
    { name: 'K2 100k pods: CPU to that of JSON.parse', measured: large.toJson, atMost: 0.2 },
    { name: 'K2 the same, pods sorted', measured: large.sortedToJson, atMost: 0.2 },
    { name: 'K4 memory of 100k pods to that of 10k', measured: large.rss / small.rss, atMost: 1.6 },
    { name: 'K4 the same, pods sorted', measured: large.sortedRss / small.sortedRss, atMost: 1.6 },
    ...(small.toKubectl ? [{ name: 'K3 10k pods: CPU to that of kubectl | jq', measured: small.toKubectl, atMost: 1 / 40 }] : []),
    { name: 'K6 100k pods in JSON: CPU to that of JSON.parse', measured: large.validatedToJson, atMost: 1.1 },
    { name: 'K7 requests to the fewest there can be', measured: asked(large) / needed(large.pods), atMost: 1 },
  ];
}

const small = await measure(10_000, ROUNDS);
const large = await measure(100_000, ROUNDS);

say('');
const judged = bars(small, large);
for (const { name, measured, atMost } of judged)
  say(`${measured <= atMost ? 'holds ' : 'MISSED'}  ${name}: ${measured.toFixed(atMost < 0.1 ? 3 : 2)}, at most ${atMost}`);
say(`        K2 cannot be less than what throwing the bytes away costs of JSON.parse: ${large.discardToJson.toFixed(2)}`);
const isWhole = [small, large].every((measured) => measured.isWhole);
say(`${isWhole ? 'holds ' : 'MISSED'}  every pod was read`);
process.exitCode = isWhole && judged.every(({ measured, atMost }) => measured <= atMost * TOLERANCE) ? 0 : 1;
