import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { digestOf as hash } from '../../src/clients/oci/verify.ts';
import { openLimits } from '../../src/collect/limits.ts';
import { Digest } from '../../src/domain/digest.ts';
import { parseImageReference } from '../../src/domain/image-reference.ts';
import oci from '../../src/sources/oci.ts';
import { openEdge } from '../fakes/edge.ts';

/** One measured pass in a process of its own: `read HOST CACHE` asks for every image, `floor HOST CACHE` only reads and hashes the cache's files and parses them. */
const [way = 'read', host = '', cache = ''] = process.argv.slice(2);
const AT_ONCE = 32;

async function read(images: readonly string[]): Promise<number> {
  const digests = images.map((image) => {
    const [repository = '', digest] = image.split('@');
    const reference = parseImageReference(`${host}/${repository}`);
    return { digest: Digest.parse(digest), seenIn: reference ? [reference] : [] };
  });
  const config = oci.config.parse({ registry: host, insecure: 'true', referrers: 'false', cache });
  const edge = { ...openEdge({ timeoutMs: 60_000 }), limit: openLimits(AT_ONCE) };
  let configs = 0;
  for await (const seen of oci.observe(config, { digests, tags: [], commits: [], lines: [] }, edge)) {
    if (seen.kind === 'gap') throw new TypeError(`${seen.locator}: ${seen.hint}`);
    if (seen.kind === 'config') configs += 1;
  }
  return configs;
}

/** Every entry is its type on a line, then its bytes. */
async function floor(): Promise<number> {
  let parsed = 0;
  for (const name of await readdir(cache)) {
    const entry = await readFile(path.join(cache, name));
    const body = entry.subarray(entry.indexOf(10) + 1);
    hash(body);
    if (typeof JSON.parse(body.toString('utf8')) === 'object') parsed += 1;
  }
  return parsed / 2;
}

const answer = await fetch(`http://${host}/images`);
// The list that the server prints.
const images = (await answer.json()) as string[];
const before = process.cpuUsage();
const start = performance.now();
const found = way === 'floor' ? await floor() : await read(images);
const wall = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ images: found, wall, cpu: (user + system) / 1_000_000 }));
