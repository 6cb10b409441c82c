import { existsSync, lstatSync } from 'node:fs';
import path from 'node:path';
import type { Proving } from '../../attestation/attest.ts';
import { listFiles } from '../../clients/records/list-files.ts';
import { AuditError } from '../../error.ts';
import { printableJson } from '../../report/printable.ts';
import { type Examined, NOTHING_EXAMINED, together, whyOf } from '../evidence/checked.ts';
import { documentsIn, mayAttest } from '../evidence/documents-in.ts';
import { PACK } from '../evidence/pack.ts';
import { tellExamined } from '../evidence/tell-examined.ts';
import { type Trusting, trusts, typedTrust } from '../evidence/trusts.ts';
import { verifyDocument } from '../evidence/verify-document.ts';
import { type Holding, verifyPack } from '../evidence/verify-pack.ts';
import { verifyRecording } from '../evidence/verify-recording.ts';
import { lookOfTerminal } from '../look.ts';
import { write } from '../output.ts';
import { recordingsIn } from '../recordings-in.ts';

export type VerifyOptions = Trusting & Readonly<{ json?: boolean; code?: boolean; sealedBy: readonly string[] }>;

/** Whom to trust is asked for once, where something hangs on it. */
type Asking = Readonly<{ trusted(): Promise<readonly Proving[]> }> & Holding;

/** Verifies attestations and what recordings keep of them, offline: 0 where all of them verify and there is one, 1 where not, 3 where nobody was named who sealed a pack, 4 where something cannot be read. */
export async function verifyEvidence(
  places: readonly string[],
  { json = false, code, sealedBy, ...trusting }: VerifyOptions,
): Promise<number> {
  const { config } = trusting;
  let opened: Promise<readonly Proving[]> | undefined;
  const asking = { config, sealedBy, ...(code === undefined ? {} : { code }), trusted: () => (opened ??= trusts(trusting)) };
  const missing = places.find((place) => lstatSync(place, { throwIfNoEntry: false }) === undefined);
  if (missing !== undefined)
    throw new AuditError('USAGE', `"${missing}" is not there`, { hint: 'Look at the path, and at the step that fetches it.' });
  const several: Examined[] = [];
  for (const place of places) several.push(await verifyPlace(place, asking));
  const examined = together(several);
  const exitCode = exitCodeOf(examined);
  const unused = opened === undefined && [0, 3].includes(exitCode) ? typedTrust(trusting) : [];
  if (unused.length > 0) throw useless(unused);
  const { checked: attestations, others, unread } = examined;
  const forMachines = { schema: 'selfsame/evidence/v1', attestations, others, unread, exitCode };
  await write(json ? printableJson(`${JSON.stringify(forMachines, null, 2)}\n`) : tellExamined(examined, lookOfTerminal()));
  return exitCode;
}

/** What does not verify is certain whatever else was not read; and that there was nothing to verify is no success. */
function exitCodeOf({ checked, unread }: Examined): 0 | 1 | 3 | 4 {
  if (checked.some(({ verdict }) => verdict === 'refused')) return 1;
  if (unread.length > 0) return 4;
  if (checked.some(({ verdict }) => verdict === 'whole')) return 3;
  return checked.length > 0 ? 0 : 1;
}

/** Whoever names a signer would take silence for his word. */
function useless(options: readonly string[]): AuditError {
  return new AuditError('USAGE', `${options.join(', ')}: nothing that was looked at is an attestation`, {
    hint: 'They name who signs attestations; the seal of a pack is checked by --sealed-by. Leave them away, or name what they are for.',
  });
}

/** Recordings are verified as what they are; what lies beside them is looked at file by file. */
async function verifyPlace(place: string, asking: Asking): Promise<Examined> {
  if (existsSync(path.join(place, PACK.head))) return verifyWhole(place, asking);
  if (asking.sealedBy.length > 0) throw noPack(place);
  const recordings = (await recordingsIn(place)).filter((one) => existsSync(path.join(one, 'recording.json')));
  const several: Examined[] = [];
  for (const recording of recordings) several.push(await verifyRecording(recording, asking.trusted));
  if (recordings.includes(place)) return together(several);
  const isOfRecording = (file: string) => recordings.some((recording) => file.startsWith(`${recording}${path.sep}`));
  for (const listed of await listFiles([place])) {
    if (isOfRecording(listed.file) || (recordings.length > 0 && listed.file === place)) continue;
    if ('error' in listed && isEmpty(listed.error)) continue;
    several.push('error' in listed ? unreadOf(listed.file, listed.error) : await verifyFile(listed.file, asking));
  }
  return together(several);
}

/** That a folder holds no attestation is said of all places together. */
function isEmpty(error: unknown): boolean {
  return error instanceof AuditError && error.because === 'not-found';
}

/** Whoever names a key expects a pack: without its head, what lies there would be looked at as if nobody had asked for the seal. */
function noPack(place: string): AuditError {
  return new AuditError('USAGE', `--sealed-by: "${place}" is no pack: there is no ${PACK.head} in it`, {
    hint: `Name the folder that \`selfsame evidence export\` wrote, and nothing else; if it is that, a file was taken away: take the copy that was sealed.`,
  });
}

/** A pack is the seal, the report and the recordings of it, whose attestations are verified as those of any recording. */
async function verifyWhole(place: string, asking: Asking): Promise<Examined> {
  const { checked, recordings } = await verifyPack(place, asking);
  const several: Examined[] = [{ ...NOTHING_EXAMINED, checked: [checked] }];
  for (const recording of recordings) several.push(await verifyRecording(recording, asking.trusted));
  return together(several);
}

async function verifyFile(file: string, { trusted }: Asking): Promise<Examined> {
  try {
    const documents = await documentsIn(file);
    const attestations = documents.filter(mayAttest);
    const provings = attestations.length > 0 ? await trusted() : [];
    const checked = attestations.map(({ bytes, place }) => verifyDocument(bytes, place, provings));
    return { checked, others: documents.length - attestations.length, unread: [] };
  } catch (error) {
    // Whom to trust was named wrongly: that is no trouble of the file.
    if (error instanceof AuditError && error.exitCode === 2) throw error;
    return unreadOf(file, error);
  }
}

function unreadOf(place: string, error: unknown): Examined {
  if (error instanceof AuditError)
    return { ...NOTHING_EXAMINED, unread: [{ place, why: whyOf(error), hint: error.hint ?? 'Fetch it again.' }] };
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read';
  return { ...NOTHING_EXAMINED, unread: [{ place, why: code, hint: 'Check the path, and that this user may read it.' }] };
}
