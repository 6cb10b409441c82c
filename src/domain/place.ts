import type { RunningImage, Workload } from './observation.ts';

/** `environment/cluster/namespace/Kind/name/container`: the key of a slot everywhere (fingerprints, waivers, reports). */
export function slotKey({ environment, workload, container }: Pick<RunningImage, 'environment' | 'workload' | 'container'>): string {
  return `${environment}/${workload.cluster}/${formatWorkload(workload)}/${container}`;
}

/** `namespace/Kind/name`, as people look a workload up. */
export function formatWorkload({ namespace, kind, name }: Workload): string {
  return `${namespace}/${kind}/${name}`;
}
