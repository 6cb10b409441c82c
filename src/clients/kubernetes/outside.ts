import type { Seen } from '../../collect/define-source.ts';
import { formatImageReference, parseImageReference } from '../../domain/image-reference.ts';
import { byText, groupBy } from '../../domain/order.ts';
import type { ClusterState } from './read-cluster.ts';
import type { Mapping } from './running.ts';

/** The namespaces that run something and are in no environment, each with the references that run there. */
export function* outsideNamespaces({ cohorts }: ClusterState, { address, cluster, environmentOf }: Mapping): Iterable<Seen> {
  const outside = cohorts.filter(({ look }) => environmentOf(look.namespace) === undefined);
  const byNamespace = groupBy(outside, ({ look }) => look.namespace);
  for (const namespace of [...byNamespace.keys()].toSorted(byText)) {
    const locator = `${address}/api/v1/namespaces/${namespace}/pods`;
    const references = new Set((byNamespace.get(namespace) ?? []).flatMap(({ look }) => look.instances.map(({ image }) => image)));
    const images = new Map<string, NonNullable<ReturnType<typeof parseImageReference>>>();
    for (const reference of [...references].toSorted(byText)) {
      const image = parseImageReference(reference);
      const hint = `Correct it: ${JSON.stringify(reference)} is no image reference.`;
      if (image) images.set(formatImageReference(image), image);
      else yield { kind: 'gap', of: 'running-image', scope: { cluster, namespace }, because: 'malformed', locator, hint };
    }
    yield { kind: 'outside-namespace', cluster, namespace, images: [...images.values()], locator };
  }
}
