import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import workflows from '../../src/sources/github-workflows.ts';
import { lookUpEcr, startEcr } from '../fakes/ecr.ts';
import { openEdge } from '../fakes/edge.ts';
import { idOf, lookUpGithub, startGithub, TOKEN } from '../fakes/github.ts';
import { bundleOf } from '../fakes/github-bundle.ts';
import { lookUpPackages, startPackages } from '../fakes/github-packages.ts';
import { startGraphql } from '../fakes/graphql.ts';
import { configOf, digestOf, lookUp, OCI_INDEX, OCI_MANIFEST, sendJson, startRegistry } from '../fakes/registry.ts';

const COMMIT = 'c0ffee'.padEnd(40, '0');
const SLSA = 'https://slsa.dev/provenance/v1';
const IN_TOTO = 'application/vnd.in-toto+json';

type Fault = Readonly<{ status: number; body: object }>;
const FAULTS: readonly (readonly [string, Fault])[] = [
  ...[204, 302, 400, 401, 403, 404, 409, 410, 422, 429, 451, 500, 503].map((status) => [`${status}`, { status, body: {} }] as const),
  ['200 with an empty object', { status: 200, body: {} }],
  ['200 with an error', { status: 200, body: { errors: [{ code: 'UNKNOWN', message: 'maintenance' }] } }],
  ['200 with a list of something else', { status: 200, body: [{ message: 'maintenance' }] }],
];

/** A lookup of everything that a source reads of one service, which fails the one request that is set and tells what it asked. */
type Scan = Readonly<{ asked: readonly string[]; facts: readonly Seen[] }>;
type Service = (failing?: Readonly<{ at: number; by: Fault }>) => Promise<Scan>;

const started: Readonly<{ stop(): Promise<void> }>[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
});

/** Counts what is asked, and gives the fault to the one that is to fail. */
function counted(failing: Parameters<Service>[0]) {
  const asked: string[] = [];
  return { asked, faultOf: (what: string) => (asked.push(what) - 1 === failing?.at ? failing.by : undefined) };
}

async function openGithub(): Promise<Service> {
  const fake = await startGithub();
  started.push(fake);
  const digest = digestOf('payments');
  const image = `ghcr.io/acme/payments@${digest}`;
  const repositoryId = idOf('acme/payments');
  fake.attest('acme', digest, { bundle: bundleOf({ digest, repositoryId, run: '57/attempts/1' }) }, repositoryId);
  fake.run('acme/payments', { id: 57, head_sha: COMMIT });
  fake.job('acme/payments', { id: 1, run_id: 57, name: 'e2e' }, `2026-03-01T09:21:00.0Z docker run ${image}\n`);
  fake.deployment({ id: 3, sha: COMMIT, run: 57 }, ['in_progress', '2026-03-01T09:50:00Z'], ['success', '2026-03-01T09:58:00Z']);
  fake.environment({ name: 'prod' });
  fake.review(57, 'grace', 'prod');
  return async (failing) => {
    const { asked, faultOf } = counted(failing);
    fake.reply((called) => faultOf(`${called.method} ${called.path}`));
    const wanted = { digests: { [digest]: [image] }, commits: [{ repository: 'acme/payments', commit: COMMIT }] };
    return { asked, facts: await lookUpGithub(fake, wanted, { attestations: 'true', deployments: 'true' }) };
  };
}

async function openWorkflows(): Promise<Service> {
  const fake = await startGraphql();
  started.push(fake);
  const steps = [{ uses: './.github/actions/build-image' }];
  fake.commit('acme/payments', COMMIT, {
    '.github/workflows/deploy.yml': JSON.stringify({ on: 'push', jobs: { build: { 'runs-on': 'ubuntu-24.04', steps } } }),
    '.github/actions/build-image/action.yml': JSON.stringify({
      runs: { using: 'composite', steps: [{ run: 'docker build .', shell: 'sh' }] },
    }),
    Dockerfile: 'FROM node:24\n',
  });
  return async (failing) => {
    const { asked, faultOf } = counted(failing);
    fake.reply((query) => faultOf(query.slice(0, 80)));
    const config = workflows.config.parse({ repositories: ['acme/*'], apiUrl: fake.apiUrl, tokenEnv: 'TEA_TOKEN' });
    const wanted = { digests: [], tags: [], lines: [], commits: [{ repository: 'acme/payments', commit: COMMIT }] };
    const facts: Seen[] = [];
    for await (const fact of workflows.observe(config, wanted, openEdge({ secrets: { TEA_TOKEN: TOKEN } }))) facts.push(fact);
    return { asked, facts };
  };
}

async function openPackages(): Promise<Service> {
  const fake = await startPackages();
  started.push(fake);
  const digests = Array.from({ length: 120 }, (_, nth) => digestOf(`${nth}`));
  for (const [nth, digest] of digests.entries()) fake.push('acme/payments', digest, [`1.${nth}`]);
  return async (failing) => {
    const { asked, faultOf } = counted(failing);
    fake.reply(({ path: called, page }) => faultOf(`${called} ${page}`));
    const wanted = { tags: ['ghcr.io/acme/payments:1.0'], digests: { [digests[0] ?? '']: ['ghcr.io/acme/payments'] } };
    return { asked, facts: await lookUpPackages(fake, wanted) };
  };
}

async function openEcr(): Promise<Service> {
  const fake = await startEcr();
  started.push(fake);
  const image = fake.image('tea/shop');
  fake.tag('tea/shop', '1.4', image.digest);
  fake.settings('tea/shop', { imageTagMutability: 'IMMUTABLE' });
  const selection = { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 9 };
  fake.lifecycle('tea/shop', { rules: [{ rulePriority: 1, selection, action: { type: 'expire' } }] });
  return async (failing) => {
    const { asked, faultOf } = counted(failing);
    fake.reply(({ action }) => faultOf(action));
    const wanted = { digests: { [image.digest]: ['tea/shop'] }, tags: ['tea/shop:1.4'], arePulled: true };
    return { asked, facts: await lookUpEcr(fake, wanted, { referrers: 'true' }) };
  };
}

/** With what refers to images, and with what is kept on disk once it has been read. */
async function openOci(): Promise<Service> {
  const registry = await startRegistry();
  started.push(registry);
  const image = registry.image('tea/shop', undefined, '1.4');
  const moved = registry.image('tea/shop', configOf({ author: 'later' }), 'spring');
  const subject = [{ name: 'tea/shop', digest: { sha256: image.digest.slice('sha256:'.length) } }];
  const times = { startedOn: '2026-03-01T09:00:00Z', finishedOn: '2026-03-01T09:01:00Z' };
  const predicate = {
    buildDefinition: { buildType: 'tea', externalParameters: {} },
    runDetails: { builder: { id: 'tea' }, metadata: times },
  };
  const statement = JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', predicateType: SLSA, subject, predicate });
  const layers = [{ ...registry.put('tea/shop', statement, 'application/octet-stream'), mediaType: IN_TOTO }];
  const attached = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: image.config, layers, subject: { digest: image.digest } };
  const referrer = { ...registry.put('tea/shop', JSON.stringify(attached), OCI_MANIFEST), artifactType: IN_TOTO };
  const list = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [referrer] };
  return async (failing) => {
    const { asked, faultOf } = counted(failing);
    registry.reply(({ method, url = '' }, response) => {
      const fault = faultOf(`${method} ${url}`);
      if (fault) return sendJson(response, fault.status, fault.body);
      return url.includes('/referrers/') && sendJson(response, 200, url.includes(image.digest) ? list : { ...list, manifests: [] });
    });
    const wanted = { digests: { [image.digest]: ['tea/shop'] }, tags: ['tea/shop:1.4', 'tea/shop:spring'], arePulled: true };
    const cache = await mkdtemp(path.join(tmpdir(), 'selfsame-'));
    const facts = await lookUp(registry, wanted, { referrers: 'true', cache });
    const named = facts.flatMap((fact) => (fact.kind === 'tag' ? [fact.digest] : []));
    const held: readonly string[] = [image.digest, moved.digest];
    expect(named.filter((digest) => !held.includes(digest))).toEqual([]);
    return { asked, facts };
  };
}

/** What a registry may say with all right: that it has no referrers API, and that there is no such tag. */
function isAnAnswer(asked: string, { status }: Fault): boolean {
  return (asked.includes('/referrers/') && [400, 404].includes(status)) || (/manifests\/sha256-/.test(asked) && status === 404);
}

const textsOf = (facts: readonly Seen[]) => facts.map((fact) => JSON.stringify(fact)).toSorted();
const coverageOf = (facts: readonly Seen[]) => textsOf(facts.filter(({ kind }) => kind === 'coverage'));

describe.each<[string, () => Promise<Service>]>([
  ['GitHub’s API', openGithub],
  ['GitHub’s API of files', openWorkflows],
  ['GitHub’s packages', openPackages],
  ['ECR', openEcr],
  ['a registry', openOci],
])('B5.2 a fault of any one request to %s', (_, open) => {
  it.each(FAULTS)('by %s, is a gap that says what to do, or changes nothing', async (_name, by) => {
    const scan = await open();
    const whole = await scan();
    expect(whole.facts.filter(({ kind }) => kind === 'gap')).toEqual([]);
    expect(whole.asked.length).toBeGreaterThan(1);

    for (const [at, asked] of whole.asked.entries()) {
      if (isAnAnswer(asked, by)) continue;
      const { facts } = await scan({ at, by });

      const gaps = facts.filter((fact) => fact.kind === 'gap');
      const isSame = textsOf(facts).join('\n') === textsOf(whole.facts).join('\n');
      expect([asked, isSame || gaps.length > 0]).toEqual([asked, true]);
      expect([asked, gaps.filter(({ hint, locator }) => !hint || locator === '')]).toEqual([asked, []]);
      expect([asked, coverageOf(facts).filter((covered) => !coverageOf(whole.facts).includes(covered))]).toEqual([asked, []]);
    }
  });
});
