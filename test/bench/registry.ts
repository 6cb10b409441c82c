import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Reads 1,000 images of a registry that answers after 20 ms, cold and warm, and beside it asks skopeo for some of them, where it is there. */
type Cost = Readonly<{ images: number; wall: number; cpu: number; requests: number }>;
type Bar = Readonly<{ name: string; measured: number; atMost: number }>;

const SOURCE = '--conditions=selfsame-source';
const file = (name: string) => path.join(import.meta.dirname, name);
const IMAGES = 1000;
const LATENCY_MS = 20;
const AT_ONCE = 32;
const ROUNDS = 3;
const ASKED_OF_SKOPEO = 24;
// What a machine with other work to do may add before a missed bar is called a failure.
const TOLERANCE = 1.25;
const cache = path.join(mkdtempSync(path.join(tmpdir(), 'selfsame-registry-')), 'content');
const say = (text: string) => process.stdout.write(`${text}\n`);
const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function serve(): Promise<Readonly<{ process: ChildProcess; host: string }>> {
  const argv = [SOURCE, file('registry-server.ts'), String(IMAGES), String(LATENCY_MS)];
  const started = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((ready, failed) => {
    started.stdout.once('data', (text: Buffer) => ready(text.toString('utf8')));
    started.once('exit', failed);
  });
  // The line that the server writes.
  return { process: started, ...(JSON.parse(line) as { host: string }) };
}

async function requestsOf(host: string): Promise<number> {
  return Number(await (await fetch(`http://${host}/requests`)).text());
}

async function run(way: 'read' | 'floor', host: string): Promise<Cost> {
  const before = await requestsOf(host);
  const told = execFileSync(process.execPath, [SOURCE, file('registry-client.ts'), way, host, cache], { encoding: 'utf8' });
  // The line that the client writes.
  const cost = JSON.parse(told) as Omit<Cost, 'requests'>;
  return { ...cost, requests: (await requestsOf(host)) - before };
}

/** Seconds for each image, as a script asks one after the other, and eight at a time; undefined where there is no skopeo. */
async function skopeo(host: string): Promise<Readonly<{ loop: number; eight: number }> | undefined> {
  if (spawnSync('skopeo', ['--version'], { stdio: 'ignore' }).status !== 0) return undefined;
  // The list that the server prints.
  const all = (await (await fetch(`http://${host}/images`)).json()) as string[];
  const names = all.slice(0, ASKED_OF_SKOPEO).map((image) => `docker://${host}/${image}`);
  const ask = 'skopeo inspect --tls-verify=false --config';
  const scripts = { loop: `while read i; do ${ask} "$i" || exit 1; done`, eight: `xargs -P8 -I{} ${ask} {}` };
  const time = (script: string) => {
    const start = performance.now();
    const { status } = spawnSync('bash', ['-o', 'pipefail', '-c', `${script} >/dev/null`], { input: names.join('\n') });
    if (status !== 0) throw new TypeError(`skopeo ended with ${status}`);
    return (performance.now() - start) / 1000 / ASKED_OF_SKOPEO;
  };
  return { loop: time(scripts.loop), eight: time(scripts.eight) };
}

function row(name: string, { wall, cpu, requests }: Omit<Cost, 'images'>): string {
  const cells = [wall.toFixed(2), ((cpu * 1000) / IMAGES).toFixed(2), String(requests)].map((cell) => cell.padStart(9));
  return `  ${name.padEnd(44)}${cells.join('')}`;
}

const costs: Record<'cold' | 'warm' | 'floor', Cost[]> = { cold: [], warm: [], floor: [] };
const server = await serve();
try {
  for (let round = 0; round < ROUNDS; round++) {
    rmSync(cache, { recursive: true, force: true });
    costs.cold.push(await run('read', server.host));
    costs.warm.push(await run('read', server.host));
    costs.floor.push(await run('floor', server.host));
  }
  const of = (way: keyof typeof costs) => ({
    wall: middle(costs[way].map(({ wall }) => wall)),
    cpu: middle(costs[way].map(({ cpu }) => cpu)),
    requests: Math.max(...costs[way].map(({ requests }) => requests)),
  });
  const [cold, warm, floor] = [of('cold'), of('warm'), of('floor')];
  say(`${IMAGES} images, ${LATENCY_MS} ms a request, ${AT_ONCE} at a time`);
  say(`  ${' '.repeat(44)}   wall s   CPU ms requests`);
  say(row('cold', cold));
  say(row('warm', warm));
  say(row('the files of the cache, hashed and parsed', floor));
  const script = await skopeo(server.host);
  const each = cold.wall / IMAGES;
  if (script) {
    say(
      `  skopeo inspect, one after the other: ${(script.loop * 1000).toFixed(0)} ms an image, ours ${(each * 1000).toFixed(2)}: 1/${(script.loop / each).toFixed(0)}`,
    );
    say(
      `  skopeo inspect, eight at a time:     ${(script.eight * 1000).toFixed(0)} ms an image, ours ${(each * 1000).toFixed(2)}: 1/${(script.eight / each).toFixed(0)}`,
    );
  } else say('  skopeo: not on this machine');
  const bars: readonly Bar[] = [
    {
      name: 'G1 cold: wall to what the waiting alone takes',
      measured: cold.wall / ((2 * IMAGES * LATENCY_MS) / 1000 / AT_ONCE),
      atMost: 1.4,
    },
    { name: 'G1 cold: CPU in ms for an image', measured: (cold.cpu * 1000) / IMAGES, atMost: 0.8 },
    ...(script
      ? [
          { name: 'G1 cold: wall to that of skopeo in a loop', measured: each / script.loop, atMost: 1 / 40 },
          { name: 'G1 cold: wall to that of eight skopeos', measured: each / script.eight, atMost: 1 / 8 },
        ]
      : []),
    { name: 'G2 warm: requests', measured: warm.requests, atMost: 0 },
  ];
  for (const { name, measured, atMost } of bars)
    say(`${measured <= atMost ? 'holds ' : 'MISSED'}  ${name}: ${measured.toFixed(3)}, at most ${Number(atMost.toFixed(3))}`);
  say(`        warm CPU to that of hashing and parsing the same files: ${(warm.cpu / floor.cpu).toFixed(2)}`);
  const isWhole = costs.cold.concat(costs.warm).every(({ images }) => images === IMAGES);
  say(`${isWhole ? 'holds ' : 'MISSED'}  every image was read`);
  process.exitCode = isWhole && bars.every(({ measured, atMost }) => measured <= atMost * TOLERANCE) ? 0 : 1;
} finally {
  server.process.kill('SIGTERM');
}
