import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Proving } from '../../attestation/attest.ts';
import { certified } from '../../attestation/certified.ts';
import { gateResultsOf } from '../../attestation/gate-results.ts';
import { provenanceOf } from '../../attestation/provenance.ts';
import type { BuildRecord, TestRecord } from '../../domain/observation.ts';
import { AuditError, unreadable } from '../../error.ts';
import { rawFileOf } from '../../recording/raw.ts';
import { readRecording } from '../../recording/read.ts';
import { type Checked, type Examined, NOTHING_EXAMINED, whyOf } from './checked.ts';
import { split } from './documents-in.ts';
import { type Proven, prove, refusal, signedBy } from './verify-document.ts';

type Attested = BuildRecord | TestRecord;

/**
 * Verifies again what a recording says is verified, from the bytes that it keeps: that its seal holds, that they lead to a root and a signer that
 * are accepted now, and that the recording says of them what they say.
 */
export async function verifyRecording(directory: string, trusted: () => Promise<readonly Proving[]>): Promise<Examined> {
  try {
    const { observations } = await readRecording(directory);
    const records = observations.filter((seen) => seen.kind === 'build' || seen.kind === 'test');
    const verified = records.filter(({ trust }) => trust === 'verified');
    const checked: Checked[] = [];
    const provings = verified.length > 0 ? await trusted() : [];
    for (const record of verified) checked.push(await verifyRecord(record, directory, provings));
    return { checked, others: records.length - verified.length, unread: [] };
  } catch (error) {
    if (!(error instanceof AuditError) || error.exitCode === 2) throw error;
    if (error.code === 'RECORDING_TAMPERED')
      return { ...NOTHING_EXAMINED, checked: [{ place: directory, ...refusal(error), because: 'untrusted' }] };
    return { ...NOTHING_EXAMINED, unread: [{ place: directory, why: whyOf(error), hint: error.hint ?? 'Take the copy that was sealed.' }] };
  }
}

async function verifyRecord(record: Attested, directory: string, provings: readonly Proving[]): Promise<Checked> {
  const { source, locator, bytes } = record.origin;
  const said = { place: `${directory}: ${source}, ${locator}`, subjects: digestsOf(record) };
  try {
    if (bytes === undefined)
      throw unreadable('incomplete', 'its bytes were not kept', {
        hint: 'It cannot be verified again: what looks like a credential is not kept. Verify the attestation where it was read.',
      });
    const { statement, signer, by } = provenAgain(record, await readFile(path.join(directory, rawFileOf(bytes))), provings);
    return { ...said, predicateType: statement.predicateType, verdict: 'verified', signer: signedBy(signer, by) };
  } catch (error) {
    if (error instanceof AuditError) return { ...said, ...refusal(error) };
    throw error;
  }
}

/** Of the documents that were kept together, the one that says what was recorded. */
function provenAgain(record: Attested, kept: Uint8Array, provings: readonly Proving[]): Proven {
  const reasons: AuditError[] = [];
  for (const { bytes } of split(kept, '')) {
    try {
      const proven = prove(bytes, provings);
      if (says(proven, record)) return proven;
    } catch (error) {
      if (!(error instanceof AuditError)) throw error;
      reasons.push(error);
    }
  }
  throw (
    reasons[0] ??
    unreadable('untrusted', 'the recording says of it what it does not say itself', {
      hint: 'The recording was made of something else, or changed and sealed anew: find out by whom, and collect again.',
    })
  );
}

/** A key is known by what it signs: where its file lay when it was recorded makes no difference. */
function isSameSigner(by: string, { identity }: Proven['signer']): boolean {
  return by === identity || (by.startsWith('key ') && identity.startsWith('key '));
}

function says({ statement, signer, gates }: Proven, record: Attested): boolean {
  if (
    !isSameSigner(record.signature?.by ?? '', signer) ||
    !digestsOf(record).every((digest) => statement.subjects.some((one) => one === digest))
  )
    return false;
  if (record.kind === 'test') {
    const told = gateResultsOf(statement, gates);
    return 'results' in told && told.results.some(({ gate, result }) => gate === record.gate && result === record.result);
  }
  const provenance = provenanceOf(statement);
  return provenance !== undefined && certified(provenance, signer).source?.commit === record.source?.commit;
}

function digestsOf(record: Attested): readonly string[] {
  return record.kind === 'build' ? record.outputs.map(({ digest }) => digest) : [record.subject.digest ?? ''];
}
