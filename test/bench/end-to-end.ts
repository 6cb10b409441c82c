import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { RECORD_SCHEMA } from '../../src/domain/record.ts';
import { podOf } from './generate-pods.ts';
import { generateRecords } from './generate-records.ts';

/**
 * A whole scan of ten clusters and a million records, to the script that people have today: kubectl, jq, sort and join. Both have to find
 * the same containers of production whose digest some record built.
 */
const CLUSTERS = 10;
const STAGING = 2;
const PODS = 1000;
const RECORDS = 1_000_000;
const AT_MOST = 1 / 15;
// What a machine with other work to do may add before a missed bar is called a failure.
const TOLERANCE = 1.25;
const BIN = fileURLToPath(new URL('../../bin/selfsame.js', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-end-to-end-'));
const inFolder = (name: string) => path.join(folder, name);
const RECORDS_FILE = inFolder('records.jsonl');

type Serving = Readonly<{ process: ChildProcess; url: string }>;
type Cost = Readonly<{ wall: number; cpu: number; joined: number }>;

async function serve(): Promise<Serving> {
  const argv = ['--conditions=selfsame-source', path.join(import.meta.dirname, 'kubernetes-server.ts'), String(PODS)];
  const started = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((ready) => started.stdout.once('data', (text: Buffer) => ready(text.toString('utf8'))));
  // The line that the server writes.
  return { process: started, url: (JSON.parse(line) as { url: string }).url };
}

const nameOf = (nth: number) => `harbour-${nth}`;

function configure(urls: readonly string[]): void {
  const clusters = urls.map((server, nth) => ({ name: nameOf(nth), cluster: { server, 'insecure-skip-tls-verify': true } }));
  const contexts = urls.map((_, nth) => ({ name: nameOf(nth), context: { cluster: nameOf(nth), user: 'auditor' } }));
  const users = [{ name: 'auditor', user: {} }];
  writeFileSync(inFolder('kubeconfig'), JSON.stringify({ apiVersion: 'v1', kind: 'Config', clusters, users, contexts }));
  const sources = urls.map((_, nth) => ({
    use: 'kubernetes',
    name: nameOf(nth),
    context: nameOf(nth),
    kubeconfig: inFolder('kubeconfig'),
    insecure: 'true',
    environment: nth < STAGING ? 'staging' : 'production',
  }));
  const records = { use: 'records', files: [RECORDS_FILE] };
  writeFileSync(
    inFolder('selfsame.yaml'),
    JSON.stringify({ version: '1', promotion: ['staging', 'production'], sources: [...sources, records] }),
  );
}

/** A build of every other image that the pods run, after the records of everything else. */
async function record(): Promise<void> {
  const digests = [...new Set(Array.from({ length: PODS }, (_, nth) => nth).flatMap((nth) => digestsOf(nth)))].toSorted();
  const built = digests.filter((_, nth) => nth % 2 === 0);
  await generateRecords(RECORDS_FILE, { records: RECORDS - built.length, wanted: 20_000 });
  const lines = built.map((digest, nth) => ({
    schema: RECORD_SCHEMA,
    kind: 'build',
    digest,
    image: 'ghcr.io/acme/payments:1.4',
    commit: String(nth).padStart(40, '0'),
    repository: 'acme/payments',
    run: { platform: 'github-actions', id: String(nth + 1), attempt: 1 },
    at: '2026-01-01T00:00:00Z',
  }));
  appendFileSync(RECORDS_FILE, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

function digestsOf(nth: number): readonly string[] {
  return podOf(nth).status.containerStatuses.map(({ imageID }) => imageID.split('@')[1] ?? '');
}

/** What a shell command costs, by the shell's own count of its children. */
function timed(command: string): Omit<Cost, 'joined'> {
  const script = `TIMEFORMAT='%R %U %S'; time (${command})`;
  const env = { ...process.env, KUBECONFIG: inFolder('kubeconfig'), HOME: folder };
  const { stderr, status } = spawnSync('bash', ['-o', 'pipefail', '-c', script], { encoding: 'utf8', env });
  if (status === 4 || status === null || status > 4) throw new Error(`ended with ${status}: ${stderr}`);
  const [wall = 0, user = 0, system = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { wall, cpu: user + system };
}

/** The script that people have: what it joins are containers; ten pods of one workload are ten of them. */
function today(): Cost {
  const pods = `.items[] | .metadata as $m | (.status.containerStatuses // [])[] | [(.imageID | split("@")[1] // ""), "\\($m.namespace)/\\($m.ownerReferences[0].name)/\\(.name)"] | @tsv`;
  const list = Array.from({ length: CLUSTERS }, (_, nth) => nth)
    .slice(STAGING)
    .map((nth) => `kubectl --context ${nameOf(nth)} get pods -A -o json | jq -r '${pods}' | sed 's/$/ ${nameOf(nth)}/'`);
  const staging = Array.from(
    { length: STAGING },
    (_, nth) => `kubectl --context ${nameOf(nth)} get pods -A -o json | jq -r '${pods}' > /dev/null`,
  );
  const builds = `jq -r 'select(.kind == "build") | [.digest, .repository, .commit] | @tsv' ${RECORDS_FILE} | LC_ALL=C sort -k1,1 -u > ${inFolder('built')}`;
  const join = `LC_ALL=C sort -u ${inFolder('running')} | LC_ALL=C join -t $'\\t' - ${inFolder('built')} > ${inFolder('joined')}`;
  const cost = timed([...staging, `{ ${list.join('; ')}; } > ${inFolder('running')}`, builds, join].join(' && '));
  return { ...cost, joined: readFileSync(inFolder('joined'), 'utf8').trim().split('\n').length };
}

function ours(): Cost {
  const report = inFolder('report.json');
  const argv = `--conditions=selfsame-source ${BIN} scan --config ${inFolder('selfsame.yaml')} --report json=${report}`;
  const cost = timed(`${process.execPath} ${argv} >/dev/null || [ $? -le 3 ]`);
  // The report that the program wrote.
  const { coverage } = JSON.parse(readFileSync(report, 'utf8')) as { coverage: readonly { originKnown: number }[] };
  return { ...cost, joined: coverage.reduce((sum, { originKnown }) => sum + originKnown, 0) };
}

const isThere = (program: string) => spawnSync(program, ['--help'], { stdio: 'ignore' }).status === 0;
if (!isThere('kubectl') || !isThere('jq')) {
  process.stdout.write('E1 is not measured: kubectl or jq is not on this machine\n');
} else {
  await record();
  const serving = await Promise.all(Array.from({ length: CLUSTERS }, serve));
  configure(serving.map(({ url }) => url));
  const [before, now] = [today(), ours()];
  for (const { process: server } of serving) server.kill('SIGTERM');
  rmSync(folder, { recursive: true });
  for (const [name, { wall, cpu, joined }] of Object.entries({ 'kubectl, jq, sort, join': before, 'selfsame scan': now }))
    process.stdout.write(
      `${name.padEnd(24)} ${wall.toFixed(2)} s, ${cpu.toFixed(2)} s of CPU, ${joined} containers of production joined\n`,
    );
  const ratio = now.wall / before.wall;
  const isEqual = before.joined === now.joined && now.joined > 0;
  process.stdout.write(
    `${ratio <= AT_MOST ? 'holds ' : 'MISSED'}  E1 the time of a scan to that of the script: 1/${(1 / ratio).toFixed(1)}, at most 1/15\n`,
  );
  process.stdout.write(`${isEqual ? 'holds ' : 'MISSED'}  E1 both join the same rows\n`);
  process.exitCode = isEqual && ratio <= AT_MOST * TOLERANCE ? 0 : 1;
}
