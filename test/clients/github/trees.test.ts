import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Build } from '../../../src/clients/github/builds.ts';
import { sessionFor } from '../../../src/clients/github/session.ts';
import { withTrees } from '../../../src/clients/github/trees.ts';
import { sha256 } from '../../../src/domain/identify.ts';
import { openEdge } from '../../fakes/edge.ts';
import { type FakeGithub, startGithub, TOKEN } from '../../fakes/github.ts';
import { digestOf } from '../../fakes/registry.ts';

let fake: FakeGithub;
beforeEach(async () => {
  fake = await startGithub();
});
afterEach(() => fake.stop());

const oid = (name: string) => sha256(name).slice(0, 40);

function build(nth: number): Build {
  const repository = `acme/service-${nth % 50}`;
  fake.tree(repository, oid(`commit ${nth}`), oid(`tree ${nth}`));
  const outputs = [{ digest: digestOf(`image ${nth}`), image: { registry: 'ghcr.io', repository }, role: 'unknown' as const }];
  return { kind: 'build', locator: `build ${nth}`, source: { repository, commit: oid(`commit ${nth}`) }, outputs, trust: 'recorded' };
}

it('a thousand builds of fifty repositories take four requests for their trees, and none once they are known', async () => {
  const settings = { apiUrl: fake.apiUrl, tokenEnv: 'TEA_TOKEN', maxRequests: 4, reads: 'commits', scope: 'repositories' };
  const session = await sessionFor({}, settings, openEdge({ secrets: { TEA_TOKEN: TOKEN }, timeoutMs: 60_000 }));
  const builds = Array.from({ length: 1000 }, (_, nth) => build(nth));

  const told = await withTrees(session, builds, () => true);
  const again = await withTrees(session, builds, () => true);

  expect(told.map((fact) => fact.kind === 'build' && fact.source?.tree)).toEqual(builds.map((_, nth) => oid(`tree ${nth}`)));
  expect(again).toEqual(told);
  expect(fake.calls).toHaveLength(4);
});
