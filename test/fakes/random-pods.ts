import fc from 'fast-check';
import { Pod } from '../../src/clients/kubernetes/objects.ts';

/** Names, references and whatever else people write, ASCII for the most part; never empty. */
const word = fc.oneof(fc.stringMatching(/^[a-z][a-z0-9./:@-]{0,40}$/), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }));
const text = fc.oneof(word, fc.constant(''));
const instant = fc
  .integer({ min: -2_208_988_800, max: 253_402_300_799 })
  .map((seconds) => new Date(seconds * 1000).toISOString().replace('.000', ''));
const labels = fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9./-]{0,30}$/), text, { maxKeys: 6 });

function maybe<T extends object>(required: fc.Arbitrary<object>, optional: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<object> {
  return fc.tuple(required, fc.record(optional, { requiredKeys: [] })).map(([one, other]) => ({ ...one, ...other }));
}

const owner = maybe(fc.record({ apiVersion: word, kind: word, name: word, uid: fc.uuid() }), {
  controller: fc.boolean(),
  blockOwnerDeletion: fc.boolean(),
});

/** Those that are read. */
const annotations = Object.keys(Pod.shape.metadata.shape.annotations.unwrap().shape);

const metadata = maybe(fc.record({ name: word, namespace: word, uid: fc.uuid(), creationTimestamp: instant }), {
  generateName: word,
  generation: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  deletionTimestamp: instant,
  labels,
  annotations: fc
    .tuple(
      labels,
      fc.record(Object.fromEntries(annotations.map((name) => [name, text])), { requiredKeys: [] }),
      fc.record(
        { 'kubectl.kubernetes.io/last-applied-configuration': fc.string({ minLength: 200, maxLength: 300 }) },
        { requiredKeys: [] },
      ),
    )
    .map(([some, revisions, long]) => ({ ...long, ...some, ...revisions })),
  ownerReferences: fc.array(owner, { maxLength: 3 }),
  managedFields: fc.array(fc.record({ manager: word, operation: word, time: instant, fieldsV1: fc.record({ 'f:spec': labels }) }), {
    maxLength: 2,
  }),
});

const probe = fc.record({
  httpGet: fc.record({ path: word, port: fc.nat(65535), scheme: fc.constant('HTTP') }),
  periodSeconds: fc.nat(99),
});
const policy = fc.constantFrom('Always', 'IfNotPresent', 'Never');
const container = maybe(fc.record({ name: word, resources: fc.constant({ limits: { memory: '512Mi' } }) }), {
  image: word,
  command: fc.array(text, { maxLength: 3 }),
  args: fc.array(text, { maxLength: 3 }),
  env: fc.array(fc.record({ name: word, value: word }), { maxLength: 3 }),
  restartPolicy: fc.constantFrom('Always', 'Never'),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  imagePullPolicy: policy,
});
const ephemeral = maybe(container, { targetContainerName: word });
const volume = fc.oneof(
  fc.record({ name: word, configMap: fc.record({ name: word, defaultMode: fc.nat(511) }) }),
  fc.record({ name: word, image: fc.record({ reference: word, pullPolicy: policy }, { requiredKeys: [] }) }),
  fc.record({ name: word, hostPath: fc.record({ path: word }) }),
);

const spec = maybe(fc.record({ containers: fc.array(container, { minLength: 1, maxLength: 3 }) }), {
  nodeName: word,
  initContainers: fc.array(container, { maxLength: 2 }),
  ephemeralContainers: fc.array(ephemeral, { maxLength: 2 }),
  volumes: fc.array(volume, { maxLength: 3 }),
  priority: fc.integer({ min: -2_147_483_648, max: 2_147_483_647 }),
});

const unset = fc.option(instant);
const terminated = maybe(
  fc.record({ exitCode: fc.integer({ min: -2_147_483_648, max: 2_147_483_647 }), startedAt: unset, finishedAt: unset }),
  {
    reason: word,
    message: text,
  },
);
const state = fc.record(
  { waiting: fc.record({ reason: word, message: word }, { requiredKeys: [] }), running: fc.record({ startedAt: unset }), terminated },
  { requiredKeys: [] },
);
const containerStatus = maybe(
  fc.record({ name: word, image: word, imageID: text, ready: fc.boolean(), restartCount: fc.nat(), state, lastState: state }),
  {
    started: fc.boolean(),
    volumeMounts: fc.array(
      maybe(fc.record({ name: word, mountPath: word }), {
        volumeStatus: fc.record({ image: fc.record({ imageRef: word }, { requiredKeys: [] }) }, { requiredKeys: [] }),
      }),
      { maxLength: 2 },
    ),
  },
);
const statuses = fc.array(containerStatus, { maxLength: 3 });
const status = fc.record(
  {
    phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'),
    observedGeneration: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    conditions: fc.array(fc.record({ type: word, status: word, lastProbeTime: fc.constant(null), lastTransitionTime: instant }), {
      maxLength: 3,
    }),
    startTime: instant,
    containerStatuses: statuses,
    initContainerStatuses: statuses,
    ephemeralContainerStatuses: statuses,
  },
  { requiredKeys: [] },
);

/** Pods as an API server writes them in JSON: with fields that are read, and with fields that nobody asks for. */
export const randomPod = fc.record({ metadata, spec, status });
