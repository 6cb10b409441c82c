import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** An API server that runs, and how many bytes its pods have on average. */
export type Serving = Readonly<{ process: ChildProcess; url: string; kubeconfig: string; json: number; protobuf: number }>;

const file = path.join(import.meta.dirname, 'kubernetes-server.ts');

/** What of a cluster there is more of where it has more pods: workloads of ten, or pods of each. */
export type Growing = 'workloads' | 'replicas';

/** Starts an API server of so many pods in a process of its own, and writes a kubeconfig for it into a folder. */
export async function servePods(pods: number, folder: string, growing: Growing = 'workloads'): Promise<Serving> {
  const started = spawn(process.execPath, ['--conditions=selfsame-source', file, String(pods), growing], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((ready, failed) => {
    started.stdout.once('data', (text: Buffer) => ready(text.toString('utf8')));
    started.once('exit', failed);
  });
  // The line that the server writes.
  const told = JSON.parse(line) as Omit<Serving, 'process' | 'kubeconfig'>;
  const kubeconfig = path.join(folder, `${pods}.json`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'harbour', cluster: { server: told.url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'auditor', user: {} }],
    contexts: [{ name: 'harbour', context: { cluster: 'harbour', user: 'auditor' } }],
    'current-context': 'harbour',
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  return { ...told, process: started, kubeconfig };
}
