import { judgeRecorded, type Observation, Plan, parseImageReference } from 'selfsame';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { collect, type NamedSource } from '../../src/collect/collect.ts';
import type { Seen } from '../../src/collect/define-source.ts';
import { wantedFrom } from '../../src/inventory/wanted.ts';
import { loadAll } from '../../src/registry.ts';
import ecr from '../../src/sources/ecr.ts';
import ghcr from '../../src/sources/ghcr.ts';
import oci from '../../src/sources/oci.ts';
import { ECR_HOST, startEcr } from '../fakes/ecr.ts';
import { openEdge } from '../fakes/edge.ts';
import { startPackages, TOKEN } from '../fakes/github-packages.ts';
import {
  configOf,
  type Descriptor,
  digestOf,
  type FakeRegistry,
  OCI_CONFIG,
  OCI_MANIFEST,
  sendJson,
  startRegistry,
} from '../fakes/registry.ts';

const AT = '2026-03-01T12:00:00Z';
let registry: FakeRegistry;

beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.stop());

type Runs = Readonly<{ staging: string; production: string }>;

/** How something runs beside its image: what it reports where a tag declares it, and since when. */
type Told = Readonly<{ digest?: string; since?: string }>;

/** A cluster whose two environments run these images of the registry, as `repository@digest`, or by tag with what is told. */
function clusterOf(runs: Runs, told: Readonly<Partial<Record<keyof Runs, Told>>> = {}, host = registry.host): NamedSource {
  const running = (environment: keyof Runs): Seen => {
    const spec = parseImageReference(`${host}/${runs[environment]}`);
    const { digest = spec?.digest, since = AT } = told[environment] ?? {};
    if (!spec || !digest) throw new TypeError(`"${runs[environment]}" has no digest`);
    const workload = { cluster: 'harbour', namespace: 'shop', kind: 'Deployment', name: 'payments' };
    const how = { platform: 'linux/amd64', phase: 'running', digestRole: 'unknown', instances: 1, since } as const;
    const named = { declared: { spec }, reported: `${host}/${spec.repository}@${digest}`, digest };
    return { kind: 'running-image', environment, workload, container: 'app', ...named, ...how, locator: `pods of ${environment}` };
  };
  return {
    name: 'cluster',
    config: {},
    source: {
      id: 'cluster',
      title: 'A cluster',
      config: z.object({}),
      asks: [],
      expects: () => [{ of: 'running-image', scope: {} }],
      async *observe() {
        yield running('staging');
        yield running('production');
        yield { kind: 'coverage', of: 'running-image', scope: {}, locator: 'harbour' };
      },
    },
  };
}

/** The rules that find something, from the cluster and from what the registry answers over HTTP. */
async function foundIn(runs: Runs, rules: object = {}): Promise<readonly string[]> {
  return foundBy([clusterOf(runs)], rules);
}

async function foundBy(others: readonly NamedSource[], rules: object = {}): Promise<readonly string[]> {
  const plan = Plan.parse({ promotion: [['staging'], ['production']], rules });
  const config = oci.config.parse({ registry: registry.host, insecure: 'true', cache: 'off' });
  const seen: readonly Observation[] = await collect(
    [...others, { name: 'registry', source: oci, config }],
    (known) => wantedFrom(known, plan),
    openEdge({ now: AT, secrets: { TEA_TOKEN: TOKEN, AWS_ACCESS_KEY_ID: 'AKIATEATEATEATEATEA', AWS_SECRET_ACCESS_KEY: 'earl-grey-hot' } }),
  );
  const recording = { takenAt: { from: AT, to: AT }, digest: digestOf('night'), observations: seen };
  return judgeRecorded([recording], plan, await loadAll('rules'), '0.1.0').findings.map(({ rule }) => rule);
}

type Layered = Readonly<{ layers: readonly string[]; annotations?: Readonly<Record<string, string>> }>;

/** An image of named layers. */
function pushed(repository: string, { layers, annotations = {} }: Layered, tag?: string): Descriptor {
  const diffs = { rootfs: { type: 'layers', diff_ids: layers.map(digestOf) }, created: '2026-01-01T00:00:00Z' };
  const config = registry.put(repository, JSON.stringify(configOf(diffs)), OCI_CONFIG);
  const blobs = layers.map((layer) => ({
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    digest: digestOf(layer),
    size: layer.length,
  }));
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: blobs, annotations };
  return registry.put(repository, JSON.stringify(manifest), OCI_MANIFEST, tag);
}

describe('from what a registry answers over HTTP', () => {
  it('nothing is found where one digest was promoted and is held', async () => {
    const { digest } = registry.image('shop');

    expect(await foundIn({ staging: `shop@${digest}`, production: `shop@${digest}` })).toEqual([]);
  });

  it('one learns that the digest that production pulls is gone', async () => {
    const [kept, gone] = [registry.image('shop'), registry.image('shop', configOf({ author: 'ada' }))];
    registry.reply((request, response) =>
      request.url?.endsWith(gone.digest) ? sendJson(response, 404, { errors: [{ code: 'MANIFEST_UNKNOWN' }] }) : false,
    );

    expect(await foundIn({ staging: `shop@${kept.digest}`, production: `shop@${gone.digest}` })).toContain('image-gone');
  });

  it('one learns that an index outlived the image that production pulls by it', async () => {
    const [image, other] = [registry.image('shop'), registry.image('shop', configOf({ architecture: 'arm64' }))];
    const members = [image, other].map(({ mediaType, digest, size }, nth) => {
      return { mediaType, digest, size, platform: { os: 'linux', architecture: ['amd64', 'arm64'][nth] } };
    });
    const { digest } = registry.index('shop', members);
    const without = (gone: string) =>
      registry.reply((request, response) => {
        return request.url?.endsWith(gone) ? sendJson(response, 404, { errors: [{ code: 'MANIFEST_UNKNOWN' }] }) : false;
      });
    const runs = { staging: `shop@${digest}`, production: `shop@${digest}` };

    expect(await foundIn(runs)).toEqual([]);
    without(other.digest);
    expect(await foundIn(runs)).toEqual([]);
    without(image.digest);
    expect(await foundIn(runs)).toEqual(['image-gone']);
  });

  it('one learns from the packages of GitHub that a push landed between what two environments pulled', async () => {
    const [first, next] = [registry.image('acme/shop'), registry.image('acme/shop', configOf({ author: 'ada' }), 'main')];
    const packages = await startPackages();
    packages.push('acme/shop', first.digest);
    packages.push('acme/shop', next.digest, ['main']);
    const told = {
      staging: { digest: first.digest, since: '2026-03-01T09:00:00Z' },
      production: { digest: next.digest, since: '2026-03-01T11:00:00Z' },
    };
    const cluster = clusterOf({ staging: 'acme/shop:main', production: 'acme/shop:main' }, told);
    const config = ghcr.config.parse({ owner: 'acme', registry: registry.host, apiUrl: packages.apiUrl, tokenEnv: 'TEA_TOKEN' });

    expect(await foundBy([cluster])).not.toContain('race-window');
    expect(await foundBy([cluster, { name: 'packages', source: ghcr, config }])).toContain('race-window');
    await packages.stop();
  });

  it.each([
    [{ tagStatus: 'untagged' }, ['expires-soon']],
    [{ tagStatus: 'tagged', tagPrefixList: ['1.'] }, []],
  ])('one learns from ECR what it will delete by itself: %j', async (selected, found) => {
    const fake = await startEcr();
    const { digest } = fake.image('tea/shop');
    const selection = { ...selected, countType: 'sinceImagePushed', countUnit: 'days', countNumber: 7 };
    fake.lifecycle('tea/shop', { rules: [{ rulePriority: 1, selection, action: { type: 'expire' } }] });
    const cluster = clusterOf({ staging: `tea/shop@${digest}`, production: `tea/shop@${digest}` }, {}, ECR_HOST);
    const config = ecr.config.parse({ registry: ECR_HOST, endpoint: fake.endpoint, cache: 'off' });

    expect(await foundBy([cluster, { name: 'ecr', source: ecr, config }])).toEqual(found);
    await fake.stop();
  });

  it('one learns that an index was flattened on its way', async () => {
    const image = registry.image('shop');
    registry.image('prod/shop');
    const index = registry.index('shop', [{ ...image, config: undefined, platform: { os: 'linux', architecture: 'amd64' } }]);

    expect(await foundIn({ staging: `shop@${index.digest}`, production: `prod/shop@${image.digest}` })).toEqual([
      'promotion-changed-digest',
    ]);
  });

  it('one learns that what hung on the digest stayed behind', async () => {
    const { digest } = registry.image('shop');
    registry.image('prod/shop');
    const bundle = { mediaType: OCI_MANIFEST, digest: digestOf('bundle'), size: 6, artifactType: 'application/spdx+json' };
    registry.reply((request, response) => {
      const [, repository] = /^\/v2\/(.+)\/referrers\//.exec(request.url ?? '') ?? [];
      return repository !== undefined && sendJson(response, 200, { schemaVersion: 2, manifests: repository === 'shop' ? [bundle] : [] });
    });

    expect(await foundIn({ staging: `shop@${digest}`, production: `prod/shop@${digest}` })).toEqual(['evidence-lost-in-promotion']);
  });

  describe('with bases that are judged', () => {
    const allow = (...globs: readonly string[]) => ({ 'base-not-allowed': { options: { allowed: globs } } });
    const within = (days: string) => ({ 'base-outdated': { options: { days } } });

    /** Production runs what was built on `bases/node:24`, as its annotations say. */
    function onBase(): Runs {
      const base = pushed('bases/node', { layers: ['libc'] }, '24');
      const name = 'org.opencontainers.image.base.name';
      const annotations = { [name]: `${registry.host}/bases/node:24`, 'org.opencontainers.image.base.digest': base.digest };
      const { digest } = pushed('shop', { layers: ['libc', 'payments'], annotations });
      return { staging: `shop@${digest}`, production: `shop@${digest}` };
    }

    it('a base is allowed by its repository, where that holds it', async () => {
      expect(await foundIn(onBase(), allow(`${registry.host}/bases/*`))).toEqual([]);
    });

    it('one learns that a base is none of the allowed ones', async () => {
      expect(await foundIn(onBase(), allow('gcr.io/distroless/*'))).toEqual(['base-not-allowed']);
    });

    it('a base that its tag still names is not outdated', async () => {
      expect(await foundIn(onBase(), within('30'))).toEqual([]);
    });

    it('one learns that the tag of the base moved long ago', async () => {
      const runs = onBase();
      pushed('bases/node', { layers: ['libc, patched'] }, '24');

      expect(await foundIn(runs, within('30'))).toEqual(['base-outdated']);
      expect(await foundIn(runs, within('90'))).toEqual([]);
    });
  });
});
