import { setTimeout as wait } from 'node:timers/promises';
import { askPage, type Encoding } from '../../src/clients/kubernetes/ask-page.ts';
import { openCohorts } from '../../src/clients/kubernetes/cohort.ts';
import { gatherObjects } from '../../src/clients/kubernetes/list.ts';
import type { Pod } from '../../src/clients/kubernetes/objects.ts';
import { observationsOf } from '../../src/clients/kubernetes/observe.ts';
import { podsInProtobuf } from '../../src/clients/kubernetes/protobuf/pod-list.ts';
import { readCluster } from '../../src/clients/kubernetes/read-cluster.ts';
import { PODS } from '../../src/clients/kubernetes/resources.ts';
import { type Kubernetes, openKubernetes } from '../../src/clients/kubernetes.ts';
import { openEdge } from '../fakes/edge.ts';

/** Lists the pods of a kubeconfig in one way of several, and says what it cost after the client was opened. */
type Counted = Readonly<{ pods: number; containers: number }>;

const PATH = '/api/v1/pods?limit=500';

function count(pods: readonly Pod[]): Counted {
  return { pods: pods.length, containers: pods.reduce((sum, { status }) => sum + status.containerStatuses.length, 0) };
}

function sum(one: Counted, other: Counted): Counted {
  return { pods: one.pods + other.pods, containers: one.containers + other.containers };
}

/** Pages in the order in which the product asks for them: one ahead, as soon as it is known where the list goes on. */
async function inPages(api: Kubernetes, encoding: Encoding<Pod>): Promise<Counted> {
  const ask = (token: string) => askPage(api, token ? `${PATH}&continue=${token}` : PATH, encoding);
  let counted = { pods: 0, containers: 0 };
  for (let page = ask(''); ; ) {
    const token = await page.next;
    const ahead = token ? ask(token) : undefined;
    await page.answer;
    counted = sum(counted, count(page.read()?.items ?? []));
    if (!ahead) return counted;
    page = ahead;
  }
}

/** The same, where nothing is read but where the list goes on. */
function discarding(): Encoding<Pod> {
  return {
    mediaType: 'application/vnd.kubernetes.protobuf',
    open(taker) {
      let isFirst = true;
      return {
        push(piece) {
          if (isFirst) taker.goesOn(/\u001a[^]([0-9]+) /.exec(piece.toString('latin1', 0, 120))?.[1] ?? '', 0);
          isFirst = false;
        },
        end: () => undefined,
      };
    },
  };
}

const TELLING = {
  cluster: 'harbour',
  labels: [],
  selections: [{ environment: 'production', patterns: ['*'], labels: {} }],
  graceMs: 900_000,
  account: {},
};

type RawPage = { metadata: { continue?: string }; items: { status: { containerStatuses: unknown[] } }[] };

async function byJsonParse(api: Kubernetes): Promise<Counted> {
  let counted = { pods: 0, containers: 0 };
  for (let token: string | undefined = ''; token !== undefined; ) {
    const { body } = await api.get(token ? `${PATH}&continue=${token}` : PATH);
    const page = JSON.parse(body.toString('utf8')) as RawPage;
    const containers = page.items.reduce((all, { status }) => all + status.containerStatuses.length, 0);
    counted = sum(counted, { pods: page.items.length, containers });
    token = page.metadata.continue;
  }
  return counted;
}

const { encoding: _, ...IN_JSON } = PODS;

/** Pods as a scan keeps them. */
async function sorted(api: Kubernetes, resource: Omit<typeof PODS, 'encoding'>): Promise<Counted> {
  const open = async () => openCohorts({ labels: [], nodes: new Map(), isWhole: false });
  const { kept = { cohorts: [], pods: 0 } } = await gatherObjects({ api, resource, namespace: undefined }, open);
  return { pods: kept.pods, containers: kept.cohorts.reduce((all, { pods, look }) => all + pods * look.instances.length, 0) };
}

const ways: Readonly<Record<string, (api: Kubernetes) => Promise<Counted>>> = {
  ours: async (api) => inPages(api, podsInProtobuf()),
  sorted: async (api) => sorted(api, PODS),
  told: async (api) => {
    const state = await readCluster(api, { named: [], byLabel: false, labels: [] }, edge);
    const seen = [...observationsOf(state, { ...TELLING, now: edge.now(), address: api.address })];
    const containers = seen.reduce((all, one) => all + (one.kind === 'running-image' ? one.instances : 0), 0);
    return { pods: state.pods, containers };
  },
  discard: async (api) => inPages(api, discarding()),
  json: byJsonParse,
  validated: async (api) => sorted(api, IN_JSON),
};

const [, , way = '', kubeconfig] = process.argv;
const edge = { ...openEdge({ timeoutMs: 600_000 }), sleep: async (ms: number) => wait(ms), spent: () => undefined };
const api = await openKubernetes({ kubeconfig, insecure: 'true' }, edge);
const before = process.cpuUsage();
const begun = performance.now();
const counted = await ways[way]?.(api);
const wall = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(before);
api.close();
const rss = process.resourceUsage().maxRSS / 1024;
process.stdout.write(`${JSON.stringify({ ...counted, wall, cpu: (user + system) / 1e6, rss })}\n`);
