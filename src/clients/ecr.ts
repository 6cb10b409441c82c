import type { ECRClient, ECRClientConfig } from '@aws-sdk/client-ecr';
import type { z } from 'zod';
import type { Edge, ReadBlob } from '../collect/define-source.ts';
import type { Digest } from '../domain/digest.ts';
import { matches } from '../domain/glob.ts';
import { unreadable } from '../error.ts';
import {
  Answered,
  Download,
  detailsOf,
  type ImageId,
  type Images,
  imagesOf,
  Lifecycle,
  Listed,
  Referrers,
  type Settings,
  settingsOf,
} from './ecr/answers.ts';
import { assumeRole, type Role, type Unsigned } from './ecr/assume-role.ts';
import { collectAnswer } from './ecr/collect-answer.ts';
import { patienceOf } from './ecr/patience.ts';
import { refusalOf } from './ecr/refusal.ts';
import { fetchStored, receiveStored, type Stored } from './ecr/storage.ts';
import type { Budget } from './oci/budget.ts';
import { ACCEPT } from './oci/media-type.ts';
import type { Referrer } from './oci/referrers.ts';
import { refuseUncomputable } from './oci/verify.ts';

export type EcrSettings = Readonly<{
  account: string;
  region: string;
  profile: string | undefined;
  endpoint: string | undefined;
  assumeRole: Role | undefined;
}>;

// The permission has another name than the action (ECR API reference, ListImageReferrers, 2026).
const REFERRERS = 'ListImageReferrers, which ecr:BatchGetImage allows,';

type Listings = Readonly<{
  /** The text of a repository's lifecycle policy, if it has one. */
  lifecyclePolicy(repository: string): Promise<string | undefined>;
  /** Every image of a repository that can be pulled: what is archived is not among them. */
  list(repository: string): Promise<Listed['imageDetails']>;
  /** Every artifact of a repository that has a digest as its subject. */
  referrers(repository: string, digest: Digest): Promise<readonly Referrer[]>;
}>;

/** The part of one account's ECR that is read: six actions, none of which writes. */
export type Ecr = Listings &
  Readonly<{
    /** At most a hundred images of one repository; those that are not handed out are its failures. */
    getImages(repository: string, ids: readonly ImageId[]): Promise<Images>;
    /** When each of at most a hundred digests was pushed to its repository. */
    pushTimes(repository: string, digests: readonly Digest[]): Promise<ReadonlyMap<Digest, string>>;
    /** Whether a tag of a repository can never be moved; undefined where the answer does not say. */
    immutability(repository: string): Promise<(tag: string) => boolean | undefined>;
    /** The bytes of a small blob, not verified yet. */
    blob(repository: string, digest: Digest): Promise<Buffer>;
    /** A blob as it arrives, be it large: whoever takes it holds it to its digest. */
    download: ReadBlob;
  }>;

// Of a thousand images each: as many as Amazon allows a repository (ECR quotas, 2026).
const MOST_PAGES = 100;

type Send = <S extends z.ZodType>(action: string, schema: S, job: () => Promise<unknown>) => Promise<z.output<S>>;

/** Opens ECR for one account and region, with the credentials that the SDK finds, or those of a role; they are struck out of everything written. */
export async function openEcr(settings: EcrSettings, edge: Edge, budget: Pick<Budget, 'edge' | 'tell'>): Promise<Ecr> {
  const sdk = await import('@aws-sdk/client-ecr');
  const own = new sdk.ECRClient(clientConfig(settings, edge));
  const role = roleCredentials(own, settings, edge);
  const client = role ? new sdk.ECRClient({ ...clientConfig(settings, edge), credentials: role }) : own;
  hearAnswers(client, budget);
  const send = openSend(settings, budget.edge, concealCredentials(client, edge));
  const registryId = settings.account;
  const { options } = patienceOf(edge);
  const storedAs = async (repositoryName: string, layerDigest: Digest): Promise<Stored> => {
    const command = new sdk.GetDownloadUrlForLayerCommand({ registryId, repositoryName, layerDigest });
    const { downloadUrl } = await send('GetDownloadUrlForLayer', Download, () => client.send(command, options));
    return { address: downloadUrl, endpoint: settings.endpoint };
  };
  return {
    getImages(repositoryName, ids) {
      const input = { registryId, repositoryName, imageIds: [...ids], acceptedMediaTypes: ACCEPT.split(', ') };
      return send('BatchGetImage', imagesOf(ids), () => client.send(new sdk.BatchGetImageCommand(input), options));
    },
    async pushTimes(repositoryName, digests) {
      const input = { registryId, repositoryName, imageIds: digests.map((imageDigest) => ({ imageDigest })) };
      const command = new sdk.DescribeImagesCommand(input);
      const { imageDetails } = await send('DescribeImages', detailsOf(digests), () => client.send(command, options));
      return new Map(
        imageDetails.flatMap(({ imageDigest, imagePushedAt }) => (imagePushedAt ? [[imageDigest, imagePushedAt.toISOString()]] : [])),
      );
    },
    async immutability(repository) {
      const command = new sdk.DescribeRepositoriesCommand({ registryId, repositoryNames: [repository] });
      return immutabilityOf(await send('DescribeRepositories', settingsOf(repository), () => client.send(command, options)));
    },
    ...openListings({ sdk, client, send }, registryId, options),
    blob: async (repository, digest) => fetchStored(await storedAs(repository, digest), edge),
    async download({ repository, digest, size }, open) {
      refuseUncomputable(digest);
      await receiveStored(await storedAs(repository, digest), { size, open }, edge);
    },
  };
}

type Session = Readonly<{ sdk: typeof import('@aws-sdk/client-ecr'); client: ECRClient; send: Send }>;

/** What ECR lists page by page, or as one text. */
function openListings({ sdk, client, send }: Session, registryId: string, options: Readonly<{ abortSignal: AbortSignal }>): Listings {
  return {
    async lifecyclePolicy(repositoryName) {
      const command = new sdk.GetLifecyclePolicyCommand({ registryId, repositoryName });
      const isNone = (error: unknown) => error instanceof sdk.LifecyclePolicyNotFoundException;
      const asked = () =>
        client.send(command, options).catch((error) => (isNone(error) ? { lifecyclePolicyText: null } : Promise.reject(error)));
      return (await send('GetLifecyclePolicy', Lifecycle, asked)).lifecyclePolicyText ?? undefined;
    },
    list: (repositoryName) =>
      everyPage(`images of ${repositoryName}`, async (nextToken) => {
        const command = new sdk.DescribeImagesCommand({ registryId, repositoryName, maxResults: 1000, nextToken });
        const { imageDetails: items, nextToken: next } = await send('DescribeImages', Listed, () => client.send(command, options));
        return { items, next };
      }),
    referrers: (repositoryName, digest) =>
      everyPage(`artifacts that refer to ${repositoryName}@${digest}`, async (nextToken) => {
        const input = { registryId, repositoryName, subjectId: { imageDigest: digest }, maxResults: 50, nextToken };
        // What is archived is there all the same, and a gap once it is wanted.
        const command = new sdk.ListImageReferrersCommand({ ...input, filter: { artifactStatus: 'ANY' } });
        const { referrers, nextToken: next } = await send(REFERRERS, Referrers, () => client.send(command, options));
        return { items: referrers, next };
      }),
  };
}

type Page<T> = Readonly<{ items: readonly T[]; next: string | undefined }>;

/** Everything of a list, or nothing: a part would look like all of it. */
async function everyPage<T>(what: string, ask: (token: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const found: T[] = [];
  let token: string | undefined;
  for (let nth = 0; nth < MOST_PAGES; nth++) {
    const { items, next } = await ask(token);
    found.push(...items);
    if (next === undefined) return found;
    token = next;
  }
  throw unreadable('too-large', `${what}: more than ${MOST_PAGES} pages`, {
    hint: `See why there are so many ${what}, and let a clean-up delete some.`,
  });
}

/** The host of its API. */
export function hostOf({ region, endpoint }: Pick<EcrSettings, 'region' | 'endpoint'>): string {
  return endpoint === undefined ? `api.ecr.${region}.amazonaws.com` : new URL(endpoint).host;
}

/** Sends within the limit of the host, and tells what fails as why it could not be read. */
function openSend(settings: EcrSettings, edge: Edge, ready: Promise<void>): Send {
  const host = hostOf(settings);
  const name = `ECR of ${settings.account} in ${settings.region}`;
  // Whoever sends first is told what is wrong with the credentials; where nobody sends, nobody needs any.
  ready.catch(() => undefined);
  return async (action, schema, job) => {
    try {
      await ready;
      const answer = await edge.limit(host, () => {
        edge.spent(host);
        return job();
      });
      const parsed = schema.safeParse(answer);
      if (parsed.success) return parsed.data;
      throw unreadable(
        'malformed',
        `${name}: ${action} answers ${parsed.error.issues[0]?.path.join('.')} otherwise than it is documented`,
        {
          hint: `Check that ${host} is the API of ECR.`,
        },
      );
    } catch (error) {
      edge.signal.throwIfAborted();
      throw refusalOf(error, `ecr:${action}`, name);
    }
  };
}

/** A repository's setting, and the tags that are excluded from it. */
function immutabilityOf(repository: Settings | undefined): (tag: string) => boolean | undefined {
  const { imageTagMutability, imageTagMutabilityExclusionFilters: filters = [] } = repository ?? {};
  if (imageTagMutability === undefined) return () => undefined;
  if (!imageTagMutability.endsWith('_WITH_EXCLUSION')) return () => imageTagMutability === 'IMMUTABLE';
  const isMostlyImmutable = imageTagMutability.startsWith('IMMUTABLE');
  return (tag) => filters.some(({ filter }) => matches(filter, tag)) !== isMostlyImmutable;
}

function clientConfig({ region, profile, endpoint }: EcrSettings, edge: Edge): ECRClientConfig {
  const accessKeyId = edge.secret('AWS_ACCESS_KEY_ID');
  const secretAccessKey = edge.secret('AWS_SECRET_ACCESS_KEY');
  const sessionToken = edge.secret('AWS_SESSION_TOKEN');
  const own = { accessKeyId: accessKeyId ?? '', secretAccessKey: secretAccessKey ?? '', ...(sessionToken ? { sessionToken } : {}) };
  const isGiven = profile === undefined && accessKeyId !== undefined && secretAccessKey !== undefined;
  return {
    region,
    maxAttempts: edge.patience.retries + 1,
    requestHandler: patienceOf(edge).requestHandler,
    streamCollector: collectAnswer,
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(isGiven ? { credentials: own } : {}),
  };
}

/** What the SDK hands out of an answer has no headers: they are heard where it arrives. */
function hearAnswers(client: ECRClient, budget: Pick<Budget, 'tell'>): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = Answered.safeParse(result.response).data ?? {};
      if (headers) budget.tell({ headers });
      return result;
    },
    { step: 'deserialize', name: 'hearAnswers', priority: 'low' },
  );
}

/** The credentials of the role that is to be assumed, asked for again before they expire; undefined where none is. */
function roleCredentials(own: ECRClient, { assumeRole: role, region }: EcrSettings, edge: Edge) {
  if (!role) return undefined;
  const sign = async (request: Unsigned) => {
    await concealCredentials(own, edge);
    const signer = await own.config.signer({ name: 'sigv4', signingName: 'sts', signingRegion: region, properties: {} });
    return signer.sign(request);
  };
  return () => assumeRole(role, { region, sign }, edge);
}

async function concealCredentials(client: ECRClient, edge: Edge): Promise<void> {
  const { secretAccessKey, sessionToken } = await client.config.credentials();
  for (const value of [secretAccessKey, sessionToken]) if (value) edge.conceal(value);
}
