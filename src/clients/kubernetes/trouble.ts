import { z } from 'zod';
import type { GapReason } from '../../domain/statement.ts';

/** What could not be read, where, and what would help; without a namespace it concerns the whole cluster. */
export type Trouble = Readonly<{ kind: string; because: GapReason; locator: string; hint: string; namespace?: string | undefined }>;

/** Where something was asked for: the kind, in which version of its API, at which path and in which namespace of which server. */
export type Where = Readonly<{
  api: Readonly<{ address: string }>;
  resource: Readonly<{ kind: string; plural: string }>;
  version: string;
  path: string;
  namespace: string | undefined;
}>;

const Name = z.object({ metadata: z.object({ name: z.string(), namespace: z.string().optional() }) });

/** The path at which a kind of object is listed, in the whole cluster or in one namespace. */
export function pathOf(plural: string, version: string, namespace: string | undefined): string {
  const root = version === 'v1' ? '/api/v1' : `/apis/${version}`;
  return `${root}${namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`}/${plural}`;
}

/** The trouble of an answer that is a refusal, by its status; its hint says what to grant, to renew or to look at. */
export function refusal(query: Where, status: number): Trouble {
  switch (status) {
    case 401:
      return troubleIn(
        query,
        'unauthenticated',
        'The API server does not accept the credentials: renew them, then check with `kubectl auth whoami`.',
      );
    case 403:
      return troubleIn(query, 'forbidden', `Grant it to the scanner's role: ${ruleFor(query)}`);
    case 404:
      return troubleIn(query, 'not-found', 'Check `server:` in the kubeconfig: there is no Kubernetes API at this address.');
    case 429:
      return troubleIn(query, 'rate-limited', 'The API server is busy: scan again later.');
    default:
      return troubleIn(
        query,
        status >= 500 ? 'unreachable' : 'unsupported',
        `The API server answers ${status}: kubectl get --raw ${query.path}`,
      );
  }
}

function ruleFor({ resource, namespace, version }: Where): string {
  const group = version === 'v1' ? '' : version.slice(0, version.indexOf('/'));
  const where = namespace === undefined ? 'ClusterRole' : `Role in ${namespace}`;
  return `{ apiGroups: ["${group}"], resources: ["${resource.plural}"], verbs: ["get", "list"] } (${where})`;
}

/** The trouble of one object that could not be read, as far as it could be told which. */
export function unreadableItem(query: Where, item: unknown, why: string): Trouble {
  const { name, namespace = query.namespace } = Name.safeParse(item).data?.metadata ?? {};
  const place = name === undefined ? query.path : `${pathOf(query.resource.plural, query.version, namespace)}/${name}`;
  return {
    ...troubleIn(query, 'malformed', `Read it: kubectl get --raw ${place} (${why})`),
    locator: `${query.api.address}${place}`,
    namespace,
  };
}

/** A trouble with what was asked for. */
export function troubleIn({ api, resource, path, namespace }: Where, because: GapReason, hint: string): Trouble {
  return { kind: resource.kind, because, locator: `${api.address}${path}`, hint, namespace };
}
