import { z } from 'zod';
import type { Digest } from '../../domain/digest.ts';
import { parseJson } from '../../domain/parse-json.ts';
import type { Answer } from '../http.ts';
import { bareType, shapeOf } from './media-type.ts';

/** Asks for something of one repository, by its path there. */
export type AskFor = (wanted: Readonly<{ path: string; method: 'GET' | 'HEAD' }>) => Promise<Answer>;

const Errors = z.object({ errors: z.array(z.object({ code: z.string() })).min(1) });
const Tags = z.object({ name: z.string(), tags: z.array(z.string()).min(1) });
/** A few registries know no HEAD. */
const NO_SUCH_METHOD: ReadonlySet<number> = new Set([405, 501]);

/** Whether a repository holds a manifest; where the answer says neither, its status. */
export async function holds(askFor: AskFor, digest: Digest): Promise<boolean | Readonly<{ status: number }>> {
  const path = `manifests/${digest}`;
  const first = await askFor({ path, method: 'HEAD' });
  if (first.status === 200 && isManifest(first, digest)) return true;
  if (first.status !== 404 && !NO_SUCH_METHOD.has(first.status)) return { status: first.status };
  // What a HEAD is refused with has no body, and only the body says what is not there.
  const { status, headers, body } = await askFor({ path, method: 'GET' });
  if (status === 200 && isManifest({ headers }, digest)) return true;
  return status === 404 && isManifestUnknown(body) ? false : { status };
}

/** Whether a repository lists a tag: a name that is hidden, or that nobody ever pushed to, lists none. */
export async function isListed(askFor: AskFor, repository: string): Promise<boolean> {
  const { status, body } = await askFor({ path: 'tags/list?n=1', method: 'GET' });
  return status === 200 && Tags.safeParse(parseJson(Buffer.from(body).toString())).data?.name === repository;
}

function isManifest({ headers }: Pick<Answer, 'headers'>, digest: Digest): boolean {
  const { 'docker-content-digest': stated = digest, 'content-type': type } = headers;
  return stated === digest && shapeOf(bareType(type)) !== undefined;
}

/** NAME_UNKNOWN and DENIED are also said of what is hidden; this code alone speaks of the manifest (distribution-spec 1.1, "Error Codes"). */
function isManifestUnknown(body: Uint8Array): boolean {
  const { success, data } = Errors.safeParse(parseJson(Buffer.from(body).toString()));
  return success && data.errors.every(({ code }) => code === 'MANIFEST_UNKNOWN');
}
