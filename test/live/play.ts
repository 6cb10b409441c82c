import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { deployEveryKind } from './every-kind.ts';
import { type Images, pushImages, recordsOf } from './images.ts';
import { type KubernetesApi, openKubernetesApi, type Thing } from './kubernetes-api.ts';
import { readServers, type Servers } from './servers.ts';
import { deploy, NODE, podOf, schedule } from './workloads.ts';

/** What was played, and the tokens of those who may look: `scanner` at everything, `stevedore` at all namespaces but `books-prd`. */
export type Story = Readonly<{ servers: Servers; images: Images; tokens: Readonly<Record<Account, string>> }>;
export type Account = 'scanner' | 'stevedore';

const NAMESPACES = ['shop-stg', 'shop-prd', 'books-stg', 'books-prd', 'sandbox', 'audit'];
/** More pods than the source asks for at once. */
export const MORE_THAN_A_PAGE = 520;

const VENDOR = {
  staging: `docker.io/library/redis@sha256:${'7e'.repeat(32)}`,
  production: `docker.io/library/redis@sha256:${'7f'.repeat(32)}`,
};

/** Plays the story on the servers of a folder, and writes there what was played; played twice, it is the same. */
export async function play(folder: string): Promise<Story> {
  const servers = readServers(folder);
  const images = await pushImages(servers);
  const api = openKubernetesApi(servers);
  try {
    await settle(api);
    await deployShop(api, images, servers);
    await deployBooks(api, images);
    await deployEveryKind(api);
    const [scanner, stevedore] = [await api.tokenOf('audit', 'scanner'), await api.tokenOf('audit', 'stevedore')];
    const story = { servers, images, tokens: { scanner, stevedore } };
    writeFileSync(path.join(folder, 'records.jsonl'), recordsOf(images));
    writeFileSync(path.join(folder, 'story.json'), JSON.stringify(story));
    return story;
  } finally {
    api.close();
  }
}

/** Namespaces, the node, and who may read what. */
async function settle(api: KubernetesApi): Promise<void> {
  for (const name of NAMESPACES) await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const nodeInfo = { architecture: 'amd64', operatingSystem: 'linux', containerRuntimeVersion: 'containerd://1.7.24' };
  await api.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: NODE }, status: { nodeInfo } });
  for (const name of ['scanner', 'stevedore'])
    await api.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'audit' } });
  const documented = documentedRole();
  await api.create(documented);
  await api.create(bindingOf('ClusterRole', 'selfsame', 'scanner'));
  const everywhere = [{ apiGroups: [''], resources: ['nodes', 'namespaces'], verbs: ['get', 'list'] }];
  await api.create({ ...documented, metadata: { name: 'namespaces' }, rules: everywhere });
  await api.create(bindingOf('ClusterRole', 'namespaces', 'stevedore'));
  for (const namespace of NAMESPACES.filter((name) => name !== 'books-prd')) {
    await api.create({ ...documented, kind: 'Role', metadata: { name: 'selfsame', namespace } });
    await api.create(bindingOf('Role', 'selfsame', 'stevedore', namespace));
  }
}

/** What a role allows: verbs on kinds of things. */
export type Rule = Readonly<{ apiGroups: readonly string[]; resources: readonly string[]; verbs: readonly string[] }>;

/** The very role that the page of the source tells people to grant. */
export function documentedRole(): Thing & { rules: readonly Rule[] } {
  const page = readFileSync(fileURLToPath(new URL('../../src/sources/kubernetes.md', import.meta.url)), 'utf8');
  const [, yaml = ''] = /^```yaml\n(apiVersion: rbac[^]*?)^```$/m.exec(page) ?? [];
  return parse(yaml) as ReturnType<typeof documentedRole>;
}

/** Grants a role to an account of the namespace `audit`, everywhere or in one namespace. */
export function bindingOf(kind: 'Role' | 'ClusterRole', role: string, account: string, namespace?: string): Thing {
  const apiGroup = 'rbac.authorization.k8s.io';
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: `${kind}Binding`,
    metadata: { name: `${role}-${account}`, ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { apiGroup, kind, name: role },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'audit' }],
  };
}

function container(name: string, image: string) {
  return { name, image, imageID: image };
}

async function deployShop(api: KubernetesApi, { payments, cart, search }: Images, { registry }: Servers): Promise<void> {
  const image = `${registry}/mesh/proxy@sha256:${'3e'.repeat(32)}`;
  const proxy = { ...container('mesh-proxy', image), injected: true };
  const [staging, production] = ['shop-stg', 'shop-prd'];
  await deploy(api, { namespace: staging, name: 'payments', containers: [container('api', payments.tested), proxy] });
  await deploy(api, { namespace: production, name: 'payments', containers: [container('api', payments.rebuilt), proxy] });
  await deploy(api, { namespace: staging, name: 'cart', containers: [container('api', cart.tested), proxy] });
  await deploy(api, {
    namespace: production,
    name: 'cart',
    containers: [container('api', cart.promoted), proxy],
    replicas: MORE_THAN_A_PAGE,
  });
  await deploy(api, { namespace: staging, name: 'search', containers: [container('api', search.tested)] });
  await deploy(api, { namespace: production, name: 'search', containers: [container('api', search.hotfix)] });
  await deploy(api, { namespace: staging, name: 'redis', containers: [container('redis', VENDOR.staging)], replicas: 1 });
  await deploy(api, { namespace: production, name: 'redis', containers: [container('redis', VENDOR.production)], replicas: 1 });
  await api.create(podOf({ namespace: 'sandbox', name: 'try-payments', labels: {} }, [container('api', payments.tested)]));
}

async function deployBooks(api: KubernetesApi, { ledger, tariff }: Images): Promise<void> {
  const [staging, production] = ['books-stg', 'books-prd'];
  await deploy(api, { namespace: staging, name: 'ledger', containers: [container('ledger', ledger.index)] });
  await deploy(api, { namespace: production, name: 'ledger', containers: [container('ledger', ledger.member)] });
  await deploy(api, { namespace: staging, name: 'tariff', containers: [container('tariff', tariff.tested)] });
  const stable = `${tariff.before.split('@')[0]}:stable`;
  await deploy(api, { namespace: production, name: 'tariff', containers: [{ ...container('tariff', stable), imageID: tariff.before }] });
  await schedule(api, { namespace: staging, name: 'close-day', containers: [container('close', ledger.index)], hasRun: true });
  await schedule(api, { namespace: production, name: 'close-day', containers: [container('close', ledger.member)], hasRun: false });
}
