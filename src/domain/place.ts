import { matches } from './glob.ts';
import type { RunningImage, Workload } from './observation.ts';

type Placed = Pick<RunningImage, 'environment' | 'workload' | 'container'>;

/**
 * `environment/cluster/namespace/Kind/name/container`: the key of a slot everywhere (fingerprints, waivers, reports).
 * A container that something injected is one slot per environment, container name and image line (SEMANTICS 9).
 */
export function slotKey({ environment, workload, container }: Placed): string {
  return [environment, workload.cluster, workload.namespace, workload.kind, workload.name, container].map(asSegment).join('/');
}

/** A context may be an ARN: a slash in a name would end its segment. */
function asSegment(name: string): string {
  return name.replaceAll('/', ':');
}

/** The workload that stands for all into which one container was injected. */
export function injectedInto(line: string): Workload {
  return { cluster: '*', namespace: '*', kind: 'Injected', name: line.replaceAll('/', ':') };
}

const SHORT = [0, 4];
const PRINTED = [0, 2, 4, 5];
const WITHOUT_CLUSTER = [0, 2, 3, 4, 5];
const WHOLE = [0, 1, 2, 3, 4, 5];

/** The segments of a slot's key that a pattern speaks of: `environment/name`, a place as reports print it, all, or all but the cluster. */
export function segmentsOf(pattern: string): readonly number[] | undefined {
  return [SHORT, PRINTED, WITHOUT_CLUSTER, WHOLE].find(({ length }) => length === pattern.split('/').length);
}

const IN_FILE = 'file:';

/** `file:repository/path`, with `#job` where it is one job of a workflow: the key of what lies in a file of a repository. */
export function fileKey({ repository, path }: Readonly<{ repository: string; path: string }>, job?: string): string {
  const file = [repository, path].filter(Boolean).join('/');
  return `${IN_FILE}${file}${job === undefined ? '' : `#${job}`}`;
}

/** Whether a place lies in a file of a repository, not where something runs. */
export function isInFile(key: string): boolean {
  return key.startsWith(IN_FILE);
}

/** Whether a slot's key is in a pattern's places; `*` stands for any text within one segment. */
export function isPlacedIn(key: string, pattern: string): boolean {
  if (isInFile(key) || isInFile(pattern)) return isInFile(key) && isInFile(pattern) && matches(pattern, key);
  const parts = key.split('/');
  const globs = pattern.split('/');
  return segmentsOf(pattern)?.every((segment, at) => matches(globs[at] ?? '', parts[segment] ?? '')) ?? false;
}

/** `environment/namespace/name/container`, as people say it; the key itself stands beside it where it matters. */
export function formatPlace(key: string): string {
  if (isInFile(key)) return key.slice(IN_FILE.length);
  const [environment, , namespace, kind, name, container] = key.split('/');
  if (container === undefined) return key;
  return kind === 'Injected' ? `${environment}/${container} (injected)` : [environment, namespace, name, container].join('/');
}
