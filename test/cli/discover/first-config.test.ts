import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { environmentsOf, type Found, firstConfig } from '../../../src/cli/discover/first-config.ts';
import type { Cluster } from '../../../src/cli/discover/read-clusters.ts';
import { loadSources } from '../../../src/cli/gather.ts';
import { loadConfig } from '../../../src/config/load.ts';

const file = path.join(mkdtempSync(path.join(tmpdir(), 'selfsame-first-')), 'selfsame.yaml');
const schema = JSON.parse(readFileSync(new URL('../../../schemas/config.schema.json', import.meta.url), 'utf8'));
const isValid = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);

const NOTHING: Found = { clusters: [], registries: [], jobs: [], teams: [], allowed: {}, schema: './schemas/config.schema.json' };

function cluster(
  name: string,
  { namespaces = [], trouble }: { namespaces?: readonly string[]; trouble?: string } = {},
): Found['clusters'][number] {
  const context = { name, namespace: undefined, server: `https://${name}.test`, isCurrent: false };
  const read: Cluster = { context, namespaces, ours: new Map(), thirdParty: new Map(), labels: new Map(), ...(trouble ? { trouble } : {}) };
  return { cluster: read, contexts: [context] };
}

async function loaded(found: Found) {
  writeFileSync(file, firstConfig(found));
  const { plan, sources } = await loadConfig(file, []);
  await loadSources(file, sources);
  return { promotion: plan.promotion.flat(), sources };
}

describe('a first configuration', () => {
  it('of nothing at all is read, and says what to fill in', async () => {
    const { promotion, sources } = await loaded(NOTHING);

    expect({ promotion, sources }).toEqual({ promotion: ['staging', 'production'], sources: [] });
    expect(firstConfig(NOTHING).split('FILL IN')).toHaveLength(4);
  });

  it('has the environments that were found in the order of the path, each cluster once', async () => {
    const found = { ...NOTHING, clusters: [cluster('harbour-prd'), cluster('harbour', { namespaces: ['shop-dev', 'shop-stg'] })] };

    const { promotion, sources } = await loaded(found);

    expect(promotion).toEqual(['development', 'staging', 'production']);
    expect(sources).toEqual([
      { use: 'kubernetes', name: 'harbour-prd', context: 'harbour-prd', environment: 'production' },
      { use: 'kubernetes', name: 'harbour', context: 'harbour', environments: { development: ['*-dev'], staging: ['*-stg'] } },
    ]);
  });

  it('leaves a cluster out that no name places, and keeps its lines to be completed', async () => {
    const found = { ...NOTHING, clusters: [cluster('harbour', { namespaces: ['shop'] })] };

    await expect(loaded(found)).resolves.toMatchObject({ sources: [] });
    expect(firstConfig(found)).toContain('# - use: kubernetes\n  #   name: harbour\n  #   context: harbour\n');
  });

  it('says why a cluster was not read', () => {
    const told = firstConfig({ ...NOTHING, clusters: [cluster('harbour-prd', { trouble: 'forbidden. Let the role list pods' })] });

    expect(told).toContain('# Not read, or not whole: forbidden. Let the role list pods\n');
  });

  it('asks GitHub where workflows of a repository there push or check something, and nowhere else', async () => {
    const jobs = [{ file: '.github/workflows/ci.yml', job: 'e2e', does: 'checks' as const }];

    const { sources } = await loaded({ ...NOTHING, jobs, repository: 'acme/payments' });

    expect(sources).toEqual([
      { use: 'github-actions', repositories: ['acme/payments'] },
      { use: 'github-workflows', repositories: ['acme/payments'] },
    ]);
    await expect(loaded({ ...NOTHING, repository: 'acme/payments' })).resolves.toMatchObject({ sources: [] });
  });

  it('reads workflows here where it is not known whose repository it is', async () => {
    const jobs = [{ file: '.github/workflows/ci.yml', job: 'image', does: 'pushes' as const }];

    const { sources } = await loaded({ ...NOTHING, jobs });

    expect(sources).toEqual([{ use: 'github-workflows', path: '.' }]);
  });

  it('calls clusters by the end of their ARN, and no two alike', async () => {
    const arns = ['eu-west-1', 'us-east-1'].map((region) => `arn:aws:eks:${region}:123456789012:cluster/prod`);

    const { sources } = await loaded({ ...NOTHING, clusters: arns.map((arn) => cluster(arn)) });

    expect(sources.map(({ name, context }) => [name, context])).toEqual([
      ['prod', arns[0]],
      [arns[1], arns[1]],
    ]);
  });

  it('proposes teams in comments, which are read once their signs are gone', async () => {
    const teams: Found['teams'] = [
      { name: 'payments', labels: { 'app.kubernetes.io/part-of': 'true' }, images: ['ghcr.io/acme/payments'], contact: '@acme/payments' },
      { name: '@quay', where: ['file:acme/payments/.github/workflows/ci.yml'] },
      { name: '# x\nfailOn: low', labels: { team: '"' } },
    ];
    const told = firstConfig({ ...NOTHING, teams });

    writeFileSync(file, told.replaceAll(/^# (teams:| {2}- name: | {4}(?:labels|images|where|contact): )/gm, '$1'));
    const { plan } = await loadConfig(file, []);

    expect(plan.teams).toEqual(teams.map((team) => ({ where: [], images: [], labels: {}, ...team })));
    expect(parse(told).teams).toBeUndefined();
    expect(firstConfig(NOTHING)).toContain('# teams: [{ name: team-payments, ');
  });

  it('is read as it stands, and pleases an editor, whatever people call their things', async () => {
    const names = fc.oneof(
      fc.constantFrom('shop-prd', 'prod', 'staging', 'true', '1e3', '# x', 'a: b', '"', '~', 'a\nb: c'),
      fc.string({ unit: 'binary', minLength: 1 }),
    );
    const clusters = fc
      .uniqueArray(names, { maxLength: 4 })
      .chain((contexts) =>
        fc
          .tuple(...contexts.map((name) => fc.tuple(fc.constant(name), fc.array(names, { maxLength: 4 }), names)))
          .map((all) => all.map(([name, namespaces, trouble]) => cluster(name, { namespaces, trouble }))),
      );
    const jobs = fc.array(fc.record({ file: names, job: names, does: fc.constantFrom('pushes' as const, 'checks' as const) }), {
      maxLength: 3,
    });

    await fc.assert(
      fc.asyncProperty(clusters, jobs, fc.array(names), async (some, found, owners) => {
        const teams = owners.map((name) => ({ name, labels: { team: name }, where: [`file:${name}`] }));
        const whole = { ...NOTHING, clusters: some, jobs: found, teams };

        const { sources: all } = await loaded(whole);
        const sources = all.filter(({ use }) => use === 'kubernetes');

        isValid(parse(firstConfig(whole)));
        expect(isValid.errors).toBeNull();
        expect(environmentsOf(whole).length > 0).toBe(sources.length > 0);
        expect(some.map(({ cluster: { context } }) => context.name)).toEqual(expect.arrayContaining(sources.map(({ context }) => context)));
      }),
      { numRuns: 300 },
    );
  });
});
