import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { SCANNER } from './servers.ts';

/** An image of two layers of one file each; the same words make the same bytes. */
export type Image = Readonly<{
  base: string;
  app: string;
  created: string;
  labels?: Readonly<Record<string, string>>;
  architecture?: string;
  /** The form it is pushed in, OCI where nothing is said. */
  form?: 'oci' | 'docker';
}>;

/** What was pushed, as an index names its members. */
export type Pushed = Descriptor &
  Readonly<{ platform: { os: string; architecture: string }; annotations?: Readonly<Record<string, string>> }>;
type Descriptor = Readonly<{ mediaType: string; digest: string; size: number }>;

const OCI = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;
const DOCKER = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
} as const;

/** Pushes an image by the distribution API: layers, config, manifest, and a tag where one is given. */
export async function pushImage(host: string, repository: string, image: Image, tag?: string): Promise<Pushed> {
  const { architecture = 'amd64', created, labels = {}, form = 'oci' } = image;
  const types = form === 'oci' ? OCI : DOCKER;
  const platform = { os: 'linux', architecture };
  const archives = [tarOf('etc/base-release', image.base), tarOf('srv/app', image.app)];
  const layers = [];
  for (const archive of archives) layers.push(await pushBlob(host, repository, types.layer, gzipSync(archive)));
  const config = {
    created,
    ...platform,
    config: { Entrypoint: ['/srv/app'], Env: ['PATH=/usr/bin'], Labels: labels },
    rootfs: { type: 'layers', diff_ids: archives.map(digestOf) },
    history: archives.map((_, at) => ({ created, created_by: at === 0 ? 'base' : 'COPY app /srv/app' })),
  };
  const stated = await pushBlob(host, repository, types.config, jsonOf(config));
  const manifest = { schemaVersion: 2, mediaType: types.manifest, config: stated, layers };
  return { ...(await pushManifest(host, repository, manifest, tag)), platform };
}

/** Pushes what BuildKit puts beside each image of an index: its provenance, as a manifest for no platform. */
export async function pushAttestation(host: string, repository: string, about: Pushed): Promise<Pushed> {
  const statement = {
    _type: 'https://in-toto.io/Statement/v0.1',
    subject: [{ name: repository, digest: { sha256: about.digest.replace('sha256:', '') } }],
    predicateType: 'https://example.test/checked/v1',
    predicate: {},
  };
  const layer = await pushBlob(host, repository, 'application/vnd.in-toto+json', jsonOf(statement));
  const platform = { os: 'unknown', architecture: 'unknown' };
  const config = { ...platform, config: {}, rootfs: { type: 'layers', diff_ids: [layer.digest] } };
  const stated = await pushBlob(host, repository, OCI.config, jsonOf(config));
  const pushed = await pushManifest(host, repository, { schemaVersion: 2, mediaType: OCI.manifest, config: stated, layers: [layer] });
  const annotations = { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': about.digest };
  return { ...pushed, platform, annotations };
}

/** Pushes an index over images that are there. */
export async function pushIndex(host: string, repository: string, members: readonly Pushed[], tag?: string): Promise<string> {
  const index = { schemaVersion: 2, mediaType: OCI.index, manifests: members };
  return (await pushManifest(host, repository, index, tag)).digest;
}

async function pushManifest(
  host: string,
  repository: string,
  manifest: { mediaType: string; [more: string]: unknown },
  tag?: string,
): Promise<Descriptor> {
  const { mediaType } = manifest;
  const body = jsonOf(manifest);
  const digest = digestOf(body);
  await put(`http://${host}/v2/${repository}/manifests/${tag ?? digest}`, body, mediaType);
  return { mediaType, digest, size: body.length };
}

async function pushBlob(host: string, repository: string, mediaType: string, body: Buffer): Promise<Descriptor> {
  const digest = digestOf(body);
  const uploads = `http://${host}/v2/${repository}/blobs/uploads/`;
  const begun = await fetch(uploads, { method: 'POST', headers: { authorization } });
  const address = new URL(begun.headers.get('location') ?? '', uploads);
  address.searchParams.set('digest', digest);
  await put(address.href, body, 'application/octet-stream');
  return { mediaType, digest, size: body.length };
}

// The open registry does not look at it.
const authorization = `Basic ${Buffer.from(`${SCANNER.username}:${SCANNER.password}`).toString('base64')}`;

async function put(url: string, body: Buffer, mediaType: string): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', headers: { authorization, 'content-type': mediaType }, body });
  if (answer.status !== 201) throw new TypeError(`PUT ${url}: ${answer.status} ${await answer.text()}`);
}

function jsonOf(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function digestOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

const BLOCK_BYTES = 512;

/** A tar archive of one file, in the form of POSIX 1988. */
function tarOf(name: string, text: string): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.alloc(BLOCK_BYTES);
  header.write(name, 0);
  header.write('0000755\0' + '0000000\0'.repeat(2), 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0`, 124);
  header.write('        0', 148);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((BLOCK_BYTES - (content.length % BLOCK_BYTES)) % BLOCK_BYTES);
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * BLOCK_BYTES)]);
}
