import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { RECORD_SCHEMA } from '../../src/domain/record.ts';

/** How many records there are, and how many digests an estate of that size runs. */
export type Size = Readonly<{ records: number; wanted: number }>;

const SERVICES = 500;
const UNKNOWN_SHARE = 0.05;
const BATCH = 5000;
// Of fifty records one is the test of the build before it, and one is the rebuild of that build's commit.
const [PERIOD, TEST_OF_LAST, REBUILD_OF_LAST] = [50, 13, 37];

/** Writes the records of one estate, always the same ones, and tells which digests it runs: most of them some record built. */
export async function generateRecords(file: string, { records, wanted }: Size): Promise<readonly string[]> {
  const random = mulberry(11);
  const next = lineMaker(random);
  const picked = Math.floor(records / wanted);
  const running: string[] = [];
  const out = createWriteStream(file);
  for (let from = 0; from < records; from += BATCH) {
    const lines = Array.from({ length: Math.min(BATCH, records - from) }, (_, index) => next(from + index));
    for (let at = Math.floor(random() * picked); at < lines.length; at += picked)
      running.push(random() < UNKNOWN_SHARE ? `sha256:${hex(random, 64)}` : (lines[at]?.digest ?? ''));
    if (!out.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return running;
}

/** Makes one record after the other: digest, commit and service stay where it is a test or a rebuild. */
function lineMaker(random: () => number) {
  let [digest, commit, service] = ['', '', ''];
  return (at: number) => {
    const isTest = at % PERIOD === TEST_OF_LAST;
    if (!isTest) digest = `sha256:${hex(random, 64)}`;
    if (!isTest && at % PERIOD !== REBUILD_OF_LAST) {
      commit = hex(random, 40);
      service = `svc-${String(Math.floor(random() * SERVICES)).padStart(5, '0')}`;
    }
    const id = String(9_000_000_000 + at);
    return {
      schema: RECORD_SCHEMA,
      kind: isTest ? 'test' : 'build',
      digest,
      image: `ghcr.io/acme/${service}:v1.${at % 40}.${at % 90}`,
      commit,
      repository: `acme/${service}`,
      ...(isTest ? { gate: 'e2e', result: 'passed', environment: 'staging' } : { ref: 'refs/heads/main' }),
      run: {
        platform: 'github-actions',
        id,
        attempt: 1,
        url: `https://github.com/acme/${service}/actions/runs/${id}`,
        workflow: 'build.yml',
      },
      at: new Date(Date.UTC(2026, 0, 1) + at * 20_000).toISOString().replace('.000', ''),
    };
  };
}

function hex(random: () => number, digits: number): string {
  const words = Array.from({ length: digits / 8 }, () => Math.floor(random() * 2 ** 32).toString(16));
  return words.map((word) => word.padStart(8, '0')).join('');
}

/** A small generator of the same numbers everywhere (mulberry32). */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
