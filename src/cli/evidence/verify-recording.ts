import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Proving } from '../../attestation/attest.ts';
import { AuditError, unreadable } from '../../error.ts';
import { rawFileOf } from '../../recording/raw.ts';
import { readRecording } from '../../recording/read.ts';
import { type Checked, type Examined, NOTHING_EXAMINED, whyOf } from './checked.ts';
import { type Document, split } from './documents-in.ts';
import { type Attested, type Beside, digestsOf, tellsTheSame } from './tells-the-same.ts';
import { type Proven, prove, refusal, signedBy } from './verify-document.ts';

/** Where the bytes of a recording lie, and what stands beside a record. */
type Kept = Beside & Readonly<{ directory: string }>;

/**
 * Verifies again what a recording says is verified, from the bytes that it keeps: that its seal holds, that they lead to a root and a signer that
 * are accepted now, and that the recording says of them what they say.
 */
export async function verifyRecording(directory: string, trusted: () => Promise<readonly Proving[]>): Promise<Examined> {
  try {
    const { observations, takenAt } = await readRecording(directory);
    const records = observations.filter((seen) => seen.kind === 'build' || seen.kind === 'test');
    const verified = records.filter(({ trust }) => trust === 'verified');
    const checked: Checked[] = [];
    const provings = verified.length > 0 ? await trusted() : [];
    for (const record of verified) checked.push(await verifyRecord(record, { directory, observations, takenAt }, provings));
    return { checked, others: records.length - verified.length, unread: [] };
  } catch (error) {
    if (!(error instanceof AuditError) || error.exitCode === 2) throw error;
    if (error.code === 'RECORDING_TAMPERED')
      return { ...NOTHING_EXAMINED, checked: [{ place: directory, ...refusal(error), because: 'untrusted' }] };
    return { ...NOTHING_EXAMINED, unread: [{ place: directory, why: whyOf(error), hint: error.hint ?? 'Take the copy that was sealed.' }] };
  }
}

async function verifyRecord(record: Attested, kept: Kept, provings: readonly Proving[]): Promise<Checked> {
  const { source, locator, bytes } = record.origin;
  const said = { place: `${kept.directory}: ${source}, ${locator}`, subjects: digestsOf(record) };
  try {
    if (bytes === undefined)
      throw unreadable('incomplete', 'its bytes were not kept', {
        hint: 'It cannot be verified again: what looks like a credential is not kept. Verify the attestation where it was read.',
      });
    const documents = split(await readFile(path.join(kept.directory, rawFileOf(bytes))), '');
    const { statement, signer, by } = provenAgain(documents, provings, (proven) => tellsTheSame(record, proven, kept));
    return { ...said, predicateType: statement.predicateType, verdict: 'verified', signer: signedBy(signer, by) };
  } catch (error) {
    if (error instanceof AuditError) return { ...said, ...refusal(error) };
    throw error;
  }
}

/** Of the documents that were kept together, the one that says what was recorded. */
function provenAgain(documents: readonly Document[], provings: readonly Proving[], isRecorded: (proven: Proven) => boolean): Proven {
  const reasons: AuditError[] = [];
  for (const { bytes } of documents) {
    try {
      const proven = prove(bytes, provings);
      if (isRecorded(proven)) return proven;
    } catch (error) {
      if (!(error instanceof AuditError)) throw error;
      reasons.push(error);
    }
  }
  throw (
    reasons[0] ??
    unreadable('untrusted', 'the recording says of it what it does not say itself', {
      hint: 'The recording was made of something else, or changed and sealed anew: find out by whom, and collect again. Was it taken by another version of selfsame, verify it with that one: it may read statements otherwise.',
    })
  );
}
