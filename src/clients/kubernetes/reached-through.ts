import { z } from 'zod';

/** The cluster and the user of a context, as far as they name what lies outside the kubeconfig. */
export type Named = Readonly<{
  cluster: Readonly<{ proxyUrl?: string; caFile?: string; skipTLSVerify?: boolean }> | null;
  user: Readonly<{ exec?: unknown; authProvider?: unknown; certFile?: string; keyFile?: string }> | null;
}>;

// Of client.authentication.k8s.io ExecConfig and of the providers that client-node runs or reads files for.
const Exec = z.object({ command: z.string() });
const Provider = z.object({
  config: z.object({
    'cmd-path': z.string().optional(),
    tokenFile: z.string().optional(),
    exec: z.union([z.string(), Exec.transform(({ command }) => command)]).optional(),
  }),
});

/** What a kubeconfig puts between the scanner and the cluster: a proxy, programs, files, and a certificate that nobody checks; never a secret. */
export function reachedThrough({ cluster, user }: Named): readonly string[] {
  const { config = {} } = Provider.safeParse(user?.authProvider).data ?? {};
  const named = [
    ['proxy', placeOf(cluster?.proxyUrl)],
    ...programsOf(user).map((program) => ['program', program]),
    ...[cluster?.caFile, user?.certFile, user?.keyFile, config.tokenFile].map((file) => ['file', file]),
  ] as const;
  const told = named.flatMap(([what, it]) => (it ? [`${what} ${it}`] : []));
  return cluster?.skipTLSVerify ? [...told, 'certificate not checked'] : told;
}

/** The programs that a user runs to get credentials, as the kubeconfig names them. */
export function programsOf(user: Named['user']): readonly string[] {
  const { config = {} } = Provider.safeParse(user?.authProvider).data ?? {};
  return [Exec.safeParse(user?.exec).data?.command, config['cmd-path'], config.exec].filter((program) => program !== undefined);
}

/** Without the user and the password that an address may hold. */
function placeOf(url = ''): string | undefined {
  if (!URL.canParse(url)) return url ? 'that cannot be read' : undefined;
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
