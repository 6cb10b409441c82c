import { afterEach, describe, expect, it } from 'vitest';
import { openLimits } from '../../src/collect/limits.ts';
import { auditOf, BY_SUFFIX, clusterAt } from '../fakes/audit.ts';
import { by, DIGEST, NODES, node, PODS, pod, TOKEN } from '../fakes/cluster.ts';
import { openEdge } from '../fakes/edge.ts';
import { type FakeKubernetes, type Fault, startKubernetes } from '../fakes/kubernetes.ts';

const CLUSTERS = 50;
const DEAD = 'harbour-17';

const started: FakeKubernetes[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
});

/** An edge that paces as the program does. */
function openPaced() {
  const [turns, limit] = [openLimits(16), openLimits(8)];
  return { ...openEdge({ timeoutMs: 2000 }), limit, inTurn: <T>(job: () => Promise<T>) => turns('', job) };
}

/** A fleet of clusters, each with one workload in production, the first in staging too; what a fault says is said by one of them alone. */
async function startFleet(fault: Fault) {
  const names = Array.from({ length: CLUSTERS }, (_, nth) => `harbour-${String(nth).padStart(2, '0')}`);
  const image = `registry.example/payments@${DIGEST}`;
  const pods = ['stg', 'prd'].map((rank) =>
    pod(`shop-${rank}/payments-0`, { image, metadata: by('StatefulSet', `shop-${rank}/payments`) }),
  );
  return Promise.all(
    names.map(async (name, nth) => {
      // Each has a uid of its own: one uid would be one cluster.
      const itself = (asked: string) =>
        asked.endsWith('/kube-system') ? { status: 200, body: { metadata: { name: 'kube-system', uid: `u-${nth}` } } } : undefined;
      const own: Fault = (asked) => (name === DEAD ? fault(asked) : undefined) ?? itself(asked.path);
      const server = await startKubernetes({ [PODS]: pods, [NODES]: [node('quay-1')] }, { token: TOKEN, fault: own });
      started.push(server);
      return clusterAt(server.url, name, { environments: nth === 0 ? BY_SUFFIX : { production: ['*-prd'] } });
    }),
  );
}

describe('fifty clusters', () => {
  it.each<[string, Fault, string]>([
    ['that is cut off', () => 'cut', 'unreachable'],
    ['that never answers', () => 'hang', 'unreachable'],
    ['that does not know us', () => ({ status: 401, body: '' }), 'unauthenticated'],
    ['that is stopped while it is read', ({ nth }) => (nth > 3 ? 'cut' : undefined), 'unreachable'],
  ])('with one %s leave forty-nine reported and one named', async (_, fault, because) => {
    const fleet = await startFleet(fault);

    const report = await auditOf(fleet, openPaced());

    const whole = new Set(report.rows.map(({ where }) => where.split('/')[1]).filter((cluster) => cluster !== DEAD));
    expect(whole.size).toBe(CLUSTERS - 1);
    expect(new Set(report.gaps.map((gap) => `${gap.because} in ${gap.scope.cluster}`))).toEqual(new Set([`${because} in ${DEAD}`]));
    expect(report.exitCode).toBe(3);
  });
});

describe('fifty clusters with one that never answers', () => {
  it('have it named as the one that is waited for', async () => {
    const fleet = await startFleet(() => 'hang');
    const steps: string[] = [];

    await auditOf(fleet, { ...openPaced(), progress: (step) => void steps.push(step) });

    expect(steps).toContain('waiting for 1 of 50: harbour-17 (pods)');
  });
});

describe('a scan of which every cluster fails', () => {
  it('checked nothing, and says so', async () => {
    const servers = [await startKubernetes({}, { fault: () => 'cut' }), await startKubernetes({}, { fault: () => 'cut' })];
    started.push(...servers);

    const report = await auditOf(await Promise.all(servers.map(({ url }, nth) => clusterAt(url, `quay-${nth}`))));

    expect([report.exitCode, report.rows]).toEqual([3, []]);
    expect(report.because.join('\n')).toContain('nothing of yours was judged');
  });
});
