/** A field of a message: its number, and how it is written. A message is named in SCHEMA; `!` is written even where JSON leaves it out. */
type Field = readonly [number, string];
type Message = Readonly<Record<string, Field>>;

// Kinds: s text, i number, b flag, T instant, Q quantity, P number or text, J raw JSON, [] repeated, {} map, else a message.
// k8s.io/api core/v1/generated.proto and k8s.io/apimachinery pkg/apis/meta/v1/generated.proto, v0.37.0-beta.0.
const SCHEMA: Readonly<Record<string, Message>> = {
  Pod: { metadata: [1, 'Meta!'], spec: [2, 'Spec!'], status: [3, 'Status!'] },
  Meta: {
    name: [1, 's!'],
    generateName: [2, 's!'],
    namespace: [3, 's!'],
    selfLink: [4, 's!'],
    uid: [5, 's!'],
    resourceVersion: [6, 's!'],
    generation: [7, 'i!'],
    creationTimestamp: [8, 'T!'],
    deletionTimestamp: [9, 'T'],
    deletionGracePeriodSeconds: [10, 'i'],
    labels: [11, '{}s'],
    annotations: [12, '{}s'],
    ownerReferences: [13, '[]Owner'],
    managedFields: [17, '[]Managed'],
  },
  Owner: {
    kind: [1, 's!'],
    name: [3, 's!'],
    uid: [4, 's!'],
    apiVersion: [5, 's!'],
    controller: [6, 'b'],
    blockOwnerDeletion: [7, 'b'],
  },
  Managed: {
    manager: [1, 's!'],
    operation: [2, 's!'],
    apiVersion: [3, 's!'],
    time: [4, 'T'],
    fieldsType: [6, 's!'],
    fieldsV1: [7, 'J'],
    subresource: [8, 's!'],
  },
  Spec: {
    volumes: [1, '[]Volume'],
    containers: [2, '[]Container'],
    restartPolicy: [3, 's!'],
    terminationGracePeriodSeconds: [4, 'i'],
    dnsPolicy: [6, 's!'],
    serviceAccountName: [8, 's!'],
    serviceAccount: [9, 's!'],
    nodeName: [10, 's!'],
    schedulerName: [19, 's!'],
    initContainers: [20, '[]Container'],
    tolerations: [22, '[]Toleration'],
    priority: [25, 'i'],
    enableServiceLinks: [30, 'b'],
    preemptionPolicy: [31, 's'],
    ephemeralContainers: [34, '[]Ephemeral'],
  },
  Toleration: { key: [1, 's!'], operator: [2, 's!'], value: [3, 's!'], effect: [4, 's!'], tolerationSeconds: [5, 'i'] },
  Volume: { name: [1, 's!'], $: [2, 'VolumeSource'] },
  VolumeSource: { hostPath: [1, 'HostPath'], configMap: [19, 'ConfigMap'], projected: [26, 'Projected'], image: [30, 'ImageSource'] },
  HostPath: { path: [1, 's!'], type: [2, 's'] },
  ConfigMap: { $: [1, 'Reference'], defaultMode: [3, 'i'] },
  Reference: { name: [1, 's!'] },
  Projected: { sources: [1, '[]Projection'], defaultMode: [2, 'i'] },
  Projection: { serviceAccountToken: [4, 'AccountToken'] },
  AccountToken: { audience: [1, 's!'], expirationSeconds: [2, 'i'], path: [3, 's!'] },
  ImageSource: { reference: [1, 's!'], pullPolicy: [2, 's!'] },
  Container: {
    name: [1, 's!'],
    image: [2, 's!'],
    command: [3, '[]s'],
    args: [4, '[]s'],
    workingDir: [5, 's!'],
    ports: [6, '[]Port'],
    env: [7, '[]Env'],
    resources: [8, 'Resources!'],
    volumeMounts: [9, '[]VolumeMount'],
    livenessProbe: [10, 'Probe'],
    readinessProbe: [11, 'Probe'],
    terminationMessagePath: [13, 's!'],
    imagePullPolicy: [14, 's!'],
    stdin: [16, 'b!'],
    terminationMessagePolicy: [20, 's!'],
    startupProbe: [22, 'Probe'],
    restartPolicy: [24, 's'],
  },
  Ephemeral: { $: [1, 'Container'], targetContainerName: [2, 's!'] },
  Port: { name: [1, 's!'], hostPort: [2, 'i!'], containerPort: [3, 'i!'], protocol: [4, 's!'], hostIP: [5, 's!'] },
  Env: { name: [1, 's!'], value: [2, 's!'] },
  Resources: { limits: [1, '{}Q'], requests: [2, '{}Q'] },
  VolumeMount: { name: [1, 's!'], readOnly: [2, 'b!'], mountPath: [3, 's!'], subPath: [4, 's!'] },
  Probe: {
    $: [1, 'Handler'],
    initialDelaySeconds: [2, 'i!'],
    timeoutSeconds: [3, 'i!'],
    periodSeconds: [4, 'i!'],
    successThreshold: [5, 'i!'],
    failureThreshold: [6, 'i!'],
  },
  Handler: { httpGet: [2, 'HttpGet'] },
  HttpGet: { path: [1, 's!'], port: [2, 'P'], host: [3, 's!'], scheme: [4, 's!'] },
  Status: {
    phase: [1, 's!'],
    conditions: [2, '[]Condition'],
    message: [3, 's!'],
    hostIP: [5, 's!'],
    podIP: [6, 's!'],
    startTime: [7, 'T'],
    containerStatuses: [8, '[]ContainerStatus'],
    qosClass: [9, 's!'],
    initContainerStatuses: [10, '[]ContainerStatus'],
    podIPs: [12, '[]Ip'],
    ephemeralContainerStatuses: [13, '[]ContainerStatus'],
    observedGeneration: [17, 'i!'],
  },
  Condition: { type: [1, 's!'], status: [2, 's!'], lastProbeTime: [3, 'T!'], lastTransitionTime: [4, 'T!'] },
  Ip: { ip: [1, 's!'] },
  ContainerStatus: {
    name: [1, 's!'],
    state: [2, 'State!'],
    lastState: [3, 'State!'],
    ready: [4, 'b!'],
    restartCount: [5, 'i!'],
    image: [6, 's!'],
    imageID: [7, 's!'],
    containerID: [8, 's!'],
    started: [9, 'b'],
    volumeMounts: [12, '[]MountStatus'],
  },
  State: { waiting: [1, 'Waiting'], running: [2, 'Running'], terminated: [3, 'Terminated'] },
  Waiting: { reason: [1, 's!'], message: [2, 's!'] },
  Running: { startedAt: [1, 'T!'] },
  Terminated: {
    exitCode: [1, 'i!'],
    signal: [2, 'i!'],
    reason: [3, 's!'],
    message: [4, 's!'],
    startedAt: [5, 'T!'],
    finishedAt: [6, 'T!'],
    containerID: [7, 's!'],
  },
  MountStatus: { name: [1, 's!'], mountPath: [2, 's!'], readOnly: [3, 'b!'], volumeStatus: [5, 'VolumeStatus'] },
  VolumeStatus: { image: [1, 'ImageStatus'] },
  ImageStatus: { imageRef: [1, 's!'] },
};

type Json = Readonly<Record<string, unknown>>;

/** A number as the encoding has it; what is below zero is written in two's complement of 64 bits. */
export function varint(value: number): Buffer {
  if (value >= 0 && value < 128) return Buffer.from([value]);
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

/** A field of any number that holds bytes. */
export function bytesField(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

const EMPTY: Readonly<Record<string, unknown>> = { s: '', i: 0, b: false, T: null };

function encodeField(number: number, kind: string, value: unknown): Buffer {
  switch (kind) {
    case 's':
      return bytesField(number, Buffer.from(String(value)));
    case 'i':
      return Buffer.concat([varint(number * 8), varint(Number(value))]);
    case 'b':
      return Buffer.from([...varint(number * 8), value ? 1 : 0]);
    case 'T':
      return bytesField(number, typeof value === 'string' ? instant(value) : Buffer.alloc(0));
    case 'Q':
      return bytesField(number, bytesField(1, Buffer.from(String(value))));
    case 'P':
      return bytesField(number, Buffer.concat([varint(8), varint(0), varint(16), varint(Number(value)), bytesField(3, Buffer.alloc(0))]));
    case 'J':
      return bytesField(number, bytesField(1, Buffer.from(JSON.stringify(value))));
    default:
      return bytesField(number, encodeMessage(kind, value as Json));
  }
}

function instant(text: string): Buffer {
  return Buffer.concat([varint(8), varint(Date.parse(text) / 1000), varint(16), varint(0)]);
}

/** Writes the fields that SCHEMA knows; `$` holds those that JSON has one level further up. */
function encodeMessage(name: string, value: Json): Buffer {
  const parts = Object.entries(SCHEMA[name] ?? {}).flatMap(([key, [number, kind]]) => {
    if (key === '$') return isIn(kind, value) ? [encodeField(number, kind, value)] : [];
    const bare = kind.replace('!', '');
    const there = value[key] ?? (kind.endsWith('!') ? (EMPTY[bare] === undefined ? {} : EMPTY[bare]) : undefined);
    if (there === undefined || (there === null && bare !== 'T')) return [];
    if (bare.startsWith('[]')) return (there as unknown[]).map((one) => encodeField(number, bare.slice(2), one));
    if (bare.startsWith('{}'))
      return Object.entries(there as Json).map(([entry, its]) =>
        bytesField(number, Buffer.concat([encodeField(1, 's', entry), encodeField(2, bare.slice(2), its)])),
      );
    return [encodeField(number, bare, there)];
  });
  return Buffer.concat(parts);
}

function isIn(kind: string, value: Json): boolean {
  return Object.keys(SCHEMA[kind] ?? {}).some((key) => key in value);
}

/** A pod, given as its JSON, as one item of a list; `more` stands behind its own fields. */
export function encodePod(pod: unknown, more: Buffer = Buffer.alloc(0)): Buffer {
  return bytesField(2, Buffer.concat([encodeMessage('Pod', pod as Json), more]));
}

export type Envelope = Readonly<{ token?: string; kind?: string; remaining?: number }>;

/** What stands before items of so many bytes: the magic, the kind, and where the list goes on. */
export function encodeHead(itemBytes: number, { token = '', kind = 'PodList', remaining }: Envelope = {}): Buffer {
  const count = remaining === undefined ? [] : [encodeField(4, 'i', remaining)];
  const meta = bytesField(
    1,
    Buffer.concat([encodeField(1, 's', ''), encodeField(2, 's', '900000000'), encodeField(3, 's', token), ...count]),
  );
  const type = bytesField(1, Buffer.concat([encodeField(1, 's', 'v1'), encodeField(2, 's', kind)]));
  return Buffer.concat([Buffer.from('k8s\0', 'latin1'), type, varint(2 * 8 + 2), varint(meta.length + itemBytes), meta]);
}

/** What stands after the items. */
export const ENVELOPE_END = Buffer.concat([bytesField(3, Buffer.alloc(0)), bytesField(4, Buffer.alloc(0))]);

/** A page of a list, of items as `encodePod` makes them. */
export function encodePodList(items: readonly Buffer[], envelope: Envelope = {}): Buffer {
  const content = Buffer.concat(items);
  return Buffer.concat([encodeHead(content.length, envelope), content, ENVELOPE_END]);
}

/** What an API server refuses with in this encoding, and where the list could go on. */
export function encodeStatus(token: string): Buffer {
  const status = Buffer.concat([bytesField(1, encodeField(3, 's', token)), encodeField(2, 's', 'Failure')]);
  const type = bytesField(1, encodeField(2, 's', 'Status'));
  return Buffer.concat([Buffer.from('k8s\0', 'latin1'), type, bytesField(2, status)]);
}
