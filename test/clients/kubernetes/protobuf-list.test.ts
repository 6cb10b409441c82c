import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { listObjects, type Resource } from '../../../src/clients/kubernetes/list.ts';
import { Pod } from '../../../src/clients/kubernetes/objects.ts';
import { podsInProtobuf } from '../../../src/clients/kubernetes/protobuf/pod-list.ts';
import { openKubernetes } from '../../../src/clients/kubernetes.ts';
import { openEdge } from '../../fakes/edge.ts';
import { writeKubeconfig } from '../../fakes/kubernetes.ts';
import { bytesField, encodePod, encodePodList, encodeStatus } from '../../fakes/kubernetes-protobuf.ts';

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const PODS: Resource<Pod> = { kind: 'Pod', plural: 'pods', versions: ['v1'], schema: Pod, encoding: podsInProtobuf };

const fixture = new URL('../../../fixtures/kubernetes/pods-k8s1.20-containerd1.6.json', import.meta.url);
const recorded = (JSON.parse(readFileSync(fixture, 'utf8')) as { items: object[] }).items;
const wanted = recorded.map((pod) => Pod.parse(pod));

type Asked = Readonly<{ token: string; nth: number; accept: string; response: http.ServerResponse; asked: readonly string[] }>;

const servers: http.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** Starts an API server that answers as a test says, and lists the pods from there. */
async function list(answer: (asked: Asked) => void, retries = 0) {
  const asked: string[] = [];
  let inFlight = 0;
  let most = 0;
  const server = http.createServer((request, response) => {
    const token = new URL(request.url ?? '', 'http://127.0.0.1').searchParams.get('continue') ?? '';
    most = Math.max(most, ++inFlight);
    response.on('close', () => inFlight--);
    asked.push(token);
    answer({ token, nth: asked.length, accept: request.headers.accept ?? '', response, asked });
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const kubeconfig = await writeKubeconfig(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const api = await openKubernetes({ kubeconfig, insecure: 'true' }, openEdge({ retries }));
  const listing = await listObjects(api, PODS);
  api.close();
  return { listing, asked, most };
}

/** The page of five recorded pods that a token asks for. */
function pageOf(token: string): Buffer {
  const from = Number(token);
  const next = from + 5 < recorded.length ? String(from + 5) : '';
  return encodePodList(
    recorded.slice(from, from + 5).map((pod) => encodePod(pod)),
    { token: next },
  );
}

function send(response: http.ServerResponse, body: Buffer, status = 200): void {
  response.writeHead(status, { 'content-type': PROTOBUF, 'content-length': body.length }).end(body);
}

describe('a list of pods', () => {
  it('is asked for in protobuf and, where the server has none, in JSON', async () => {
    const accepted: string[] = [];

    const { listing } = await list(({ response, accept }) => {
      accepted.push(accept);
      const body = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: recorded };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });

    expect(accepted).toEqual([`${PROTOBUF}, application/json;q=0.9`]);
    expect(listing).toMatchObject({ items: wanted, troubles: [] });
  });

  it('is asked for in JSON alone where the server refuses protobuf', async () => {
    const accepted: string[] = [];

    const { listing } = await list(({ response, accept }) => {
      accepted.push(accept);
      if (accept.includes(PROTOBUF)) return void response.writeHead(406).end();
      const body = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: recorded };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });

    expect(accepted).toEqual([`${PROTOBUF}, application/json;q=0.9`, 'application/json']);
    expect(listing).toMatchObject({ items: wanted, troubles: [] });
  });

  it('is read with one request a page', async () => {
    const { listing, asked } = await list(({ response, token }) => send(response, pageOf(token)));

    expect(asked).toEqual(['', '5', '10', '15']);
    expect(listing).toEqual({ items: wanted, troubles: [], status: 200 });
  });

  it('has its next page asked for before this one has arrived, and never more than one', async () => {
    const held: (() => void)[] = [];

    const { listing, asked, most } = await list(({ response, token }) => {
      held.shift()?.();
      const page = pageOf(token);
      if (token === '15') return send(response, page);
      response.writeHead(200, { 'content-type': PROTOBUF });
      // The rest of this page comes when the next one is asked for.
      response.write(page.subarray(0, page.length - 100));
      held.push(() => response.end(page.subarray(page.length - 100)));
    });

    expect(asked).toEqual(['', '5', '10', '15']);
    expect(most).toBe(2);
    expect(listing.items).toEqual(wanted);
  });

  it('N15 that is cut in the middle of a page has that page asked for again, and every pod once', async () => {
    const { listing, asked } = await list(({ response, token, asked: before }) => {
      const page = pageOf(token);
      const isAgain = before.filter((one) => one === token).length > 1;
      if (token !== '10' || isAgain) return send(response, page);
      response.writeHead(200, { 'content-type': PROTOBUF, 'content-length': page.length });
      response.write(page.subarray(0, page.length / 2), () => response.destroy());
    }, 1);

    expect(asked.toSorted()).toEqual(['', '10', '10', '15', '5']);
    expect(listing).toEqual({ items: wanted, troubles: [], status: 200 });
  });

  it('that is begun again follows where the new beginning goes on', async () => {
    const { listing } = await list(({ response, token, nth }) => {
      const page =
        nth === 1
          ? encodePodList(
              recorded.slice(0, 4).map((pod) => encodePod(pod)),
              { token: 'stale' },
            )
          : pageOf(token);
      if (token === 'stale') return send(response, encodePodList([]), 410);
      if (nth > 1) return send(response, page);
      response.writeHead(200, { 'content-type': PROTOBUF, 'content-length': page.length });
      response.write(page.subarray(0, page.length - 100), () => response.destroy());
    }, 1);

    expect(listing).toEqual({ items: wanted, troubles: [], status: 200 });
  });

  it('K08 that expires twice goes on with the token of the refusal, and is no longer whole', async () => {
    const { listing, asked } = await list(({ response, token }) => {
      if (token === '5') return send(response, encodeStatus('10'), 410);
      send(response, pageOf(token));
    });

    expect(asked).toEqual(['', '5', '', '5', '10', '15']);
    expect(listing.items).toEqual([...wanted.slice(0, 5), ...wanted.slice(10)]);
    expect(listing.troubles).toMatchObject([{ because: 'incomplete' }]);
  });

  it('leaves a trouble for the pod that cannot be read, with its name, and holds the others', async () => {
    const nameOnly = Buffer.concat([bytesField(1, Buffer.from('kiosk')), bytesField(3, Buffer.from('prod'))]);
    const broken = bytesField(2, Buffer.concat([bytesField(1, nameOnly), bytesField(2, Buffer.from([0x0a, 0x7f]))]));

    const { listing } = await list(({ response }) => send(response, encodePodList([broken, ...recorded.map((pod) => encodePod(pod))])));

    expect(listing.items).toEqual(wanted);
    expect(listing.troubles).toMatchObject([
      { because: 'malformed', namespace: 'prod', locator: expect.stringMatching(/\/api\/v1\/namespaces\/prod\/pods\/kiosk$/) },
    ]);
  });

  it.each([
    ['is of something else', encodePodList([], { kind: 'SecretList' })],
    ['is no protobuf', Buffer.from('<html>Sign in</html>')],
    ['ends early', pageOf('').subarray(0, 2000)],
  ])('that %s is a trouble, and holds nothing', async (_, body) => {
    const { listing } = await list(({ response }) => send(response, body));

    expect(listing).toMatchObject({ items: [], troubles: [{ because: 'malformed', hint: expect.stringContaining('protobuf') }] });
  });

  it('whose first page breaks off for good leaves nothing of what was asked ahead', async () => {
    const { listing, asked } = await list(({ response, token }) => {
      const page = pageOf(token);
      if (token !== '') return send(response, page);
      response.writeHead(200, { 'content-type': PROTOBUF, 'content-length': page.length });
      response.write(page.subarray(0, page.length - 100), () => response.destroy());
    });

    expect(asked[0]).toBe('');
    expect(listing).toMatchObject({ items: [], troubles: [{ because: 'unreachable' }], status: 0 });
  });
});
