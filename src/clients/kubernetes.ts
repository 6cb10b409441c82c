import http from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { z } from 'zod';
import type { Edge } from '../collect/define-source.ts';
import { AuditError, unreadable } from '../error.ts';
import { openClock } from './clock.ts';
import { type Answer, ask, type Request } from './http.ts';
import { reachedThrough } from './kubernetes/reached-through.ts';
import { type Exec, Provider, refusedPrograms } from './kubernetes/refused-programs.ts';
import { concealPassword, proxiesOf } from './proxies.ts';

/** How a cluster is reached, as the configuration of a source says it. */
export type Access = Readonly<{
  kubeconfig?: string | undefined;
  context?: string | undefined;
  exec?: Exec;
  insecure?: 'true' | 'false' | undefined;
  /** Reads with the service account of the pod that it runs in. */
  inCluster?: 'true' | 'false' | undefined;
  /** The folder that the service account's files are looked up below, if not the root. */
  root?: string | undefined;
}>;

/** In which encodings an answer is accepted, and who takes it as it arrives. */
export type Wish = Readonly<{ accept: string; receive: Request['receive'] }>;

/** An API server, opened with the credentials of one kubeconfig context. */
export type Kubernetes = Readonly<{
  /** Its address without credentials, as locators begin. */
  address: string;
  /** Asks for a path below the address, in JSON where nothing else is wished for. */
  get(path: string, wish?: Wish): Promise<Answer>;
  /** Asks what its own credentials may do: a question that has a body, and that nothing is stored of. */
  review(question: object): Promise<Answer>;
  /** How often it was asked, how far its clock is ahead of ours where that is more than answers can tell, and what lies between. */
  account(): Readonly<{ requests: number; skewMs?: number; through: readonly string[] }>;
  close(): void;
}>;

const Headers = z.record(z.string(), z.string());

type Put = Pick<Request, 'method' | 'body'>;
const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';

// A page of 500 pods is 2 to 15 MB; managedFields and large annotations may multiply that.
const LARGEST_PAGE_BYTES = 256 * 1024 * 1024;

/** Opens the API server of a kubeconfig context; refuses what its configuration did not allow before anything is sent or run. */
export async function openKubernetes(access: Access, edge: Edge): Promise<Kubernetes> {
  const first = await openConfig(access, edge);
  const server = serverOf(first, access);
  const proxied = { keepAlive: true, proxyEnv: proxiesOf(edge) };
  const agent = server.protocol === 'https:' ? new https.Agent(proxied) : new http.Agent(proxied);
  const address = `${server.origin}${server.pathname.replace(/\/$/, '')}`;
  const account = openAccount(edge);
  let known: Known = { config: first, isAccepted: false };
  const attempt = async (as: Known, path: string, { accept = 'application/json', receive, ...put }: Partial<Wish> & Put = {}) => {
    const { headers, agent: own, ...options } = await credentialsOf(as.config, edge);
    const through = as.config.getCurrentCluster()?.proxyUrl ? own : agent;
    const sent = { ...headers, accept, ...(put.body ? { 'content-type': 'application/json' } : {}) };
    const request = { url: new URL(`${address}${path}`), headers: sent, options: { ...options, agent: through }, ...put };
    const answer = account.noted(await ask({ ...request, capBytes: LARGEST_PAGE_BYTES, receive }, account.edge));
    as.isAccepted ||= answer.status !== 401;
    return answer;
  };
  return {
    address,
    async get(path, wish) {
      const used = known;
      const answer = await attempt(used, path, wish);
      if (answer.status !== 401 || !used.isAccepted) return answer;
      // What was accepted and no longer is has expired: whatever made it is asked once more, by all that wait for it.
      used.renewed ??= openConfig(access, edge);
      const config = await used.renewed;
      if (serverOf(config, access).href !== server.href) return answer;
      if (known === used) known = { config, isAccepted: false };
      return attempt(known, path, wish);
    },
    review: (question) => attempt(known, REVIEWS, { method: 'POST', body: JSON.stringify(question) }),
    account: () => ({ ...account.told(), through: reachedThrough({ cluster: first.getCurrentCluster(), user: first.getCurrentUser() }) }),
    close: () => agent.destroy(),
  };
}

/** A context of the kubeconfig, as far as it says without asking anybody. */
export type Context = Readonly<{ name: string; namespace: string | undefined; server: string; isCurrent: boolean; refused?: AuditError }>;

/** Every context of the kubeconfig, and why a source refuses it that allows nothing more; none where there is no kubeconfig. Nothing is sent or run. */
export async function contextsOf(): Promise<readonly Context[]> {
  const config = await loadKubeConfig({});
  const current = config.getCurrentContext();
  if (current === 'loaded-context') return [];
  return config.getContexts().map(({ name, namespace }) => {
    config.setCurrentContext(name);
    const known = { name, namespace, server: config.getCurrentCluster()?.server ?? '', isCurrent: name === current };
    try {
      serverOf(config, {});
      return known;
    } catch (error) {
      if (error instanceof AuditError) return { ...known, refused: error };
      throw error;
    }
  });
}

/** Credentials, whether the server ever accepted them, and those that follow them. */
type Known = { readonly config: KubeConfig; isAccepted: boolean; renewed?: Promise<KubeConfig> };

/** Counts what is asked, and compares the first clock that answers with ours. */
function openAccount(edge: Edge) {
  let requests = 0;
  const clock = openClock(edge);
  const spent = (host: string) => {
    requests += 1;
    edge.spent(host);
  };
  return {
    edge: { ...edge, spent },
    noted(answer: Answer): Answer {
      clock.hear(answer);
      return answer;
    },
    told() {
      const skewMs = clock.skewMs();
      return { requests, ...(skewMs === undefined ? {} : { skewMs }) };
    },
  };
}

async function openConfig(access: Access, edge: Edge): Promise<KubeConfig> {
  const config = access.inCluster === 'true' ? await loadServiceAccount(access, edge) : await loadKubeConfig(access);
  concealAll(config, edge);
  return config;
}

async function loadServiceAccount({ root = '' }: Access, edge: Edge): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  if (!edge.variable('KUBERNETES_SERVICE_HOST'))
    throw invalid('`inCluster` is set, and this runs in no pod of a cluster', 'Use `kubeconfig:` and `context:` outside a cluster.');
  const config = new KubeConfig();
  config.loadFromCluster(root);
  return config;
}

async function loadKubeConfig({ kubeconfig, context }: Access): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    if (kubeconfig) config.loadFromFile(kubeconfig);
    // Of several files the first one's current context counts, as in kubectl.
    else config.loadFromDefault(undefined, true);
  } catch (error) {
    // The YAML parser quotes the lines it stumbles over, tokens included: its message goes nowhere.
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'it is no kubeconfig';
    throw invalid(
      `the kubeconfig ${kubeconfig ?? 'of KUBECONFIG or ~/.kube/config'}: ${why}`,
      'Check it with `kubectl config view`, or name another: `kubeconfig: FILE`.',
    );
  }
  if (context !== undefined) config.setCurrentContext(context);
  return config;
}

/** The server of the current context, with the context, its cluster and its user held to what the source allows. */
function serverOf(config: KubeConfig, access: Access): URL {
  const name = config.getCurrentContext();
  // What client-node makes up where it finds no kubeconfig, whatever context is asked for.
  const [only, ...more] = config.getContexts();
  if (only?.name === 'loaded-context' && more.length === 0 && config.getClusters()[0]?.server === 'http://localhost:8080')
    throw invalid('there is no kubeconfig', 'Name one: `kubeconfig: FILE`, or set KUBECONFIG.');
  const known = config.getContexts().map((context) => context.name);
  if (!config.getContextObject(name))
    throw invalid(`the kubeconfig has no context "${name ?? ''}"`, `Set \`context:\` to one of: ${known.join(', ')}.`);
  const cluster = config.getCurrentCluster();
  if (!cluster || !config.getCurrentUser() || !URL.canParse(cluster.server))
    throw invalid(`context "${name}" lacks its cluster or its user`, 'Complete it in the kubeconfig: `kubectl config view` shows it.');
  refuseExec(config, access);
  refuseInsecure(config, access);
  return new URL(cluster.server);
}

/** A kubeconfig may name a program to fetch credentials with; reading a cluster must not run one that nobody allowed. */
function refuseExec(config: KubeConfig, { exec }: Access): void {
  const programs = refusedPrograms(config.getCurrentUser(), exec);
  if (!programs) return;
  throw invalid(
    `the user of context "${config.getCurrentContext()}" runs a program to get credentials: ${programs.join(', ')}`,
    'Allow it with this line in the source: `exec: allow`, or by the name that is told, `exec: [NAME]`; or use a kubeconfig with a token or a client certificate.',
  );
}

function refuseInsecure(config: KubeConfig, { insecure }: Access): void {
  const cluster = config.getCurrentCluster();
  const isPlain = cluster?.server.startsWith('http:') ?? false;
  if (isPlain && !cluster?.skipTLSVerify)
    throw invalid(
      `the server of context "${config.getCurrentContext()}" is not reached by https`,
      'Use its https address; to read it all the same, say `insecure-skip-tls-verify: true` in the kubeconfig and `insecure: "true"` in the source.',
    );
  if (!cluster?.skipTLSVerify || insecure === 'true') return;
  throw invalid(
    `context "${config.getCurrentContext()}" does not check its server's certificate`,
    'Give the kubeconfig a certificate-authority, or accept it with this line in the source: `insecure: "true"`.',
  );
}

function concealAll(config: KubeConfig, edge: Edge): void {
  const { token, password, keyData, authProvider } = config.getCurrentUser() ?? {};
  const settings: Readonly<Record<string, unknown>> = Provider.safeParse(authProvider).data?.config ?? {};
  const provided = ['access-token', 'id-token', 'refresh-token', 'client-secret'].map((name) => settings[name]);
  concealPassword(config.getCurrentCluster()?.proxyUrl ?? '', edge);
  for (const secret of [token, password, keyData, ...provided]) if (typeof secret === 'string' && secret !== '') edge.conceal(secret);
}

type Credentials = Omit<https.RequestOptions, 'headers'> & { headers: Record<string, string> };

/** What the connection needs, asked anew for every request: client-node renews what has expired and reads rotated token files. */
async function credentialsOf(config: KubeConfig, edge: Edge): Promise<Credentials> {
  const options: https.RequestOptions = {};
  try {
    await orAborted(config.applyToHTTPSOptions(options), edge.signal);
  } catch {
    edge.signal.throwIfAborted();
    // A plugin's error output may hold anything: it goes nowhere.
    throw unreadable('unauthenticated', `context "${config.getCurrentContext()}" gives no credentials`, {
      hint: `See what fails: kubectl --context "${config.getCurrentContext()}" get namespaces`,
    });
  }
  const { Authorization, ...others } = Headers.parse(options.headers ?? {});
  const headers = { ...others, ...(Authorization ? { authorization: Authorization.trim() } : {}) };
  if (headers.authorization) edge.conceal(headers.authorization.replace(/^\w+ /, ''));
  return { ...options, headers };
}

async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  await Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', stop));
}

function invalid(detail: string, hint: string): AuditError {
  return new AuditError('CONFIG_INVALID', detail, { hint });
}
