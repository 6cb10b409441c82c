import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The servers that `servers.sh` started, and the folder where it keeps what belongs to them. */
export type Servers = Readonly<{
  folder: string;
  registry: string;
  guarded: string;
  /** The registry behind TLS and tokens, which holds what the open one does, and where it sends for tokens. */
  sealed: string;
  tokens: string;
  kubernetes: string;
  etcd: string;
  /** The program that renders the chart; absent where it cannot be had. */
  helm?: string;
  /** The program that makes images; absent where it cannot be had. */
  buildah?: string;
}>;

/** Who may read the guarded registry; `servers.sh` holds the password's hash. */
export const SCANNER = { username: 'scanner', password: 'rope-and-anchor-41' } as const;

/** Reads where the servers are from the folder that `servers.sh start` was given. */
export function readServers(folder: string): Servers {
  const text = readFileSync(path.join(folder, 'env'), 'utf8');
  const { REGISTRY, GUARDED_REGISTRY, SEALED_REGISTRY, TOKEN_SERVER, KUBERNETES, ETCD, HELM, BUILDAH } = Object.fromEntries(
    text.split('\n').map((line) => line.split('=', 2)),
  );
  if (!REGISTRY || !GUARDED_REGISTRY || !SEALED_REGISTRY || !TOKEN_SERVER || !KUBERNETES || !ETCD)
    throw new TypeError(`${folder}/env is not as servers.sh writes it`);
  return {
    folder,
    registry: REGISTRY,
    guarded: GUARDED_REGISTRY,
    sealed: SEALED_REGISTRY,
    tokens: TOKEN_SERVER,
    kubernetes: KUBERNETES,
    etcd: ETCD,
    ...(HELM ? { helm: HELM } : {}),
    ...(BUILDAH ? { buildah: BUILDAH } : {}),
  };
}
