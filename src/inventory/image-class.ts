import { matches } from '../domain/glob.ts';
import type { ImageReference } from '../domain/image-reference.ts';
import { rememberPair } from '../domain/order.ts';
import type { Plan } from '../domain/plan.ts';

/** Registries and namespaces whose images are built by vendors; longest match wins over nothing, never over the configuration. */
export const SHIPPED_THIRD_PARTY: readonly string[] = [
  'docker.io/library/*',
  'docker.io/bitnami/*',
  'docker.io/grafana/*',
  'docker.io/istio/*',
  'docker.io/envoyproxy/*',
  'registry.k8s.io/*',
  'public.ecr.aws/*',
  'mcr.microsoft.com/*',
  'gke.gcr.io/*',
  'quay.io/prometheus/*',
  'quay.io/jetstack/*',
  'quay.io/argoproj/*',
];

/** An image's line: registry/repository, after the mirrors of the plan are written back (longest prefix first). */
export function lineOf({ registry, repository }: Pick<ImageReference, 'registry' | 'repository'>, { mirrors }: Plan): string {
  const name = `${registry}/${repository}`;
  const prefixes = Object.keys(mirrors).filter((prefix) => name === prefix || name.startsWith(`${prefix}/`));
  const longest = prefixes.toSorted((a, b) => b.length - a.length)[0];
  return longest === undefined ? name : `${mirrors[longest]}${name.slice(longest.length)}`;
}

/** Whether a line is built by us or by somebody else: by name alone. */
export function classOf(line: string, plan: Plan): ImageClass {
  return classesIn(plan, line);
}

type ImageClass = 'ours' | 'third-party';

const classesIn = rememberPair((plan: Plan, line: string) => classIn(line, plan));

function classIn(line: string, { ours, thirdParty }: Plan): ImageClass {
  const longest = (globs: readonly string[]) => Math.max(-1, ...globs.filter((glob) => matches(glob, line)).map((glob) => glob.length));
  const [us, them] = [longest(ours), longest(thirdParty)];
  if (us >= 0 || them >= 0) return them > us ? 'third-party' : 'ours';
  return longest(SHIPPED_THIRD_PARTY) >= 0 ? 'third-party' : 'ours';
}
