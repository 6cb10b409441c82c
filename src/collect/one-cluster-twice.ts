import type { Cluster } from '../domain/cluster.ts';
import type { Observation } from '../domain/observation.ts';
import { groupBy } from '../domain/order.ts';
import { AuditError } from '../error.ts';

/**
 * Refuses two sources that read one cluster into the same environment, or one of its namespaces into two: what runs there would be counted
 * twice. Which cluster it is, is told by its uid, whatever the contexts are called.
 */
export function refuseOneClusterTwice(observations: readonly Observation[]): void {
  const clusters = observations.filter((seen): seen is Cluster => seen.kind === 'cluster' && seen.uid !== undefined);
  for (const [uid, seen] of groupBy(clusters, (cluster) => cluster.uid ?? '')) {
    const sources = [...new Set(seen.map(({ origin }) => origin.source))];
    if (sources.length < 2) continue;
    refuseSharedEnvironment(uid, sources, observations);
    refuseSharedNamespace(uid, sources, observations);
  }
}

function refuseSharedEnvironment(uid: string, sources: readonly string[], observations: readonly Observation[]): void {
  const by = new Map<string, string>();
  for (const seen of observations) {
    if (seen.kind !== 'expected' || !sources.includes(seen.scope.source) || seen.scope.environment === undefined) continue;
    const { source, environment } = seen.scope;
    const other = by.get(environment) ?? source;
    by.set(environment, other);
    if (other !== source)
      throw new AuditError('CONFIG_INVALID', `sources "${other}" and "${source}" read one cluster (uid ${uid}) into ${environment}`, {
        hint: 'Leave one of them out, or let one read all environments of the cluster: `environments: { NAME: [NAMESPACE, …] }`.',
      });
  }
}

function refuseSharedNamespace(uid: string, sources: readonly string[], observations: readonly Observation[]): void {
  const by = new Map<string, string>();
  for (const seen of observations) {
    if ((seen.kind !== 'running-image' && seen.kind !== 'declared-image') || !sources.includes(seen.origin.source)) continue;
    const { environment, workload } = seen;
    const other = by.get(workload.namespace) ?? environment;
    by.set(workload.namespace, other);
    if (other !== environment)
      throw new AuditError(
        'CONFIG_INVALID',
        `namespace "${workload.namespace}" of one cluster (uid ${uid}) is in ${other} and in ${environment}`,
        {
          hint: `The sources ${sources.join(' and ')} both read it: change their namespaces so that it is in one environment.`,
        },
      );
  }
}
