/** Numbers that look random and are the same in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed >>> 0 || 1;
  return (sides) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % sides;
  };
}

export const PODS_PER_OWNER = 10;
const REGISTRIES = ['123456789012.dkr.ecr.eu-west-1.amazonaws.com/team', 'ghcr.io/acme', 'registry.acme.internal/platform'];
const IMAGES = 20_000;
const CONSONANTS = 'bcdfghjklmnpqrstvwxz2456789';

type Roll = ReturnType<typeof dice>;
const hex = (roll: Roll, length: number) => Array.from({ length }, () => roll(16).toString(16)).join('');
const letters = (roll: Roll, length: number) => Array.from({ length }, () => CONSONANTS[roll(CONSONANTS.length)]).join('');
const two = (value: number) => String(value).padStart(2, '0');

/** The uid of one pod or owner: of fixed length, so that it can be put in the place of another. */
export function uidOf(nth: number, what: 'pod' | 'owner'): string {
  return `${nth.toString(16).padStart(8, '0')}-${what === 'pod' ? 'b0d0' : 'a0a0'}-4c1e-9d2f-0123456789ab`;
}

function imageOf(nth: number) {
  const roll = dice(nth * 7919 + 7);
  const repository = `${REGISTRIES[nth % REGISTRIES.length]}/svc-${String(nth >> 2).padStart(5, '0')}`;
  return { tag: `${repository}:v1.${nth % 40}.${roll(90)}`, pinned: `${repository}@sha256:${hex(roll, 64)}` };
}

function workloadOf(nth: number) {
  const roll = dice(nth * 104_729 + 42);
  const app = `svc-${letters(roll, 6)}`;
  const hash = letters(roll, 10);
  const at = `2026-${two(1 + roll(9))}-${two(1 + roll(28))}T${two(roll(24))}:${two(roll(60))}:${two(roll(60))}Z`;
  const images = [imageOf(roll(IMAGES)), ...(roll(3) === 0 ? [imageOf(roll(40))] : [])];
  const labels = {
    app,
    'app.kubernetes.io/instance': app,
    'app.kubernetes.io/managed-by': 'Helm',
    'app.kubernetes.io/name': app,
    'app.kubernetes.io/version': `v1.${roll(40)}.${roll(90)}`,
    'helm.sh/chart': `${app}-2.3.${roll(20)}`,
    'pod-template-hash': hash,
    team: `team-${roll(40)}`,
  };
  const annotations = {
    'checksum/config': hex(roll, 64),
    'kubectl.kubernetes.io/restartedAt': at,
    'prometheus.io/path': '/metrics',
    'prometheus.io/port': '8080',
    'prometheus.io/scrape': 'true',
    'vault.hashicorp.com/agent-inject-template':
      '{{- with secret "kv/app" -}}\n{"imageID":"no-status","token":"{{ .Data.token }}"}\n{{- end -}}',
  };
  return { app, hash, at, images, labels, annotations, name: `${app}-${hash}` };
}
type Workload = ReturnType<typeof workloadOf>;

const each = (names: readonly string[], of: object = {}) => Object.fromEntries(names.map((name) => [name, of]));

function fieldsOfContainer(env: readonly { name: string }[]) {
  const nested = (names: readonly string[]) => ({ '.': {}, ...each(names) });
  return {
    ...each(['.', 'f:image', 'f:imagePullPolicy', 'f:name', 'f:terminationMessagePath', 'f:terminationMessagePolicy']),
    'f:env': {
      '.': {},
      ...each(
        env.map(({ name }) => `k:{"name":"${name}"}`),
        nested(['f:name', 'f:value']),
      ),
    },
    'f:livenessProbe': {
      ...nested(['f:failureThreshold', 'f:periodSeconds', 'f:successThreshold', 'f:timeoutSeconds']),
      'f:httpGet': nested(['f:path', 'f:port', 'f:scheme']),
    },
    'f:ports': { '.': {}, 'k:{"containerPort":8080,"protocol":"TCP"}': nested(['f:containerPort', 'f:name', 'f:protocol']) },
    'f:resources': { '.': {}, 'f:limits': nested(['f:memory']), 'f:requests': nested(['f:cpu', 'f:memory']) },
    'f:volumeMounts': { '.': {}, 'k:{"mountPath":"/etc/app"}': nested(['f:mountPath', 'f:name', 'f:readOnly']) },
  };
}

type Contained = Readonly<{ name: string; env: readonly { name: string }[] }>;

function managedFields({ at, labels, annotations }: Workload, containers: readonly Contained[]) {
  const spec = {
    ...each(['f:affinity', 'f:dnsPolicy', 'f:enableServiceLinks', 'f:restartPolicy', 'f:schedulerName', 'f:serviceAccount']),
    ...each(['f:serviceAccountName', 'f:terminationGracePeriodSeconds']),
    'f:securityContext': each(['.', 'f:fsGroup', 'f:runAsNonRoot']),
    'f:volumes': { '.': {}, 'k:{"name":"config"}': { '.': {}, 'f:name': {}, 'f:configMap': each(['.', 'f:defaultMode', 'f:name']) } },
    'f:containers': Object.fromEntries(containers.map(({ name, env }) => [`k:{"name":"${name}"}`, fieldsOfContainer(env)])),
  };
  const named = (entries: object) => ({ '.': {}, ...each(Object.keys(entries).map((entry) => `f:${entry}`)) });
  const metadata = {
    'f:annotations': named(annotations),
    'f:generateName': {},
    'f:labels': named(labels),
    'f:ownerReferences': each(['.']),
  };
  const conditions = each(
    ['ContainersReady', 'Initialized', 'PodReadyToStartContainers', 'Ready'].map((type) => `k:{"type":"${type}"}`),
    each(['.', 'f:lastProbeTime', 'f:lastTransitionTime', 'f:status', 'f:type']),
  );
  const ips = { '.': {}, 'k:{"ip":"10.1.2.3"}': each(['.', 'f:ip']) };
  const status = {
    'f:conditions': conditions,
    ...each(['f:containerStatuses', 'f:hostIP', 'f:hostIPs', 'f:phase', 'f:podIP', 'f:startTime']),
    'f:podIPs': ips,
  };
  const by = (manager: string, fieldsV1: object) => ({
    manager,
    operation: 'Update',
    apiVersion: 'v1',
    time: at,
    fieldsType: 'FieldsV1',
    fieldsV1,
  });
  return [by('kube-controller-manager', { 'f:metadata': metadata, 'f:spec': spec }), by('kubelet', { 'f:status': status })];
}

const SIDECAR = ['proxy', 'sidecar', '--domain', '$(POD_NAMESPACE).svc.cluster.local', '--proxyLogLevel=warning', '--concurrency', '2'];

/** What starts a container in place of what its image says: always that of a sidecar, and of applications every third, half of those by a command, too. */
function startsOf(name: string, nth: number): object {
  if (name !== 'app') return { args: SIDECAR };
  if (nth % 3 !== 0) return {};
  const args = ['serve', `--listen=:${8000 + (nth % 1000)}`, '--config=/etc/app/config.yaml', '--log-level', 'info', `--shard=${nth % 64}`];
  return nth % 2 === 0 ? { args } : { command: ['/usr/local/bin/app'], args };
}

function containerOf(name: string, image: string, { access, starts }: Readonly<{ access: string; starts: object }>) {
  return {
    name,
    image,
    ...starts,
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: [
      { name: 'LOG_LEVEL', value: 'info' },
      { name: 'POD_REGION', value: 'eu-west-1' },
      { name: 'DATABASE_URL', value: 'postgres://db.acme.internal:5432/app?sslmode=verify-full' },
    ],
    resources: { limits: { memory: '512Mi' }, requests: { cpu: '250m', memory: '256Mi' } },
    volumeMounts: [
      { name: 'config', readOnly: true, mountPath: '/etc/app' },
      { name: access, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ],
    livenessProbe: {
      httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
  };
}

/** The pod of a number as an API server writes it in JSON: 7.5 KB, ten to an owner, a third of them with a sidecar. */
export function podOf(nth: number) {
  const owner = Math.floor(nth / PODS_PER_OWNER);
  const workload = workloadOf(owner);
  const { app, at, labels, annotations, name, images } = workload;
  const roll = dice(nth * 31 + 3);
  const access = `kube-api-access-${letters(roll, 5)}`;
  const containers = images.map(({ tag }, index) => {
    const called = index === 0 ? 'app' : 'istio-proxy';
    return containerOf(called, tag, { access, starts: startsOf(called, owner) });
  });
  const ip = `10.${roll(255)}.${roll(255)}.${roll(255)}`;
  return {
    metadata: {
      name: `${name}-${letters(roll, 5)}`,
      generateName: `${name}-`,
      namespace: `ns-${String(Math.floor(nth / 100) % 1000).padStart(5, '0')}`,
      uid: uidOf(nth, 'pod'),
      resourceVersion: String(900_000_000 + nth),
      creationTimestamp: at,
      labels,
      annotations,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: uidOf(owner, 'owner'), controller: true }],
      managedFields: managedFields(workload, containers),
    },
    spec: {
      volumes: [
        { name: 'config', configMap: { name: `${app}-config`, defaultMode: 420 } },
        { name: access, projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }], defaultMode: 420 } },
      ],
      containers,
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: app,
      serviceAccount: app,
      nodeName: `ip-10-0-${roll(40)}-${roll(255)}.eu-west-1.compute.internal`,
      schedulerName: 'default-scheduler',
      tolerations: ['not-ready', 'unreachable'].map((key) => ({
        key: `node.kubernetes.io/${key}`,
        operator: 'Exists',
        effect: 'NoExecute',
      })),
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
    },
    status: {
      phase: 'Running',
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
        type,
        status: 'True',
        lastProbeTime: null,
        lastTransitionTime: at,
      })),
      hostIP: ip,
      podIP: ip,
      podIPs: [{ ip }],
      startTime: at,
      containerStatuses: images.map(({ tag, pinned }, index) => ({
        name: containers[index]?.name,
        state: { running: { startedAt: at } },
        lastState: {},
        ready: true,
        restartCount: roll(3),
        image: tag,
        imageID: pinned,
        containerID: `containerd://${hex(roll, 64)}`,
        started: true,
      })),
      qosClass: 'Burstable',
    },
  };
}
