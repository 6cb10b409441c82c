import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/selfsame.js', import.meta.url));

export type Run = Readonly<{ status: number | null; stdout: string; stderr: string }>;

/** Runs the real program in a folder that is its home too, while servers of this process may answer it. */
export function selfsame(
  argv: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Readonly<Record<string, string>> },
): Promise<Run> {
  const variables = { PATH: process.env.PATH, TZ: 'UTC', HOME: cwd, XDG_CACHE_HOME: cwd, ...env };
  const child = spawn(process.execPath, ['--conditions=selfsame-source', BIN, ...argv], {
    cwd,
    env: variables,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const told = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      told[stream] += text;
    });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, ...told })));
}
