import { z } from 'zod';

/** Any object of a manifest; how it is read further is told by its kind. */
export const ManifestObject = z.object({
  apiVersion: z.string().optional(),
  kind: z.string(),
  metadata: z.object({ name: z.string().optional(), generateName: z.string().optional(), namespace: z.string().optional() }).prefault({}),
  spec: z.unknown().optional(),
  items: z.array(z.unknown()).optional(),
});
export type ManifestObject = z.infer<typeof ManifestObject>;

const Templated = z.object({ template: z.object({ spec: z.unknown() }) });
const Scheduled = z.object({ jobTemplate: z.object({ spec: Templated }) });
const WithContainers = z.looseObject({ containers: z.array(z.unknown()) });
const Referring = z.object({ workloadRef: z.object({}) });

const WORKLOADS: ReadonlySet<string> = new Set(
  'Pod ReplicationController Deployment StatefulSet DaemonSet ReplicaSet Job CronJob DeploymentConfig Rollout'.split(' '),
);
// Volcano has a Job, and OpenKruise a Rollout, that are something else.
const GROUPS = /^(?:v1$|(?:apps|batch|extensions|argoproj\.io|apps\.openshift\.io)\/)/;

/** The spec of the pods that an object starts, empty where a workload has none; undefined where it is no workload. */
export function podSpecIn(object: ManifestObject): unknown {
  const { kind, spec } = object;
  if (kind === 'Pod' && isWorkload(object)) return spec ?? {};
  const found = (Scheduled.safeParse(spec).data?.jobTemplate.spec ?? Templated.safeParse(spec).data)?.template.spec;
  if (isWorkload(object)) return found ?? {};
  return WithContainers.safeParse(found).success ? found : undefined;
}

/** A Rollout may start the template of another workload, which has an object of its own. */
function isWorkload({ apiVersion = 'v1', kind, spec }: ManifestObject): boolean {
  const isElsewhere = kind === 'Rollout' && Referring.safeParse(spec).success;
  return WORKLOADS.has(kind) && GROUPS.test(apiVersion) && !isElsewhere;
}
