import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Scenario, scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { tellForeseen } from '../../src/cli/tell-foreseen.ts';
import { loadConfig } from '../../src/config/load.ts';
import { parseImageReference } from '../../src/domain/image-reference.ts';
import { DeclaredImage, type Observation } from '../../src/domain/observation.ts';
import type { Recording } from '../../src/domain/recording.ts';
import type { Candidate } from '../../src/explain/candidate.ts';
import { foresee } from '../../src/explain/foresee.ts';
import { readRecording } from '../../src/recording/read.ts';
import { loadAll } from '../../src/registry.ts';
import { readSketch } from '../../src/testing/observe.ts';

const rules = await loadAll('rules');
const A = readSketch('payments@A').digest!;
const API = 'production/payments-api';
const SLOT = 'production/test/default/Deployment/payments-api/app';
const tested = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .tested('payments@A', { gate: 'e2e' })
  .deployed('payments@A', 'staging/payments-api')
  .at('14:00');

type Written = Readonly<{
  image?: string;
  digest?: Candidate['digest'];
  starts?: object;
  place?: string;
  kind?: string;
  container?: string;
}>;

/** A container as a rendered manifest has it, with the digest that its tag names. */
function declared({ place = 'default/payments-api', ...written }: Written = {}): Candidate {
  const { image = `registry.test/payments@${A}`, digest, starts = {}, kind = 'Deployment', container = 'app' } = written;
  const [namespace = '', name = ''] = place.split('/');
  const reference = parseImageReference(image)!;
  const manifest = DeclaredImage.parse({
    kind: 'declared-image',
    at: '2026-03-02T14:05:00Z',
    origin: { source: 'check', locator: `shop.yaml#${kind}/${place}` },
    environment: 'production',
    workload: { cluster: 'production', namespace, kind, name },
    container,
    because: 'manifest',
    declared: reference,
    starts,
  });
  return { image: reference, digest: digest ?? reference.digest, environment: 'production', manifest };
}

function mayGo(candidates: readonly Candidate[], given: Scenario) {
  return foresee(candidates, given.recordings(), { plan: given.plan(), rules, version: '0.1.0' });
}

const idsOf = (findings: readonly Readonly<{ rule: string }>[]) => findings.map(({ rule }) => rule);

describe('what a manifest declares', () => {
  it('is judged by its own words, not by those that start what runs there now', () => {
    const [same, other] = [{}, { command: ['node', 'migrate.js'] }];
    const running = tested.deployed('payments@A', API);
    const overridden = tested.deployed('payments@A', API, { starts: { command: ['node', 'migrate.js'] } });

    expect(idsOf(mayGo([declared({ starts: other })], running).appear)).toEqual(['runtime-config-override']);
    expect(idsOf(mayGo([declared({ starts: same })], overridden).disappear)).toEqual(['runtime-config-override']);
    expect(idsOf(mayGo([declared({ starts: other })], overridden).remain)).toEqual(['runtime-config-override']);
  });

  it('is judged by the tag that it is declared by, which others see that pull it', () => {
    const byTag = declared({ image: 'registry.test/payments:1.4', digest: A });

    expect(idsOf(mayGo([byTag], tested.deployed('payments@A', API)).appear)).toContain('tag-without-digest');
    expect(idsOf(mayGo([declared()], tested.deployed('payments:1.4@A', API)).appear)).toEqual([]);
  });

  it('takes the debug container of its workload away, where it changes it', () => {
    const debugged = tested
      .deployed('payments@A', API)
      .deployed('busybox@Q', API, { container: 'debugger', role: 'ephemeral', beside: true });

    const changed = mayGo([declared({ starts: { args: ['--port=8080'] } })], debugged);

    expect(idsOf(changed.disappear)).toEqual(['ephemeral-debug-container']);
    expect(mayGo([declared()], debugged)).toMatchObject({ remain: [{ rule: 'ephemeral-debug-container' }], disappear: [] });
  });

  it('goes where the manifest says, and not to all that run its line', () => {
    const two = tested.deployed('payments@A', API).deployed('payments@A', 'production/payments-worker');

    expect(mayGo([declared()], two).rows.map(({ where }) => where)).toEqual([SLOT]);
  });

  it('is added where nothing of that name runs yet, in the cluster that the environment has', () => {
    const added = declared({ place: 'shop/payments-batch', kind: 'CronJob' });

    const { rows, exitCode } = mayGo([added], tested.deployed('payments@A', API));

    expect(rows).toMatchObject([{ where: 'production/test/shop/CronJob/payments-batch/app', added: true, standing: { is: 'selfsame' } }]);
    expect(exitCode).toBe(0);
  });

  it('goes to the namespace where it runs, if the manifest names none', () => {
    const elsewhere = tested.deployed('payments@A', API, { namespace: 'shop' });

    expect(mayGo([declared()], elsewhere).rows.map(({ where }) => where)).toEqual([SLOT.replace('default', 'shop')]);
    expect(mayGo([declared({ place: 'till/payments-api' })], elsewhere).rows).toMatchObject([{ added: true }]);
  });

  it('is refused where two would go to one place', () => {
    const elsewhere = tested.deployed('payments@A', API, { namespace: 'shop' });

    expect(() => mayGo([declared(), declared({ place: 'shop/payments-api' })], elsewhere)).toThrow(
      `shop.yaml#Deployment/default/payments-api and shop.yaml#Deployment/shop/payments-api both go to`,
    );
  });

  it('replaces what the manifests of the night said there', () => {
    const built = tested.built('payments@B', { run: '57', commit: 'decaf0' }).tested('payments@B', { gate: 'e2e' });
    const given = built.deployed('payments@B', 'staging/payments-api').deployed('payments@A', API);
    const night = { ...given, recordings: () => given.recordings().map(saying(declared().manifest!)) };
    const B = readSketch('payments@B').digest!;

    const { appear, exitCode } = mayGo([declared({ image: `registry.test/payments@${B}` })], night);

    expect([exitCode, idsOf(appear)]).toEqual([0, []]);
  });

  it('is one image with several places where several containers run it', () => {
    const both = [declared(), declared({ place: 'default/payments-worker' })];

    const foreseen = mayGo(both, tested.deployed('payments@A', API));

    expect(foreseen.images).toMatchObject([{ verdict: 'may-go', where: { length: 2 } }]);
    expect(tellForeseen(foreseen, { width: 200 }).match(/digest: /g)).toHaveLength(1);
  });

  it('is listed though nothing says what its tag names, where others build it', () => {
    const given = scenario({ ours: ['registry.test/*'] })
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' });
    const proxy = declared({ image: 'docker.io/library/envoy:1', container: 'proxy' });

    const foreseen = mayGo([proxy], given.deployed('payments@A', 'staging/payments-api').deployed('payments@A', API));

    expect(foreseen).toMatchObject({ exitCode: 0, rows: [{ standing: { is: 'vendor' } }] });
    expect(tellForeseen(foreseen, { width: 200 })).toMatch(
      /^may go: docker\.io\/library\/envoy:1 \(nothing says what it names\) to production\n/,
    );
  });

  it('pins no name that two of its containers take by two digests', () => {
    const built = tested.built('payments@B', { run: '57', commit: 'decaf0' }).tested('payments@B', { gate: 'e2e' });
    const B = readSketch('payments@B').digest!;
    const both = [declared(), declared({ image: `registry.test/payments@${B}`, place: 'default/payments-worker' })];

    const foreseen = mayGo(both, built.deployed('payments@B', 'staging/payments-worker').deployed('payments@A', API));

    expect(tellForeseen(foreseen, { width: 200 })).not.toContain('kustomize');
  });
});

const ESTATES = fileURLToPath(new URL('../../fixtures/estates', import.meta.url));

describe('manifests that declare what runs already', () => {
  it.each(readdirSync(ESTATES))('make nothing appear or disappear: %s', async (estate) => {
    const { plan, recordings } = await openEstate(estate);

    const foreseen = inProduction(recordings).map((candidate) => foresee([candidate], recordings, { plan, rules, version: '0.1.0' }));

    expect(foreseen.flatMap(({ appear, disappear }) => idsOf([...appear, ...disappear]))).toEqual([]);
  });

  it.each(readdirSync(ESTATES))('make nothing else appear or disappear where they start it otherwise: %s', async (estate) => {
    const { plan, recordings } = await openEstate(estate);
    const starts = { command: ['node', 'migrate.js'], args: [] };
    const otherwise = inProduction(recordings).map((one) => ({ ...one, manifest: { ...one.manifest!, starts } }));

    const foreseen = otherwise.map((candidate) => foresee([candidate], recordings, { plan, rules, version: '0.1.0' }));

    const others = foreseen.flatMap(({ appear, disappear }) => idsOf([...appear, ...disappear]));
    expect(others.filter((rule) => rule !== 'runtime-config-override')).toEqual([]);
  });
});

async function openEstate(estate: string) {
  const { plan } = await loadConfig(path.join(ESTATES, estate, 'selfsame.yaml'), rules);
  const folders = readdirSync(path.join(ESTATES, estate)).filter((name) => !name.includes('.'));
  return { plan, recordings: await Promise.all(folders.map((folder) => readRecording(path.join(ESTATES, estate, folder)))) };
}

/** What runs in production by the newest recording, as the manifest of its slot would have it; a slot that runs two digests has none. */
function inProduction(recordings: readonly Recording[]): readonly Candidate[] {
  const newest = recordings.toSorted((a, b) => (a.takenAt.to < b.takenAt.to ? -1 : 1)).at(-1);
  const running = (newest?.observations ?? []).filter((one) => one.kind === 'running-image');
  const slotOf = ({ environment, workload: { namespace, kind, name }, container }: (typeof running)[number]) =>
    [environment, namespace, kind, name, container].join('/');
  return running.flatMap(({ environment, workload, container, role, declared: { spec }, starts, digest, injected, ...image }) => {
    const place = slotOf({ environment, workload, container, role, declared: { spec }, starts, digest, injected, ...image });
    const isAlone = running.filter((one) => slotOf(one) === place).length === 1;
    if (environment !== 'production' || injected || role === 'ephemeral' || !isAlone) return [];
    const { at, origin, labels } = image;
    const manifest = { kind: 'declared-image' as const, at, origin, environment, workload, container, role, labels };
    const declaring = { ...manifest, because: 'manifest' as const, declared: spec, ...(starts ? { starts } : {}) };
    return [{ image: spec, digest: digest ?? spec.digest, environment, manifest: declaring }];
  });
}

function saying(manifest: Observation): (recording: Recording) => Recording {
  return (recording) => ({ ...recording, observations: [...recording.observations, manifest] });
}
