import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Account, Story } from './play.ts';
import { SCANNER } from './servers.ts';

const BIN = fileURLToPath(new URL('../../bin/selfsame.js', import.meta.url));

/** What a run of the program left: its exit code and what it printed. */
export type Ran = Readonly<{ status: number | null; stdout: string; stderr: string }>;

/** A folder with a configuration, and the program run in it. */
export type Audit = Readonly<{
  folder: string;
  run(...argv: readonly string[]): Promise<Ran>;
  /** Starts the program and hands it over, to be interrupted. */
  start(...argv: readonly string[]): Readonly<{ child: ChildProcess; ran: Promise<Ran> }>;
}>;

/** What a test wants other than the whole story, read by the account that may read all of it. */
export type Wish = Readonly<{
  account?: Account;
  /** The token of another account. */
  token?: string;
  /** The address of the cluster, if it is not asked directly; without TLS. */
  through?: string;
  /** The uid that the cluster must have. */
  clusterUid?: string;
  password?: string;
  environments?: Readonly<Record<string, readonly string[]>>;
  /** A second cluster, at this address. */
  other?: string;
  /** A third registry, at this host. */
  registry?: string;
}>;

/** Opens an audit of the story's servers in a folder of its own. */
export function openAudit(story: Story, wish: Wish = {}): Audit {
  const { account = 'scanner', password = SCANNER.password, token = story.tokens[account] } = wish;
  const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-live-'));
  writeFileSync(path.join(folder, 'kubeconfig'), JSON.stringify(kubeconfigOf(story, token, wish)));
  writeFileSync(path.join(folder, 'selfsame.yaml'), JSON.stringify(configOf(story, wish), null, 2));
  const start: Audit['start'] = (...argv) => {
    // Docker's login is looked for in an empty folder: whoever runs the tests may have one.
    const env = { ...process.env, DOCKER_CONFIG: folder, XDG_CACHE_HOME: folder, HARBOUR_PASSWORD: password };
    const child = spawn(process.execPath, ['--conditions=selfsame-source', BIN, ...argv], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { child, ran: ended(child) };
  };
  return { folder, start, run: (...argv) => start(...argv).ran };
}

function ended(child: ChildProcess): Promise<Ran> {
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (piece: string) => (printed[name] += piece));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, ...printed }));
  });
}

function kubeconfigOf({ servers }: Story, token: string, { other, through }: Wish): object {
  const authority = path.join(servers.folder, 'kube', 'ca.crt');
  const direct = { server: servers.kubernetes, 'certificate-authority': authority };
  const clusters = [{ name: 'harbour', cluster: through ? { server: through, 'insecure-skip-tls-verify': true } : direct }];
  const others = other ? [{ name: 'lightship', cluster: { server: other, 'insecure-skip-tls-verify': true } }] : [];
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [...clusters, ...others],
    users: [{ name: 'auditor', user: { token } }],
    contexts: [...clusters, ...others].map(({ name }) => ({ name, context: { cluster: name, user: 'auditor' } })),
  };
}

const WHOLE = { staging: ['*-stg'], production: ['*-prd'] };

function configOf({ servers }: Story, { environments = WHOLE, other, registry, clusterUid, through }: Wish): object {
  const cluster = { use: 'kubernetes', kubeconfig: 'kubeconfig' };
  const first = { ...cluster, name: 'harbour', context: 'harbour', environments, ...(through ? { insecure: 'true' } : {}) };
  const second = { ...cluster, name: 'lightship', context: 'lightship', insecure: 'true', environment: 'production' };
  return {
    version: '1',
    promotion: ['staging', 'production'],
    gates: ['e2e'],
    thirdParty: [`${servers.registry}/mesh/*`],
    sources: [
      { ...first, ...(clusterUid ? { clusterUid } : {}) },
      ...(other ? [second] : []),
      { use: 'oci', name: 'ci', registry: servers.registry, insecure: 'true' },
      ...(registry ? [{ use: 'oci', name: 'fog', registry, insecure: 'true' }] : []),
      {
        use: 'oci',
        name: 'prod',
        registry: servers.guarded,
        insecure: 'true',
        username: SCANNER.username,
        passwordEnv: 'HARBOUR_PASSWORD',
      },
      { use: 'records', files: [path.join(servers.folder, 'records.jsonl')] },
    ],
    limits: { retries: '1', backoffMs: '10' },
  };
}
