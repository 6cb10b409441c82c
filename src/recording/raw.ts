import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Digest } from '../domain/digest.ts';
import { sha256 } from '../domain/identify.ts';
import type { Observation } from '../domain/observation.ts';
import { AuditError } from '../error.ts';
import { COLLECT_AGAIN } from './header.ts';

/** Documents as they were read, by their digests. */
export type Raw = ReadonlyMap<Digest, Uint8Array>;

const FOLDER = 'raw/sha256';
const MEMBER = /^raw\/sha256\/(?<hex>[0-9a-f]{64})$/;

/** Where a document lies in a recording. */
export function rawFileOf(digest: Digest): string {
  return `${FOLDER}/${digest.slice('sha256:'.length)}`;
}

/** Whether a path of a recording is a document's. */
export function isRawFile(name: string): boolean {
  return MEMBER.test(name);
}

/** Of what was kept only that on which an observation rests. */
export function citedBy(observations: readonly Observation[], raw: Raw): Raw {
  const cited = new Set(observations.flatMap((seen) => [seen.origin.bytes, rootOf(seen)]));
  return new Map([...raw].filter(([digest]) => cited.has(digest)));
}

/** The trusted root that a signature was traced to; its digest is recorded whether there was room for it or not. */
function rootOf(seen: Observation): Digest | undefined {
  return 'signature' in seen ? seen.signature?.root : undefined;
}

/** Checks every document of a recording: each is what its name says, listed, and cited; and whatever is cited is there. */
export async function checkRaw(directory: string, sums: ReadonlyMap<string, string>, observations: readonly Observation[]): Promise<void> {
  const listed = new Set([...sums.keys()].filter(isRawFile));
  const found = await readdir(path.join(directory, FOLDER)).catch(() => []);
  const unlisted = found.map((name) => `${FOLDER}/${name}`).find((name) => !listed.has(name));
  if (unlisted) throw tampered(`${unlisted} is not listed in SHA256SUMS`);
  for (const name of listed) await checkOne(path.join(directory, name), name, sums.get(name));
  const cited = new Set(observations.flatMap(({ origin }) => (origin.bytes ? [rawFileOf(origin.bytes)] : [])));
  const missing = [...cited].find((name) => !listed.has(name));
  if (missing) throw tampered(`${missing} is cited and is not there`);
  const roots = new Set(observations.flatMap((seen) => rootOf(seen) ?? []).map(rawFileOf));
  const uncited = [...listed].find((name) => !cited.has(name) && !roots.has(name));
  if (uncited) throw tampered(`${uncited} is cited by no observation`);
}

async function checkOne(file: string, name: string, sum: string | undefined): Promise<void> {
  const status = await lstat(file).catch(() => undefined);
  if (!status?.isFile()) throw tampered(`${name} is missing or no plain file`);
  const found = sha256(await readFile(file));
  if (found !== sum || !name.endsWith(found)) throw tampered(`${name} is not what its name says`);
}

function tampered(detail: string): AuditError {
  return new AuditError('RECORDING_TAMPERED', detail, { hint: COLLECT_AGAIN });
}
