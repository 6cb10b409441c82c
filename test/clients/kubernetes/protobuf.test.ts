import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pod } from '../../../src/clients/kubernetes/objects.ts';
import { openMemory } from '../../../src/clients/kubernetes/protobuf/memory.ts';
import { openPodList } from '../../../src/clients/kubernetes/protobuf/pod-list.ts';
import { AuditError } from '../../../src/error.ts';
import { bytesField, encodePod, encodePodList, varint } from '../../fakes/kubernetes-protobuf.ts';
import { randomPod } from '../../fakes/random-pods.ts';

const fixture = new URL('../../../fixtures/kubernetes/pods-k8s1.20-containerd1.6.json', import.meta.url);
const recorded = (JSON.parse(readFileSync(fixture, 'utf8')) as { items: object[] }).items;

function readAll(pieces: readonly Buffer[]) {
  const read = { pods: [] as Pod[], tokens: [] as string[], unreadable: [] as string[] };
  const list = openPodList(
    {
      goesOn: (token) => read.tokens.push(token),
      item: (pod) => read.pods.push(pod),
      unreadable: (_, why) => read.unreadable.push(why),
    },
    openMemory(),
  );
  for (const piece of pieces) list.push(piece);
  list.end();
  return read;
}

/** The same bytes, cut at the places that stand there, counted round. */
function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, nth) => bytes.subarray(cuts[nth], end));
}

describe('a list of pods in protobuf', () => {
  it('holds the same as in JSON, wherever it is cut on its way', () => {
    fc.assert(
      fc.property(fc.array(randomPod, { maxLength: 4 }), fc.array(fc.nat(), { maxLength: 12 }), (pods, places) => {
        const page = encodePodList(
          pods.map((pod) => encodePod(pod)),
          { token: 'go on' },
        );

        const read = readAll(cutAt(page, places));

        expect(read).toEqual({ pods: pods.map((pod) => Pod.parse(pod)), tokens: ['go on'], unreadable: [] });
      }),
      { numRuns: 200 },
    );
  });

  it('holds what was recorded from a real server, read byte by byte', () => {
    const page = encodePodList(recorded.map((pod) => encodePod(pod)));

    const read = readAll([...page].map((byte) => Buffer.from([byte])));

    expect(read.pods).toEqual(recorded.map((pod) => Pod.parse(pod)));
  });

  it('tells the labels and owners of pods apart that begin alike', () => {
    const [pod = { metadata: {} }] = recorded as { metadata: object }[];
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'kiosk-7f9c', uid: 'u-1', controller: true };
    const few = { labels: { app: 'kiosk', tier: 'web' }, ownerReferences: [owner] };
    const more = { labels: { ...few.labels, zone: 'b' }, ownerReferences: [owner, { ...owner, uid: 'u-2', controller: false }] };
    const others = { labels: { app: 'kiosk', tier: 'job' }, ownerReferences: [{ ...owner, uid: 'u-3' }] };
    const pods = [few, few, more, few, {}, few, others].map((own) => ({
      ...pod,
      metadata: { name: 'a', namespace: 'b', uid: 'c', ...own },
    }));

    const read = readAll([encodePodList(pods.map((one) => encodePod(one)))]);

    expect(read.pods.map(({ metadata }) => ({ ...metadata, creationTimestamp: undefined }))).toEqual(
      pods.map((one) => Pod.parse(one).metadata),
    );
    expect(read.pods[1]?.metadata.labels).toBe(read.pods[0]?.metadata.labels);
  });

  it('keeps nothing alive of the bytes it was read from', () => {
    const page = encodePodList(recorded.map((pod) => encodePod(pod)));
    const expected = JSON.stringify(recorded.map((pod) => Pod.parse(pod)));

    const { pods } = readAll([page]);
    page.fill(0);

    expect(JSON.stringify(pods)).toBe(expected);
  });

  it('tells containers apart by the scripts that start them, however long, and keeps equal ones once', () => {
    const script = 'settle --ledger=größer && '.repeat(400);
    const startedBy = (...args: string[]) => ({
      metadata: { name: 'kiosk', namespace: 'prod', uid: 'u-1' },
      spec: { containers: [{ name: 'kiosk', image: 'registry.example/kiosk:1', command: ['sh', '-c'], args }] },
      status: {},
    });
    const pods = [startedBy(script), startedBy(script), startedBy(`${script}true`), startedBy(script, 'twice')];

    const read = readAll([encodePodList(pods.map((one) => encodePod(one)))]);

    expect(read.pods.map(({ spec }) => spec)).toEqual(pods.map((one) => Pod.parse(one).spec));
    expect(read.pods[1]?.spec.containers).toBe(read.pods[0]?.spec.containers);
  });

  it('is read past fields that are newer than this program', () => {
    const [pod = {}] = recorded;
    const newer = Buffer.concat([
      bytesField(900, Buffer.from('a tidal gauge')),
      Buffer.concat([varint(901 * 8), varint(-1)]),
      Buffer.concat([varint(902 * 8 + 1), Buffer.alloc(8)]),
      Buffer.concat([varint(903 * 8 + 5), Buffer.alloc(4)]),
    ]);

    const { pods } = readAll([encodePodList([newer, encodePod(pod, newer), newer])]);

    expect(pods).toEqual([Pod.parse(pod)]);
  });

  it('loses no more than the one pod that cannot be read', () => {
    const [first = {}, second = {}] = recorded;
    const broken = bytesField(2, bytesField(1, Buffer.from([0x0a, 0x7f, 0x6e])));
    const nameless = encodePod({ metadata: { namespace: 'prod', uid: 'u-1' }, spec: { containers: [] } });

    const { pods, unreadable } = readAll([encodePodList([first].map((pod) => encodePod(pod)).concat(broken, nameless, encodePod(second)))]);

    expect(pods).toEqual([Pod.parse(first), Pod.parse(second)]);
    expect(unreadable).toEqual([
      expect.stringContaining('longer than what holds it'),
      expect.stringContaining('lacks its name, namespace, uid or spec'),
    ]);
  });
});

const whole = encodePodList(recorded.slice(0, 3).map((pod) => encodePod(pod)));
const metadata = (content: Buffer) => encodePodList([bytesField(2, bytesField(1, content))]);

describe('what is no list of pods in protobuf', () => {
  it.each([
    ['an answer in JSON', Buffer.from('{"kind":"PodList","items":[]}'), 'does not begin as one'],
    ['nothing', Buffer.alloc(0), 'ends before its end'],
    ['a list of something else', encodePodList([], { kind: 'SecretList' }), 'it is none'],
    ['an envelope with nothing in it', Buffer.from('k8s\0'), 'ends before its end'],
    ['two lists in one', Buffer.concat([whole, bytesField(2, Buffer.alloc(0))]), 'two lists in one'],
    ['a pod that is longer than its list', Buffer.concat([Buffer.from('k8s\0\x12\x03\x12\x7fx'), Buffer.alloc(200)]), 'longer than what'],
    ['a number without end', Buffer.concat([Buffer.from('k8s\0'), Buffer.alloc(11, 0xff)]), 'more than 64 bits'],
    ['a group', Buffer.from('k8s\0\x0b\x0c'), 'a way that Kubernetes does not use'],
    ['a field without a number', Buffer.from('k8s\0\x02\x00'), 'a field with no number'],
  ])('is refused: %s', (_, bytes, why) => {
    const read = () => readAll([bytes]);

    expect(read).toThrow(expect.objectContaining({ because: 'malformed', message: expect.stringContaining(why) }));
  });

  it.each([
    ['a number of eleven bytes', Buffer.concat([varint(7 * 8), Buffer.alloc(10, 0xff), Buffer.from([1])]), 'more than 64 bits'],
    ['a number above 64 bits', Buffer.concat([varint(7 * 8), Buffer.alloc(9, 0xff), Buffer.from([2])]), 'more than 64 bits'],
    ['a name written as a number', Buffer.concat([varint(1 * 8), varint(7)]), 'in another way than the API describes'],
    ['a number written as a name', bytesField(7, Buffer.from('seven')), 'in another way than the API describes'],
    ['a number that does not end', Buffer.concat([varint(7 * 8), Buffer.from([0xff])]), 'ends within a number'],
    ['a name longer than its pod', Buffer.from([0x0a, 0x7f, 0x61]), 'longer than what holds it'],
    ['a fixed field longer than its pod', Buffer.from([0xf9, 0x01, 0x61]), 'longer than what holds it'],
    ['an instant in the year 12000', bytesField(8, Buffer.concat([varint(8), varint(316_516_204_800)])), 'no year of four digits'],
  ])('is one pod that is refused: %s', (_, content, why) => {
    const { pods, unreadable } = readAll([metadata(content)]);

    expect(pods).toEqual([]);
    expect(unreadable).toEqual([expect.stringContaining(why)]);
  });

  it.each(
    Array.from({ length: 12 }, (_, nth) => Math.floor((whole.length * nth) / 12)),
  )('is refused where it ends early: at byte %i', (end) => {
    const read = () => readAll([whole.subarray(0, end)]);

    expect(read).toThrow(expect.objectContaining({ because: 'malformed' }));
  });

  it('says nothing of what it held', () => {
    const secret = metadata(Buffer.concat([bytesField(3, Buffer.from('kraken-7')), Buffer.from([0x0a, 0x7f]), Buffer.from('kraken-8')]));

    const { unreadable } = readAll([secret]);

    expect(unreadable.join()).not.toContain('kraken');
  });
});

describe('whatever a server answers in place of a list of pods', () => {
  /** Nothing but a refusal may come of it, and soon. */
  function survives(pieces: readonly Buffer[]): boolean {
    try {
      readAll(pieces);
      return true;
    } catch (error) {
      return error instanceof AuditError && error.because === 'malformed';
    }
  }

  it('is read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), fc.boolean(), (bytes, begins) =>
        survives([Buffer.from(begins ? 'k8s\0' : ''), Buffer.from(bytes)]),
      ),
      { numRuns: 1500 },
    );
  });

  it('is read or refused where a true list was tampered with', () => {
    const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255), cut: fc.nat(9), more: fc.uint8Array({ maxLength: 9 }) });
    const begun = performance.now();

    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.array(fc.nat(), { maxLength: 5 }), (changes, places) => {
        let bytes = Buffer.from(whole);
        for (const { at, byte, cut, more } of changes) {
          bytes[at % bytes.length] = byte;
          bytes = Buffer.concat([bytes.subarray(0, at), ...(byte % 2 ? [more, bytes.subarray(at + cut)] : [bytes.subarray(at)])]);
        }
        return survives(cutAt(bytes, places));
      }),
      { numRuns: 1500 },
    );

    expect(performance.now() - begun).toBeLessThan(50_000);
  });

  it('costs no more than its length where it announces a field without end', () => {
    const endless = Buffer.concat([Buffer.from('k8s\0'), varint(2 * 8 + 2), varint(2 ** 40), varint(2 * 8 + 2), varint(2 ** 39)]);
    const pieces = Array.from({ length: 20_000 }, () => Buffer.alloc(1000));

    const read = () => readAll([endless, ...pieces]);

    expect(read).toThrow(expect.objectContaining({ because: 'malformed' }));
  }, 10_000);
});
