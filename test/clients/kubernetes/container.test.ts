import { describe, expect, it } from 'vitest';
import { type Instance, instanceOf, sightingsIn } from '../../../src/clients/kubernetes/container.ts';
import { Pod } from '../../../src/clients/kubernetes/objects.ts';

const DIGEST = `sha256:${'a1'.repeat(32)}`;
const REPORTED = `registry.example/payments@${DIGEST}`;
const STARTED = '2026-11-23T06:49:32Z';
const ENDED = '2026-11-23T07:00:00Z';

type Spec = Readonly<{ container?: object; init?: object; ephemeral?: object; volumes?: object[] }>;

/** The only container of a pod of payments, after what its node says of it. */
function onlyOf({ container, init, ephemeral, volumes = [] }: Spec, status: object, generation?: number): Instance {
  const named = { name: 'payments', image: 'registry.example/payments:1.4.0' };
  const pod = Pod.parse({
    metadata: { name: 'payments-0', namespace: 'shop', uid: 'u-1', generation },
    spec: {
      containers: container ? [{ ...named, ...container }] : [],
      ...(init ? { initContainers: [{ ...named, ...init }] } : {}),
      ...(ephemeral ? { ephemeralContainers: [{ ...named, ...ephemeral }] } : {}),
      volumes,
    },
    status,
  });
  const [instance, ...more] = sightingsIn(pod).map(instanceOf);
  if (!instance || more.length > 0) throw new Error('it takes exactly one container');
  return instance;
}

function saying(said: object): object {
  return { name: 'payments', image: 'registry.example/payments:1.4.0', imageID: REPORTED, ready: false, ...said };
}

const terminated = { exitCode: 0, startedAt: STARTED, finishedAt: ENDED };

describe('a container', () => {
  it('runs what its node reports', () => {
    const instance = onlyOf(
      { container: {} },
      { phase: 'Running', containerStatuses: [saying({ state: { running: { startedAt: STARTED } } })] },
    );

    expect(instance).toMatchObject({ role: 'app', phase: 'running', reported: REPORTED, digest: DIGEST, since: STARTED, ready: true });
  });

  it.each([
    ['is not there yet', undefined],
    ['has no state yet', saying({ imageID: '' })],
    ['is being made', saying({ imageID: '', state: { waiting: { reason: 'ContainerCreating' } } })],
    ['cannot be pulled', saying({ imageID: '', state: { waiting: { reason: 'ErrImagePull' } } })],
  ])('waits, reporting nothing, where it %s', (_, status) => {
    const instance = onlyOf({ container: {} }, { phase: 'Pending', containerStatuses: status ? [status] : [] });

    expect(instance).toMatchObject({ phase: 'waiting', reported: '', digest: undefined });
  });

  it('waits where its new image cannot be pulled, and the digest of the old one is not told as its own', () => {
    const state = { waiting: { reason: 'ImagePullBackOff' } };

    const instance = onlyOf({ container: {} }, { containerStatuses: [saying({ state, lastState: { terminated } })] });

    expect(instance).toMatchObject({ phase: 'waiting', reported: REPORTED, digest: undefined });
  });

  it('waits where it was lost by its node', () => {
    const state = { waiting: { reason: 'ContainerCreating' } };

    const instance = onlyOf({ container: {} }, { containerStatuses: [saying({ state, lastState: { terminated: { exitCode: 137 } } })] });

    expect(instance).toMatchObject({ phase: 'waiting' });
  });

  it('has failed, with what ran last, between two crashes', () => {
    const state = { waiting: { reason: 'CrashLoopBackOff' } };

    const instance = onlyOf(
      { container: {} },
      { containerStatuses: [saying({ state, lastState: { terminated: { ...terminated, exitCode: 1 } } })] },
    );

    expect(instance).toMatchObject({ phase: 'failed', digest: DIGEST, since: STARTED });
  });

  it('waits between two crashes where its node has not caught up with a new spec', () => {
    const state = { waiting: { reason: 'CrashLoopBackOff' } };

    const instance = onlyOf(
      { container: {} },
      { observedGeneration: 2, containerStatuses: [saying({ state, lastState: { terminated } })] },
      3,
    );

    expect(instance).toMatchObject({ phase: 'waiting', digest: undefined });
  });

  it.each([
    ['completed', 0],
    ['failed', 137],
  ])('has %s where it ended with code %i, and its pod with it', (phase, exitCode) => {
    const state = { terminated: { ...terminated, exitCode } };

    const instance = onlyOf({ container: {} }, { phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses: [saying({ state })] });

    expect(instance).toMatchObject({ phase, digest: DIGEST, since: STARTED, finishedAt: ENDED });
  });

  it('has no end while its pod goes on', () => {
    const instance = onlyOf({ init: {} }, { phase: 'Running', initContainerStatuses: [saying({ state: { terminated } })] });

    expect(instance).toMatchObject({ role: 'init', phase: 'completed', finishedAt: undefined });
  });

  it.each([
    ['in 1970', '1970-01-01T00:00:00Z'],
    ['at no time', null],
  ])('was not started where its node says that it was %s', (_, startedAt) => {
    const state = { terminated: { exitCode: 128, startedAt, finishedAt: ENDED } };

    const instance = onlyOf({ container: {} }, { phase: 'Failed', containerStatuses: [saying({ state })] });

    expect(instance).toMatchObject({ phase: 'failed', since: undefined });
  });

  it.each([
    ['a readiness probe', { readinessProbe: { httpGet: {} } }, false],
    ['a startup probe', { startupProbe: { httpGet: {} } }, false],
    ['neither', {}, true],
  ])('that is not ready is told so where it declares %s', (_, container, ready) => {
    const instance = onlyOf(
      { container },
      { phase: 'Running', containerStatuses: [saying({ state: { running: { startedAt: STARTED } } })] },
    );

    expect(instance.ready).toBe(ready);
  });

  it.each([
    ['its own command and arguments', { command: ['node'], args: ['server.js', '--port=8080'] }, ['node'], ['server.js', '--port=8080']],
    ['arguments alone', { args: ['--port=8080'] }, [], ['--port=8080']],
    ['nothing', {}, [], []],
    ['a chart that left null behind', { command: null, args: null }, [], []],
  ])('is started by %s', (_, container, command, args) => {
    const instance = onlyOf({ container }, { phase: 'Running' });

    expect(instance.starts).toEqual({ command, args });
  });

  it('is judged by its exit code once it has ended, not by its readiness', () => {
    const instance = onlyOf(
      { container: { readinessProbe: {} } },
      { phase: 'Succeeded', containerStatuses: [saying({ state: { terminated } })] },
    );

    expect(instance).toMatchObject({ phase: 'completed', ready: true });
  });

  it('is a sidecar where it is begun first and always restarted', () => {
    const instance = onlyOf(
      { init: { restartPolicy: 'Always' } },
      { phase: 'Running', initContainerStatuses: [saying({ state: { running: { startedAt: STARTED } } })] },
    );

    expect(instance).toMatchObject({ role: 'sidecar', phase: 'running', digest: DIGEST });
  });

  it('is told as ephemeral where somebody debugs', () => {
    const instance = onlyOf(
      { ephemeral: {} },
      { phase: 'Running', ephemeralContainerStatuses: [saying({ state: { running: { startedAt: STARTED } } })] },
    );

    expect(instance).toMatchObject({ role: 'ephemeral', phase: 'running', digest: DIGEST });
  });
});

describe('an image volume', () => {
  const volumes = [
    { name: 'model', image: { reference: 'registry.example/model:7', pullPolicy: 'Always' } },
    { name: 'scratch', emptyDir: {} },
  ];

  it('is mounted in a running pod, by a digest that nobody tells', () => {
    const instance = onlyOf({ volumes }, { phase: 'Running' });

    expect(instance).toMatchObject({ container: 'model', role: 'volume', phase: 'running', reported: '', digest: undefined });
    expect(instance.starts).toBeUndefined();
  });

  it('is told by its digest where the node reports it (KEP-5365)', () => {
    const image = { imageRef: `registry.example/model@${DIGEST}` };
    const mounted = saying({ name: 'trainer', volumeMounts: [{ name: 'model', mountPath: '/model', volumeStatus: { image } }] });

    const instance = onlyOf({ volumes }, { phase: 'Running', containerStatuses: [mounted] });

    expect(instance).toMatchObject({ role: 'volume', reported: image.imageRef, digest: DIGEST });
  });
});
