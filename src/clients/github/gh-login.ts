import { execFile } from 'node:child_process';
import type { Edge } from '../../collect/define-source.ts';
import { unreadable } from '../../error.ts';

const LONGEST_MS = 10_000;
const LARGEST_BYTES = 64 * 1024;
const TOKEN = /^[\u0021-\u007e]{1,1000}$/;

/** The token that `gh` holds for the host of an API. Its words are never repeated: they may hold the token. */
export async function ghToken(api: URL, edge: Edge): Promise<string> {
  const host = hostOf(api);
  const token = (await run(['auth', 'token', '--hostname', host], host, edge)).trim();
  edge.conceal(token);
  if (TOKEN.test(token)) return token;
  throw failed(host, 'prints no token');
}

/** The host that people log in at: that of github.com and of ghe.com answers its API under a name of its own. */
function hostOf({ hostname }: URL): string {
  return hostname === 'api.github.com' || hostname.endsWith('.ghe.com') ? hostname.replace(/^api\./, '') : hostname;
}

function run(args: readonly string[], host: string, edge: Edge): Promise<string> {
  const limits = { timeout: Math.min(LONGEST_MS, edge.patience.timeoutMs), maxBuffer: LARGEST_BYTES, killSignal: 'SIGKILL' } as const;
  return new Promise((resolve, reject) => {
    const child = execFile('gh', args, { ...limits, signal: edge.signal, shell: false }, (problem, stdout) => {
      if (problem) reject(failed(host, problem.code === 'ENOENT' ? 'is not installed' : 'is not logged in there'));
      else resolve(stdout);
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end();
  });
}

function failed(host: string, why: string): Error {
  return unreadable('unauthenticated', `gh, asked for a token of ${host}, ${why}`, {
    hint: `Run \`gh auth login --hostname ${host}\`, or set a token in the environment and take \`gh: allow\` away.`,
  });
}
