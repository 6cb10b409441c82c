import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import { z } from 'zod';
import type { BlobTaker } from '../../collect/define-source.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { AuditError, unreadable } from '../../error.ts';
import { readConfig } from '../oci/config.ts';
import { checked } from '../oci/content.ts';
import { redactContent } from '../oci/redact-content.ts';
import { digestOf } from '../oci/verify.ts';
import type { ImageFile } from './image-file.ts';
import { localImage } from './local-image.ts';

const LARGEST_BYTES = 8 * 1024 * 1024;
const MOST_ENTRIES = 100_000;
const Images = z.array(z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish(), Layers: z.array(z.string()) }));
type Image = z.output<typeof Images>[number];

/** What a tar file holds: the sha256 of every file by its name, what the links name, and the bytes of the files that were asked for. */
type Contents = Readonly<{ hashes: Map<string, string>; links: Map<string, string>; kept: Map<string, Buffer> }>;

type Entry = AsyncIterable<Uint8Array> & Readonly<{ header: Header }>;

/** Reads one image of what `docker save` writes; its digest is its config's, for it holds no manifest of a registry. */
export async function readDockerArchive(file: string, tag: string | undefined): Promise<ImageFile> {
  await refuseOther(file);
  const first = await readTar(file, 'manifest.json');
  const manifest = first.kept.get('manifest.json');
  if (!manifest) throw notSaved(file);
  const image = choose(checked(Images, parseStrictJson(manifest), 'a docker archive'), tag, file);
  const name = path.posix.normalize(image.Config);
  const body = (await readTar(file, name)).kept.get(name);
  if (!body) throw unreadable('malformed', `${file} does not hold its config ${name}`, { hint: 'Save the image again.' });
  const root = digestOf(body);
  const locator = `${file}!/${name}`;
  const config = readConfig(root, { body, mediaType: '', locator, image: localImage(file) });
  refuseWrongName(name, root, locator);
  refuseWrongLayers(image, config.diffIds, { contents: first, file });
  const named = new Map(config.diffIds.map((diffId, at) => [diffId, fileOf(path.posix.normalize(image.Layers[at] ?? ''), first)]));
  return {
    root,
    seen: [redactContent(config)],
    readLayer: ({ diffId }, open) => handOut(file, named.get(diffId), open()),
  };
}

/** The archive is read once more: it has no list of where its files begin. */
async function handOut(file: string, layer: string | undefined, taker: BlobTaker): Promise<void> {
  await eachEntry(file, async (entry) => {
    const isIt = entry.header.type === 'file' && path.posix.normalize(entry.header.name) === layer;
    for await (const piece of entry) if (isIt) await taker.push(Buffer.from(piece));
  });
  taker.end();
}

async function refuseOther(file: string): Promise<void> {
  const status = await lstat(file).catch((cause: unknown) => {
    throw new AuditError('USAGE', `"${file}" is not there`, { hint: 'Write it with `docker save IMAGE -o FILE`.', cause });
  });
  if (!status.isFile())
    throw new AuditError('USAGE', `"${file}" is no plain file`, { hint: 'Give the file itself, not a link or a folder.' });
  const handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0).finally(() => handle.close());
  if (buffer.equals(Buffer.from([0x1f, 0x8b])))
    throw new AuditError('USAGE', `"${file}" is compressed`, { hint: `Unpack it first: gunzip ${JSON.stringify(file)}.` });
}

function choose(images: readonly Image[], tag: string | undefined, file: string): Image {
  const names = (image: Image) => image.RepoTags ?? [];
  const found = images.filter((image) => tag === undefined || names(image).some((name) => name === tag || name.endsWith(`:${tag}`)));
  const [first] = found;
  if (first && found.length === 1) return first;
  const known = images.flatMap(names).slice(0, 10);
  throw new AuditError('USAGE', `${file} holds ${found.length} images${tag === undefined ? '' : ` named ${tag}`}`, {
    hint: known.length > 0 ? `Name one of them: ${known.join(', ')}.` : 'Save one image into one file.',
  });
}

async function readTar(file: string, wanted: string): Promise<Contents> {
  const contents: Contents = { hashes: new Map(), links: new Map(), kept: new Map() };
  await eachEntry(file, (entry) => readEntry(entry, wanted, contents));
  return contents;
}

async function eachEntry(file: string, visit: (entry: Entry) => Promise<void>): Promise<void> {
  const unpacking = extract();
  const readAll = async () => {
    // The types of tar-stream say nothing of what an entry streams: streamx, which they lean on, has none.
    for await (const entry of unpacking as unknown as AsyncIterable<Entry>) await visit(entry);
  };
  const outcomes = await Promise.allSettled([readAll(), pipeline(createReadStream(file), unpacking)]);
  const causes: unknown[] = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (causes[0] instanceof AuditError) throw causes[0];
  if (causes.length > 0)
    throw unreadable('malformed', `${file} is no tar file that can be read to its end`, {
      hint: 'Save the image again.',
      cause: causes[0],
    });
}

async function readEntry(entry: Entry, wanted: string, { hashes, links, kept }: Contents): Promise<void> {
  const { name: written, type, linkname, size } = entry.header;
  const name = path.posix.normalize(written);
  if (hashes.has(name) || links.has(name)) throw unreadable('malformed', `it holds ${name} twice`, { hint: 'Save the image again.' });
  if (hashes.size + links.size >= MOST_ENTRIES) throw unreadable('too-large', `it holds more than ${MOST_ENTRIES} files`);
  if (type === 'symlink' || type === 'link') {
    const from = type === 'link' ? '' : path.posix.dirname(name);
    links.set(name, path.posix.normalize(path.posix.join(from, linkname)));
  }
  const isKept = type === 'file' && name === wanted;
  if (isKept && size > LARGEST_BYTES) throw unreadable('too-large', `its ${name} has more than ${LARGEST_BYTES} bytes`);
  const hash = createHash('sha256');
  const pieces: Uint8Array[] = [];
  for await (const piece of entry) {
    hash.update(piece);
    if (isKept) pieces.push(piece);
  }
  if (type === 'file') hashes.set(name, hash.digest('hex'));
  if (isKept) kept.set(name, Buffer.concat(pieces));
}

/** Every builder names a config by its digest; one that does not is no archive of Docker's. */
function refuseWrongName(name: string, root: string, locator: string): void {
  const hex = /(?:^|\/)([0-9a-f]{64})(?:\.json)?$/.exec(name)?.[1];
  if (hex === undefined || root === `sha256:${hex}`) return;
  throw unreadable('untrusted', `${locator} is not what its name says`, { hint: 'Save the image again: the archive was changed.' });
}

/** A layer is its diffID's bytes, or, in newer archives, a compressed blob that is named by its own digest. */
function refuseWrongLayers({ Layers }: Image, diffIds: readonly string[], { contents, file }: { contents: Contents; file: string }): void {
  const isWhole =
    Layers.length === diffIds.length && Layers.every((layer, at) => isLayer(path.posix.normalize(layer), diffIds[at], contents));
  if (isWhole) return;
  throw unreadable('untrusted', `${file} does not hold the layers its config names`, {
    hint: 'Save the image again: the archive was changed.',
  });
}

/** The file that a name of the archive leads to. */
function fileOf(name: string, { hashes, links }: Contents): string {
  return hashes.has(name) ? name : (links.get(name) ?? '');
}

function isLayer(name: string, diffId: string | undefined, contents: Contents): boolean {
  const hash = contents.hashes.get(fileOf(name, contents));
  return hash !== undefined && (diffId === `sha256:${hash}` || name === `blobs/sha256/${hash}`);
}

function notSaved(file: string): AuditError {
  return new AuditError('USAGE', `${file} holds no manifest.json`, { hint: 'Write it with `docker save IMAGE -o FILE`.' });
}
