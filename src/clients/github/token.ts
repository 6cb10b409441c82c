import type { Edge } from '../../collect/define-source.ts';

/** Where GitHub's API answers on github.com. */
export const PUBLIC_API = 'https://api.github.com';

/** Hands out the token of the moment; `secret` is what whoever logs in so has at any moment, and nobody else. */
export type Login = Readonly<{ token(): Promise<string>; secret: string }>;

export type TokenSettings = Readonly<{ apiUrl: string; tokenEnv: string | undefined }>;

/**
 * The token for an API, from the environment variable that is named; else from those that `gh` reads. A token of github.com goes to no
 * other server: there `GITHUB_TOKEN` counts only where a runner of that very server has set it.
 */
export function tokenFor(settings: TokenSettings, edge: Pick<Edge, 'secret' | 'variable'>): string | undefined {
  for (const name of namesOf(settings, edge)) {
    const token = edge.secret(name)?.trim();
    if (token) return token;
  }
  return undefined;
}

/** The variables that may hold a token for an API, the first that is set counts. */
export function namesOf({ apiUrl, tokenEnv }: TokenSettings, edge: Pick<Edge, 'variable'>): readonly string[] {
  if (tokenEnv !== undefined) return [tokenEnv];
  if (isSame(apiUrl, PUBLIC_API)) return ['GH_TOKEN', 'GITHUB_TOKEN'];
  const isRunnersOwn = isSame(apiUrl, edge.variable('GITHUB_API_URL') ?? '');
  return ['GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN', ...(isRunnersOwn ? ['GITHUB_TOKEN'] : [])];
}

function isSame(a: string, b: string): boolean {
  return a.replace(/\/$/, '') === b.replace(/\/$/, '');
}
