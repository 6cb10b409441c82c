import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { encodePod, encodePodList } from '../fakes/kubernetes-protobuf.ts';
import { podOf } from './generate-pods.ts';

/** Collects from one cluster, sixteen and fifty, each 100 ms away, with the program itself: sixteen are read at a time, the others wait for their turn. */
const CLUSTERS = 50;
const PODS = 200;
const LATENCY_MS = 100;
const ROUNDS = 3;
const AT_A_TIME = 16;
const TURNS = Math.ceil(CLUSTERS / AT_A_TIME);
const SLOWER_AT_MOST = 1;
const LARGER_AT_MOST = 1.6;
// What a machine with other work to do may add before a missed bar is called a failure.
const TOLERANCE = 1.25;
const BIN = fileURLToPath(new URL('../../bin/selfsame.js', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-fleet-'));

const page = encodePodList(Array.from({ length: PODS }, (_, nth) => encodePod(podOf(nth))));
let requests = 0;
const answer: http.RequestListener = async ({ url = '', headers }, response) => {
  const what = new URL(url, 'http://127.0.0.1').pathname.split('/').at(-1) ?? '';
  requests += 1;
  await wait(LATENCY_MS);
  const isPods = what === 'pods';
  response.writeHead(200, { 'content-type': isPods ? 'application/vnd.kubernetes.protobuf' : 'application/json' });
  response.end(isPods ? page : JSON.stringify(answerTo(headers.host ?? '', what)));
};

function answerTo(cluster: string, what: string): object {
  if (what === 'version') return { gitVersion: 'v1.34.2' };
  if (what === 'kube-system') return { metadata: { name: what, uid: cluster } };
  return { kind: 'AnyList', metadata: {}, items: [] };
}

const meter = path.join(folder, 'meter.mjs');
writeFileSync(
  meter,
  `import { writeFileSync } from 'node:fs';
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(process.env.METER, JSON.stringify({ mb: maxRSS / 1024, cpuMs: (userCPUTime + systemCPUTime) / 1000 }));
});\n`,
);

const METER = path.join(folder, 'spent.json');

type Cost = Readonly<{ wallMs: number; cpuMs: number; mb: number; requests: number; pods: number }>;

/** Runs the program on so many clusters, and reads what it recorded. */
async function collect(nth: number, urls: readonly string[]): Promise<Cost> {
  const names = urls.map((_, each) => `harbour-${each}`);
  const kubeconfig = path.join(folder, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: names.map((name, each) => ({ name, cluster: { server: urls[each], 'insecure-skip-tls-verify': true } })),
      users: [{ name: 'auditor', user: {} }],
      contexts: names.map((name) => ({ name, context: { cluster: name, user: 'auditor' } })),
    }),
  );
  const sources = names.map((name) => ({
    use: 'kubernetes',
    name,
    context: name,
    kubeconfig,
    insecure: 'true',
    environment: 'production',
  }));
  const config = path.join(folder, 'selfsame.yaml');
  writeFileSync(config, JSON.stringify({ version: '1', promotion: ['staging', 'production'], sources }));
  const out = path.join(folder, `${urls.length}-${nth}`);
  requests = 0;
  const begun = performance.now();
  await ended(['--import', meter, '--conditions=selfsame-source', BIN, 'collect', '--config', config, '--out', out]);
  const wallMs = performance.now() - begun;
  const lines = readFileSync(path.join(out, 'observations', 'cluster.ndjson'), 'utf8')
    .trim()
    .split('\n');
  // The lines that the program wrote.
  const pods = lines.reduce((sum, line) => sum + (JSON.parse(line) as { pods: number }).pods, 0);
  return { wallMs, ...(JSON.parse(readFileSync(METER, 'utf8')) as Pick<Cost, 'mb' | 'cpuMs'>), requests, pods };
}

async function ended(argv: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, argv, {
    stdio: 'ignore',
    env: { ...process.env, METER },
  });
  await new Promise((resolve) => child.on('close', resolve));
}

// Each has a port of its own, since the program asks no host for more than a few things at once.
const servers = Array.from({ length: CLUSTERS }, () => http.createServer(answer));
await Promise.all(servers.map((server) => new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))));
// A server that listens on a port has an address with one.
const urls = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
const costs: Record<'one' | 'turn' | 'fleet', Cost[]> = { one: [], turn: [], fleet: [] };
for (let nth = 0; nth < ROUNDS; nth++) {
  costs.one.push(await collect(nth, urls.slice(0, 1)));
  costs.turn.push(await collect(nth, urls.slice(0, AT_A_TIME)));
  costs.fleet.push(await collect(nth, urls));
}
for (const server of servers) server.close().closeAllConnections();

const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
for (const [name, runs] of [
  ['one cluster', costs.one],
  [`${AT_A_TIME} clusters`, costs.turn],
  [`${CLUSTERS} clusters`, costs.fleet],
] as const)
  process.stdout.write(
    `${name.padEnd(12)} ${PODS} pods each, ${LATENCY_MS} ms away: ${middle(runs.map(({ wallMs }) => wallMs)).toFixed(0)} ms, ${middle(runs.map(({ cpuMs }) => cpuMs)).toFixed(0)} ms of CPU, ${middle(runs.map(({ mb }) => mb)).toFixed(0)} MB, ${runs[0]?.requests} requests\n`,
  );
const slower = middle(costs.fleet.map(({ wallMs }, nth) => wallMs / TURNS / (costs.one[nth]?.wallMs ?? Number.NaN)));
const larger = middle(costs.fleet.map(({ mb }, nth) => mb / (costs.turn[nth]?.mb ?? Number.NaN)));
const isWhole = costs.fleet.every(
  ({ pods, requests: asked }, nth) => pods === CLUSTERS * PODS && asked === CLUSTERS * (costs.one[nth]?.requests ?? 0),
);
const say = (isHeld: boolean, what: string) => process.stdout.write(`${isHeld ? 'holds ' : 'MISSED'}  ${what}\n`);
say(
  slower <= SLOWER_AT_MOST,
  `K5 the time of ${CLUSTERS} clusters to that of one, ${TURNS} times: ${slower.toFixed(2)}, at most ${SLOWER_AT_MOST}`,
);
say(
  larger <= LARGER_AT_MOST,
  `K5 the memory of ${CLUSTERS} clusters to that of ${AT_A_TIME}: ${larger.toFixed(2)}, at most ${LARGER_AT_MOST}`,
);
say(isWhole, 'K7 every pod was read, with as many requests to each');
process.exitCode = isWhole && slower <= SLOWER_AT_MOST * TOLERANCE && larger <= LARGER_AT_MOST * TOLERANCE ? 0 : 1;
