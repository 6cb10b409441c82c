import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Edge, Seen as Fact, Wanted } from '../../src/collect/define-source.ts';
import type { Digest } from '../../src/domain/digest.ts';
import ecr from '../../src/sources/ecr.ts';
import { mistakeInAnswer, mistakeInCall } from './ecr-model.ts';
import { openEdge } from './edge.ts';
import { configOf, type Descriptor, digestOf, manifestOf, OCI_CONFIG, OCI_INDEX, OCI_MANIFEST, sendJson } from './registry.ts';

export const ECR_HOST = '210987654321.dkr.ecr.eu-west-1.amazonaws.com';

type Stored = Readonly<{ body: string; mediaType: string; pushedAt: number }>;
type Manifest = Readonly<{ subject?: Readonly<{ digest: string }>; artifactType?: string; annotations?: object }>;
type Call = Readonly<{ action: string; input: Readonly<Record<string, unknown>> }>;
type ImageId = Readonly<{ imageDigest?: string; imageTag?: string }>;

/** What a test has a call answered with instead; undefined leaves it to what is stored. */
export type EcrReply = (call: Call, nth: number) => Readonly<{ status: number; body: object }> | undefined;

export type FakeEcr = Readonly<{
  endpoint: string;
  calls: Call[];
  /** The keys that signed them. */
  signers: string[];
  /** Requests for blobs, at the storage, and what they bore. */
  downloads: string[];
  borne: http.IncomingHttpHeaders[];
  put(repository: string, content: object, mediaType?: string): Descriptor;
  image(repository: string, config?: object): Descriptor & Readonly<{ config: Descriptor }>;
  /** Stores a layer, as it is. */
  layer(repository: string, body: Buffer): Descriptor;
  /** Answers at the storage instead; undefined leaves it to what is stored. */
  store(next: (response: http.ServerResponse, nth: number) => boolean): void;
  index(repository: string, manifests: readonly object[]): Descriptor;
  tag(repository: string, name: string, digest: Digest): void;
  /** Pushes the image of another repository, config included. */
  copy(from: string, to: string, digest: Digest): void;
  remove(repository: string, digest: Digest): void;
  settings(repository: string, settings: object): void;
  /** A lifecycle policy as it was put, JSON as text. */
  lifecycle(repository: string, policy: object | string): void;
  /** What DescribeImages tells of an image beside what it always does. */
  describe(repository: string, digest: Digest, details: object): void;
  /** What its clock says; nothing until then. */
  clock(now: string): void;
  reply(next: EcrReply): void;
  stop(): Promise<void>;
}>;

const refused = (message: string) => ({ status: 400, body: { __type: 'InvalidParameterException', message } });
const failed = (type: string) => ({ status: 400, body: { __type: type, message: 'arn:aws:iam::210987654321:role/secret-name may not' } });

/** What AWS says of its calls in words, and not in its model; and that every call names the account, which is ours to hold. */
function wrongIn({ action, input }: Call): string | undefined {
  const ids = input['imageIds'] as readonly ImageId[] | undefined;
  if (ids && input['maxResults'] !== undefined) return 'maxResults cannot be used with imageIds';
  if (ids?.some(({ imageDigest, imageTag }) => (imageDigest ?? imageTag) === undefined)) return 'imageIds';
  const subject = (input['subjectId'] as ImageId | undefined)?.imageDigest;
  if (action === 'ListImageReferrers' && !/^sha256:[0-9a-f]{64}$/.test(subject ?? '')) return 'subjectId';
  return input['registryId'] === undefined ? 'registryId' : undefined;
}

/** Starts an ECR on 127.0.0.1 that speaks the JSON protocol of AWS, rejects what its model does, and fails the test where an answer of its own is none. */
export async function startEcr(): Promise<FakeEcr> {
  const stored = new Map<string, Stored>();
  const tags = new Map<string, Digest>();
  const settings = new Map<string, object>();
  const policies = new Map<string, string>();
  const described = new Map<string, object>();
  const calls: Call[] = [];
  const mistakes: string[] = [];
  const signers: string[] = [];
  const downloads: string[] = [];
  const borne: http.IncomingHttpHeaders[] = [];
  const layers = new Map<string, Buffer>();
  let store: Parameters<FakeEcr['store']>[0] = () => false;
  let reply: EcrReply = () => undefined;
  let pushes = 0;
  let clock = '';
  const digestBy = (repository: string, { imageDigest, imageTag }: ImageId) => imageDigest ?? tags.get(`${repository}:${imageTag}`) ?? '';

  const listOf = (repository: string, size: number, from: number) => {
    const tagsOf = (digest: string) => [...tags].flatMap(([name, of]) => (of === digest ? [name.slice(repository.length + 1)] : []));
    const all = [...stored].filter(([name, { mediaType }]) => name.startsWith(`${repository} `) && mediaType !== OCI_CONFIG);
    const imageDetails = all.slice(from, from + size).map(([name, { mediaType, pushedAt }]) => {
      const imageDigest = name.slice(repository.length + 1);
      const imageTags = tagsOf(imageDigest);
      const told = { imageDigest, imageManifestMediaType: mediaType, imagePushedAt: pushedAt };
      return { ...told, ...(imageTags.length > 0 ? { imageTags } : {}), ...described.get(name) };
    });
    return { status: 200, body: { imageDetails, ...(from + size < all.length ? { nextToken: `${from + size}` } : {}) } };
  };
  const referrersOf = (within: string, subject: string | undefined, [size, from]: readonly [number, number]) => {
    const all = [...stored].flatMap(([name, { body, mediaType }]) => {
      const manifest = name.startsWith(within) && mediaType === OCI_MANIFEST ? (JSON.parse(body) as Manifest) : {};
      if (manifest.subject?.digest !== subject) return [];
      const { artifactType, annotations } = manifest;
      return [{ digest: name.slice(within.length), mediaType, size: body.length, artifactType, annotations, artifactStatus: 'ACTIVE' }];
    });
    const referrers = all.slice(from, from + size);
    return { status: 200, body: { referrers, ...(from + size < all.length ? { nextToken: `${from + size}` } : {}) } };
  };
  const actions: Record<string, (input: Call['input']) => Readonly<{ status: number; body: object }>> = {
    BatchGetImage({ repositoryName, imageIds }) {
      const images: object[] = [];
      const failures: object[] = [];
      for (const id of imageIds as readonly ImageId[]) {
        const imageDigest = digestBy(String(repositoryName), id);
        const found = stored.get(`${String(repositoryName)} ${imageDigest}`);
        if (found) images.push({ imageId: { ...id, imageDigest }, imageManifest: found.body, imageManifestMediaType: found.mediaType });
        else failures.push({ imageId: id, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' });
      }
      return { status: 200, body: { images, failures } };
    },
    DescribeImages({ repositoryName, imageIds, maxResults, nextToken }) {
      if (!imageIds) return listOf(String(repositoryName), Number(maxResults ?? 100), Number(nextToken ?? 0));
      const found = (imageIds as readonly ImageId[]).map(({ imageDigest }) => ({
        imageDigest,
        one: stored.get(`${String(repositoryName)} ${imageDigest}`),
      }));
      if (found.some(({ one }) => !one)) return failed('ImageNotFoundException');
      return { status: 200, body: { imageDetails: found.map(({ imageDigest, one }) => ({ imageDigest, imagePushedAt: one?.pushedAt })) } };
    },
    ListImageReferrers: ({ repositoryName, subjectId, maxResults, nextToken }) =>
      referrersOf(`${String(repositoryName)} `, (subjectId as ImageId).imageDigest, [Number(maxResults ?? 20), Number(nextToken ?? 0)]),
    GetLifecyclePolicy({ repositoryName }) {
      const text = policies.get(String(repositoryName));
      return text === undefined
        ? failed('LifecyclePolicyNotFoundException')
        : { status: 200, body: { repositoryName, lifecyclePolicyText: text } };
    },
    DescribeRepositories({ repositoryNames }) {
      const repositories = (repositoryNames as readonly string[]).map((repositoryName) => ({
        repositoryName,
        imageTagMutability: 'MUTABLE',
        ...settings.get(repositoryName),
      }));
      return { status: 200, body: { repositories } };
    },
    GetDownloadUrlForLayer: ({ repositoryName, layerDigest }) => ({
      status: 200,
      body: { layerDigest, downloadUrl: `http://${host}/storage/${String(repositoryName)}/${String(layerDigest)}?X-Amz-Signature=s3cr3t` },
    }),
  };

  const answerTo = ({ action, input }: Call) => {
    const answer = actions[action]?.(input) ?? failed('UnknownOperationException');
    const mistake = answer.status === 200 ? mistakeInAnswer(action, JSON.parse(JSON.stringify(answer.body))) : undefined;
    if (mistake !== undefined) mistakes.push(mistake);
    return answer;
  };

  const server = http.createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { pathname } = new URL(request.url ?? '', 'http://ecr.test');
      if (request.method === 'GET') {
        const nth = downloads.push(pathname);
        borne.push(request.headers);
        if (store(response, nth)) return;
        const [, repository, digest] = /^\/storage\/(.+)\/(sha256:.+)$/.exec(decodeURIComponent(pathname)) ?? [];
        response.end(layers.get(`${repository} ${digest}`) ?? stored.get(`${repository} ${digest}`)?.body);
        return;
      }
      const action = String(request.headers['x-amz-target']).replace('AmazonEC2ContainerRegistry_V20150921.', '');
      const call = { action, input: JSON.parse(Buffer.concat(pieces).toString()) as Call['input'] };
      const nth = calls.push(call);
      signers.push(/Credential=(\w+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '');
      const wrong = mistakeInCall(action, call.input) ?? wrongIn(call);
      const answer = reply(call, nth) ?? (wrong === undefined ? answerTo(call) : refused(wrong));
      sendJson(response, answer.status, answer.body, { 'content-type': 'application/x-amz-json-1.1' });
    });
  });
  // A test has a clock of its own.
  server.prependListener('request', (_, response: http.ServerResponse) => {
    response.sendDate = false;
    if (clock !== '') response.setHeader('date', new Date(clock).toUTCString());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  const put: FakeEcr['put'] = (repository, content, mediaType = OCI_MANIFEST) => {
    const body = JSON.stringify(content);
    stored.set(`${repository} ${digestOf(body)}`, { body, mediaType, pushedAt: Date.parse('2026-03-01T09:00:00Z') / 1000 + pushes++ });
    return { mediaType, digest: digestOf(body), size: body.length };
  };
  return {
    endpoint: `http://${host}`,
    calls,
    signers,
    downloads,
    borne,
    put,
    image(repository, config = configOf()) {
      const named = put(repository, config, OCI_CONFIG);
      return { ...put(repository, manifestOf(named)), config: named };
    },
    layer(repository, body) {
      layers.set(`${repository} ${digestOf(body)}`, body);
      return { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digestOf(body), size: body.length };
    },
    store(next) {
      store = next;
    },
    index: (repository, manifests) => put(repository, { schemaVersion: 2, mediaType: OCI_INDEX, manifests }, OCI_INDEX),
    tag: (repository, name, digest) => void tags.set(`${repository}:${name}`, digest),
    copy(from, to, digest) {
      const { config } = JSON.parse(stored.get(`${from} ${digest}`)?.body ?? '{}') as { config: Descriptor };
      for (const one of [config.digest, digest]) {
        const found = stored.get(`${from} ${one}`);
        if (found) stored.set(`${to} ${one}`, found);
      }
    },
    remove: (repository, digest) => void stored.delete(`${repository} ${digest}`),
    lifecycle: (repository, policy) => void policies.set(repository, typeof policy === 'string' ? policy : JSON.stringify(policy)),
    describe: (repository, digest, details) => void described.set(`${repository} ${digest}`, details),
    settings: (repository, changed) => void settings.set(repository, changed),
    clock(now) {
      clock = now;
    },
    reply(next) {
      reply = next;
    },
    async stop() {
      await new Promise<void>((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      });
      if (mistakes.length > 0) throw new Error(`not as AWS describes ECR: ${mistakes.join('; ')}`);
    },
  };
}

/** What AWS answers to whom it refuses. */
export const refusedBy = failed;

type Asked = Readonly<{ digests?: Readonly<Record<string, readonly string[]>>; tags?: readonly string[]; arePulled?: boolean }>;

/** Runs the source against it, with the credentials of a test. */
export async function lookUpEcr(
  { endpoint }: Pick<FakeEcr, 'endpoint'>,
  { digests = {}, tags = [], arePulled = false }: Asked,
  { edge, ...config }: Readonly<Record<string, unknown>> & { edge?: Edge } = {},
): Promise<Fact[]> {
  const world = edge ?? openEdge({ secrets: { AWS_ACCESS_KEY_ID: 'AKIATEATEATEATEATEA', AWS_SECRET_ACCESS_KEY: 'earl-grey-hot' } });
  const seenIn = (repositories: readonly string[]) => repositories.map((repository) => ({ registry: ECR_HOST, repository }));
  const wanted: Wanted = {
    digests: Object.entries(digests).map(([digest, repositories]) => {
      return { digest: digest as Digest, seenIn: seenIn(repositories), ...(arePulled ? { pulledFrom: seenIn(repositories) } : {}) };
    }),
    tags: tags.map((text) => {
      const [repository = '', tag = ''] = text.split(':');
      return { registry: ECR_HOST, repository, tag };
    }),
    commits: [],
    lines: [],
  };
  const facts: Fact[] = [];
  const parsed = ecr.config.parse({ registry: ECR_HOST, endpoint, cache: 'off', referrers: 'false', ...config });
  for await (const fact of ecr.observe(parsed, wanted, world)) facts.push(fact);
  return facts;
}
