import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeRecorded } from '../../src/audit.ts';
import type { RunningImage } from '../../src/domain/observation.ts';
import type { Candidate } from '../../src/explain/candidate.ts';
import { foresee } from '../../src/explain/foresee.ts';
import { openWorld } from '../../src/inventory/open-world.ts';
import { sceneOf } from '../../src/inventory/scene.ts';
import { loadAll } from '../../src/registry.ts';
import { isCounted } from '../../src/report/findings.ts';
import { type Estate, estate } from '../inventory/random-estate.ts';

const rules = await loadAll('rules');

type Starts = RunningImage['starts'];

/** What runs downstream, as the manifest of its container would have it; a container that runs two digests has none. */
function declaredIn({ recordings, plan }: Estate): readonly Candidate[] {
  const downstream = plan.promotion.slice(1).flat();
  const running = sceneOf(openWorld(recordings, plan)).map(({ image }) => image);
  const placeOf = ({ environment, workload: { namespace, kind, name }, container }: RunningImage) =>
    [environment, namespace, kind, name, container].join('/');
  const alone = running.filter((image) => running.filter((other) => placeOf(other) === placeOf(image)).length === 1);
  return alone.flatMap((image) => {
    const { environment, workload, container, role, declared, digest = declared.spec.digest, injected, starts, labels, at, origin } = image;
    const isThere = downstream.includes(environment) && image.phase === 'running' && image.rollout === 'settled';
    if (!isThere || injected || role === 'ephemeral' || !digest) return [];
    const written = { kind: 'declared-image' as const, at, origin, environment, workload, container, role, labels };
    const manifest = { ...written, because: 'manifest' as const, declared: declared.spec, ...(starts ? { starts } : {}) };
    return [{ image: declared.spec, digest, environment, manifest }];
  });
}

function startedBy({ manifest, ...candidate }: Candidate, starts: Starts): Candidate {
  return manifest ? { ...candidate, manifest: { ...manifest, ...(starts ? { starts } : {}) } } : candidate;
}

function everyCheck(law: (candidate: Candidate, check: (asked: Candidate) => ReturnType<typeof foresee>, given: Estate) => void): void {
  let checks = 0;
  const ofEstate = (given: Estate) => {
    const { recordings, plan } = given;
    for (const candidate of declaredIn(given)) {
      checks += 1;
      law(candidate, (asked) => foresee([asked], recordings, { plan, rules, version: '0.1.0' }), given);
    }
  };
  fc.assert(fc.property(estate, ofEstate), { seed: 20260302, numRuns: 80 });
  expect(checks).toBeGreaterThan(40);
}

describe('of every estate, a manifest', { timeout: 60_000 }, () => {
  it('that declares what runs already makes nothing appear or disappear', () => {
    everyCheck((candidate, check) => {
      const { appear, disappear } = check(candidate);

      expect([...appear, ...disappear]).toEqual([]);
    });
  });

  it('that starts it otherwise changes what is told of that, and nothing else', () => {
    everyCheck((candidate, check) => {
      const { appear, disappear } = check(startedBy(candidate, { command: ['node', 'migrate.js'], args: [] }));

      expect([...appear, ...disappear].map(({ rule }) => rule).filter((rule) => rule !== 'runtime-config-override')).toEqual([]);
    });
  });

  it('that declares what the night accuses must not go', () => {
    const letGo: string[] = [];

    everyCheck((candidate, check, { recordings, plan }) => {
      const night = judgeRecorded(recordings, plan, rules, '0.1.0');
      const { exitCode, images } = check(candidate);
      const where = images.flatMap((image) => image.where);
      const accused = night.findings.filter(
        (finding) =>
          isCounted(finding, plan.failOn) && finding.confidence !== 'low' && finding.where.some((place) => where.includes(place)),
      );
      if (exitCode !== 1) letGo.push(...accused.map(({ text }) => text));
    });

    expect(letGo).toEqual([]);
  });
});
