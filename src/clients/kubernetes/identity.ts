import { AuditError } from '../../error.ts';
import type { Kubernetes } from '../kubernetes.ts';
import { Namespace, ServerVersion } from './objects.ts';
import { readObject, type Single } from './read-object.ts';
import type { Trouble } from './trouble.ts';

/** Which cluster it is: the uid of its namespace kube-system, and the version of its API server, where they may be read. */
export type Identity = Readonly<{ uid?: string | undefined; version?: string | undefined; troubles: readonly Trouble[] }>;

const KUBE_SYSTEM = '/api/v1/namespaces/kube-system';

/** Asks a cluster which it is; refuses it where it is another than the one that was configured. */
export async function readIdentity(api: Kubernetes, expected: string | undefined): Promise<Identity> {
  const [version, system] = await Promise.all([
    readObject(api, 'Version', '/version', ServerVersion),
    readObject(api, 'Namespace', KUBE_SYSTEM, Namespace),
  ]);
  const uid = system.read?.metadata.uid;
  refuseOther(api.address, uid, expected);
  const unproven = expected !== undefined && uid === undefined && !system.trouble ? [unprovenIn(api, system)] : [];
  const troubles = [version.trouble, system.trouble].filter((trouble) => trouble !== undefined);
  return { uid, version: version.read?.gitVersion, troubles: [...troubles, ...unproven] };
}

/** Refuses a cluster whose uid is known and is not the one that was configured. */
export function refuseOther(place: string, uid: string | undefined, expected: string | undefined): void {
  if (expected === undefined || uid === undefined || uid === expected) return;
  throw new AuditError('CONFIG_INVALID', `the cluster at ${place} has the uid ${uid}, not ${expected}`, {
    hint: 'Name the right cluster, or correct `clusterUid:` if it was made anew: kubectl get namespace kube-system -o jsonpath={.metadata.uid}',
  });
}

function unprovenIn({ address }: Kubernetes, { status }: Single<Namespace>): Trouble {
  const rule = '{ apiGroups: [""], resources: ["namespaces"], verbs: ["get"] } (ClusterRole)';
  const hint =
    status === 403
      ? `Whether it is the cluster of \`clusterUid\` cannot be told. Grant it to the scanner's role: ${rule}`
      : `Whether it is the cluster of \`clusterUid\` cannot be told: it has no namespace kube-system with a uid. Leave \`clusterUid\` out.`;
  return { kind: 'Namespace', because: status === 403 ? 'forbidden' : 'not-found', locator: `${address}${KUBE_SYSTEM}`, hint };
}
