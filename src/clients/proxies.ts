import { unescape } from 'node:querystring';
import type { Edge } from '../../collect/define-source.ts';

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

/** The proxies of the environment, as Node's agents take them; a password in one is concealed. */
export function proxiesOf(edge: Edge): Record<string, string> {
  const set = PROXIES.flatMap((name) => {
    const value = edge.variable(name);
    if (!value) return [];
    concealPassword(value, edge);
    return [[name, value] as const];
  });
  return Object.fromEntries(set);
}

/** Has the password of an address concealed, as it is written and as it is meant. */
export function concealPassword(url: string, edge: Edge): void {
  const password = URL.canParse(url) ? new URL(url).password : '';
  for (const secret of new Set([password, unescape(password)])) if (secret !== '') edge.conceal(secret);
}
