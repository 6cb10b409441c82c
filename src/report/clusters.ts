import type { Cluster } from '../domain/cluster.ts';
import { byText, groupBy } from '../domain/order.ts';
import type { Recording } from '../domain/recording.ts';
import type { Report } from '../domain/report.ts';
import { tellSkew } from './tell-skew.ts';

type Line = Report['clusters'][number];

/** Every cluster as the newest recording that read it has it; one that several contexts reach is told once. */
export function clustersOf(recordings: readonly Recording[]): Line[] {
  const newest = new Map<string, Cluster>();
  for (const { observations } of recordings)
    for (const seen of observations) if (seen.kind === 'cluster') newest.set(`${seen.cluster} ${seen.origin.source}`, seen);
  const known = [...newest].toSorted(([a], [b]) => byText(a, b)).map(([, seen]) => seen);
  // Without its uid a cluster is known by its name alone.
  return [...groupBy(known, ({ uid, cluster }) => uid ?? `named ${cluster}`).values()].flatMap(toLine);
}

function toLine([first, ...others]: readonly Cluster[]): Line[] {
  if (!first) return [];
  const all = [first, ...others];
  const { cluster, uid, version, skewMs } = first;
  const through = [...new Set(all.flatMap((one) => one.through))].toSorted(byText);
  const requests = all.some((one) => one.requests !== undefined) ? all.reduce((sum, one) => sum + (one.requests ?? 0), 0) : undefined;
  return [
    {
      cluster,
      also: [...new Set(others.map((one) => one.cluster))].filter((name) => name !== cluster).toSorted(byText),
      ...(uid ? { uid } : {}),
      ...(version ? { version } : {}),
      pods: Math.max(...all.map(({ pods }) => pods)),
      ...(requests === undefined ? {} : { requests }),
      denied: [...new Set(all.flatMap(({ denied }) => denied))].toSorted(byText),
      ...(skewMs === undefined ? {} : { skewMs }),
      ...(through.length === 0 ? {} : { through }),
    },
  ];
}

/** One line for each cluster: its version, what was read of it, what may not be read, and how its clock stands. */
export function tellClusters({ clusters }: Report): string[] {
  return clusters.map(({ cluster, also, version, pods, requests, denied, skewMs, through = [] }) =>
    [
      `cluster ${[cluster, ...also].join(' = ')}: ${version ?? 'version unknown'}`,
      `${pods} pod${pods === 1 ? '' : 's'}`,
      ...(requests === undefined ? [] : [`${requests} request${requests === 1 ? '' : 's'}`]),
      ...(denied.length > 0 ? [`denied: ${denied.join(', ')}`] : []),
      ...tellSkew(skewMs),
      ...(through.length > 0 ? [`through: ${through.join(', ')}`] : []),
    ].join(', '),
  );
}
