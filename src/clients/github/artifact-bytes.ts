import { z } from 'zod';
import { sha256 } from '../../domain/identify.ts';
import { unreadable } from '../../error.ts';
import type { Github } from '../github.ts';
import { NOTHING_KEPT } from './kept.ts';
import { Id, namesOf } from './runs.ts';
import { unzip } from './zip.ts';

/** An artifact as a run lists it. */
export const Artifact = z.object({
  id: Id,
  name: z.string(),
  size_in_bytes: z.int().nonnegative(),
  // Of what was uploaded, since 2025; older ones have none.
  digest: z.string().nullish(),
  created_at: z.iso.datetime({ offset: true }).nullish(),
  expires_at: z.iso.datetime({ offset: true }).nullish(),
  expired: z.boolean().default(false),
  workflow_run: z.object({ id: Id.nullish() }).nullish(),
});
export type Artifact = z.output<typeof Artifact>;

/** How much of an archive of records is read. */
export const CAPS = { entries: 100, bytes: 32 * 1024 * 1024 };

const LARGEST_BYTES = 16 * 1024 * 1024;
const ZIP = Buffer.from('PK\u0003\u0004');

/** The bytes of an artifact as they were uploaded: nothing changes them any more, so that they are fetched once for all scans. */
export async function artifactBytes(github: Github, repository: string, artifact: Artifact): Promise<Buffer> {
  const { id, name, size_in_bytes: size, digest, created_at: created, expired } = artifact;
  const what = `artifact ${id} of ${repository}`;
  if (size > LARGEST_BYTES)
    throw unreadable('too-large', `${what} has ${size} bytes`, { hint: `See what ${name.slice(0, 100)} is: no record is that large.` });
  const kept = github.keptSince(created);
  const key = ['artifact', repository, id, created ?? '', digest ?? ''];
  const before = await kept.get(key);
  if (before) return before;
  if (expired) throw expiredOne(what);
  const bytes = await fetchBytes(github, repository, { id, what });
  if (digest && digest !== `sha256:${sha256(bytes)}`) throw changed(what, digest);
  if (kept !== NOTHING_KEPT && (digest || isWholeArchive(bytes))) await kept.put(key, bytes);
  return bytes;
}

/** Whether bytes begin as a zip archive does. */
export function isArchive(bytes: Buffer): boolean {
  return bytes.subarray(0, ZIP.length).equals(ZIP);
}

async function fetchBytes(github: Github, repository: string, { id, what }: Readonly<{ id: string; what: string }>): Promise<Buffer> {
  const permission = `Actions: read on ${repository}`;
  const route = 'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/zip';
  const address = await github.addressOf({ what, permission, route, parameters: { ...namesOf(repository), artifact_id: id } });
  return github.download(address, { what, capBytes: LARGEST_BYTES });
}

/** What was cut, or is the page of something between, must not be kept for good. */
function isWholeArchive(bytes: Buffer): boolean {
  try {
    return isArchive(bytes) && unzip(bytes, () => true, CAPS).length >= 0;
  } catch {
    return false;
  }
}

function expiredOne(what: string): Error {
  return unreadable('expired', `${what} is not kept any more`, {
    hint: 'Attest builds (actions/attest-build-provenance), or keep records: artifacts are deleted after their retention.',
  });
}

function changed(what: string, digest: string): Error {
  return unreadable('untrusted', `${what} is not what was uploaded: ${digest.slice(0, 80)} is not its digest`, {
    hint: 'Scan again; where it stays so, find out what stands between here and the storage of GitHub.',
  });
}
