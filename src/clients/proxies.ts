import http from 'node:http';
import https from 'node:https';
import { unescape } from 'node:querystring';
import type { Edge } from '../collect/define-source.ts';
import { isLoopback } from './oci/host.ts';

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

const agents = new Map<string, http.Agent>();

/** What asks an address through the proxies of the environment, one for all that have the same; undefined where there are none, and for this machine. */
export function proxyAgent({ protocol, hostname }: URL, edge: Edge): http.Agent | undefined {
  if (isLoopback(hostname)) return undefined;
  const proxyEnv = proxiesOf(edge);
  if (!Object.keys(proxyEnv).some((name) => /^https?_proxy$/i.test(name))) return undefined;
  const key = `${protocol} ${JSON.stringify(proxyEnv)}`;
  const agent = agents.get(key) ?? new (protocol === 'https:' ? https : http).Agent({ keepAlive: true, proxyEnv });
  agents.set(key, agent);
  return agent;
}
