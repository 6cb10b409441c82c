import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Seen } from '../../collect/define-source.ts';
import { Digest, type DigestRole } from '../../domain/digest.ts';
import { sha256 } from '../../domain/identify.ts';
import { type ImageReference, parseImageReference } from '../../domain/image-reference.ts';
import { projectOf } from '../../domain/project.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { unreadable } from '../../error.ts';
import { commitOf, instantOf } from '../records/formats/format.ts';
import { redactRecord } from '../redact.ts';
import { untar } from './tar.ts';

/** A build that BuildKit's own record tells, without the run that nobody but the builder's id names. */
export type Recorded = Omit<Extract<Seen, { kind: 'build' }>, 'locator'>;

const LARGEST_BYTES = 64 * 1024 * 1024;
const MOST_RECORDS = 200;
const Named = z.object({ mediaType: z.string().default(''), digest: Digest });
const Manifest = z.object({ manifests: z.array(Named).nullish(), config: Named.nullish() });
const fields = z.record(z.string(), z.string()).nullish();

/** moby/buildkit, api/services/control and client/build_history, 2026; the samples of docker/actions-toolkit have all of it but a push. */
const Record = z.object({
  FrontendAttrs: fields,
  Exporters: z.array(z.object({ Type: z.string(), Attrs: fields })).nullish(),
  error: z.unknown().nullish(),
  CompletedAt: z.string().nullish(),
  Result: z.object({ Results: z.record(z.string(), z.object({ media_type: z.string().default(''), digest: Digest })).nullish() }).nullish(),
});
type Record = z.output<typeof Record>;

/** The builds that were pushed, of a record that docker/build-push-action uploads (`*.dockerbuild`): an OCI layout of build histories. */
export function buildsInRecord(file: Buffer): readonly Recorded[] {
  const files = untar(plain(file));
  const index = checked(Manifest, parsed(files.get('index.json'), 'index.json'));
  const roots = (index.manifests ?? []).slice(0, MOST_RECORDS).map(({ digest }) => manifestOf(files, digest));
  // What bake made is one index of them.
  const manifests = roots.flatMap((root) => (root.manifests ? root.manifests.map(({ digest }) => manifestOf(files, digest)) : [root]));
  const configs = manifests.flatMap(({ config }) => (config?.mediaType === 'application/vnd.buildkit.historyrecord.v0' ? [config] : []));
  return configs.slice(0, MOST_RECORDS).flatMap(({ digest }) => pushedIn(checked(Record, blobOf(files, digest))));
}

function plain(file: Buffer): Buffer {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return file;
  try {
    return gunzipSync(file, { maxOutputLength: LARGEST_BYTES });
  } catch (cause) {
    throw unreadable('malformed', 'a record of a build does not unpack, or to too much', { cause });
  }
}

function manifestOf(files: ReadonlyMap<string, Buffer>, digest: Digest): z.output<typeof Manifest> {
  return checked(Manifest, blobOf(files, digest));
}

function blobOf(files: ReadonlyMap<string, Buffer>, digest: Digest): unknown {
  const bytes = files.get(`blobs/${digest.replace(':', '/')}`);
  if (bytes && `sha256:${sha256(bytes)}` !== digest) throw unreadable('untrusted', 'a record of a build is not what its digest says');
  return parsed(bytes, digest);
}

function parsed(bytes: Buffer | undefined, what: string): unknown {
  if (!bytes) throw unreadable('malformed', `a record of a build has no ${what}`);
  return parseStrictJson(bytes);
}

function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw unreadable('malformed', `a record of a build is another than BuildKit writes: ${result.error.issues[0]?.path.join('.')}`);
}

/** Exporters and results stand under the same numbers; only an image that was pushed is in a registry. */
function pushedIn({ FrontendAttrs, Exporters, Result, CompletedAt, error }: Record): Recorded[] {
  const at = instantOf(CompletedAt ?? undefined);
  if ((error ?? undefined) !== undefined || at === undefined) return [];
  const outputs = (Exporters ?? []).flatMap(({ Type, Attrs }, nth) => {
    const made = Result?.Results?.[`${nth}`];
    if (Type !== 'image' || Attrs?.['push'] !== 'true' || !made) return [];
    return namesIn(Attrs['name']).map((image) => ({ image, digest: made.digest, role: roleOf(made.media_type) }));
  });
  if (outputs.length === 0) return [];
  const attributes = FrontendAttrs ?? {};
  return [{ kind: 'build', at, ...madeBy(attributes), outputs, pushed: 'yes', pushedAt: at, base: [], trust: 'artifact' }];
}

function namesIn(names = ''): ImageReference[] {
  return names.split(',').flatMap((name) => {
    const image = parseImageReference(name.trim());
    return image && !image.digest ? [image] : [];
  });
}

const RUN =
  /builder-id=https:\/\/[^/,\s]{1,200}\/([^/,\s]{1,100}\/[^/,\s]{1,100})\/actions\/runs\/(\d{1,20})\/attempts\/([1-9]\d{0,5})(?:,|$)/;

function madeBy(attributes: Readonly<{ [name: string]: string }>): Pick<Recorded, 'run' | 'source' | 'arguments'> {
  const [, repository, id, attempt] = RUN.exec(attributes['attest:provenance'] ?? '') ?? [];
  const [commit, from] = [commitOf(attributes['vcs:revision']), attributes['vcs:source']];
  const given = Object.entries(attributes).flatMap(([name, value]) =>
    name.startsWith('build-arg:') ? [[name.slice('build-arg:'.length), value] as const] : [],
  );
  return {
    ...(repository && id ? { run: { platform: 'github-actions', repository, id, attempt: Number(attempt) } } : {}),
    ...(commit && from ? { source: { repository: projectOf(from), commit } } : {}),
    arguments: redactRecord(Object.fromEntries(given)),
  };
}

function roleOf(mediaType: string): DigestRole {
  if (/(?:image\.index\.v1|manifest\.list\.v2)\+json$/.test(mediaType)) return 'index';
  return /(?:image\.manifest\.v1|distribution\.manifest\.v2)\+json$/.test(mediaType) ? 'manifest' : 'unknown';
}
