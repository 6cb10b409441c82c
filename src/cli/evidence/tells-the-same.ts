import { certified } from '../../attestation/certified.ts';
import { gateResultsOf } from '../../attestation/gate-results.ts';
import { provenanceOf } from '../../attestation/provenance.ts';
import { madeBy } from '../../clients/made-by.ts';
import { canonicalJson } from '../../domain/identify.ts';
import { BuildRecord, TestRecord } from '../../domain/observation.ts';
import { inUtc } from '../../domain/record.ts';
import type { Recording } from '../../domain/recording.ts';
import type { Proven } from './verify-document.ts';

/** A record that somebody may have signed. */
export type Attested = BuildRecord | TestRecord;

/** The recording that a record stands in, as far as it dates what its statement does not. */
export type Beside = Pick<Recording, 'takenAt' | 'observations'>;

/**
 * Whether a record tells of a statement what that says itself: everything but where it lay, which no statement knows, is derived from the statement
 * and its signer again, and compared.
 */
export function tellsTheSame(record: Attested, proven: Proven, beside: Beside): boolean {
  const { statement, signer } = proven;
  if (!isSameSigner(record.signature?.by ?? '', signer)) return false;
  if (!digestsOf(record).every((digest) => statement.subjects.some((one) => one === digest))) return false;
  return record.kind === 'build' ? isSameBuild(record, proven, beside) : isSameTest(record, proven, beside);
}

/** The digests that a record speaks of. */
export function digestsOf(record: Attested): readonly string[] {
  return record.kind === 'build' ? record.outputs.map(({ digest }) => digest) : [record.subject.digest ?? ''];
}

/** A key is known by what it signs: where its file lay when it was recorded makes no difference. */
function isSameSigner(by: string, { identity }: Proven['signer']): boolean {
  return by === identity || (by.startsWith('key ') && identity.startsWith('key '));
}

function isSameBuild(record: BuildRecord, { statement, signer }: Proven, { observations }: Beside): boolean {
  const said = provenanceOf(statement);
  if (!said) return false;
  const made = certified(said, signer);
  const created = () => observations.some((seen) => seen.kind === 'config' && seen.created !== undefined && isAt(record, seen.created));
  if (!(made.at === undefined ? created() : isAt(record, made.at))) return false;
  const none = { run: undefined, source: undefined, builder: undefined, pushedAt: undefined, expiresAt: undefined };
  const again = BuildRecord.parse({ ...record, ...none, ...madeBy(made), signature: signedAgain(record, signer) });
  return canonicalJson(again) === canonicalJson(record);
}

function isSameTest(record: TestRecord, { statement, signer, gates }: Proven, { takenAt }: Beside): boolean {
  const told = gateResultsOf(statement, gates);
  if ('unusable' in told || !told.results.some(({ gate, result }) => gate === record.gate && result === record.result)) return false;
  // What failed and says no time was dated by its reading.
  const read = () => record.result === 'failed' && takenAt.from <= record.at && record.at <= takenAt.to;
  if (!(told.at === undefined ? read() : isAt(record, told.at))) return false;
  const { image, digest } = record.subject;
  const subject = { image, digest };
  const again = TestRecord.parse({
    ...record,
    run: signer.run,
    startedAt: undefined,
    subject,
    signature: signedAgain(record, signer),
  });
  return canonicalJson(again) === canonicalJson(record);
}

/** Another root or another version of the verifier may prove the same: what the signature itself says may not be another. */
function signedAgain({ signature }: Attested, { issuer, signedAt, runner, trigger }: Proven['signer']): object {
  return { ...signature, issuer, at: signedAt, runner, trigger };
}

/** Some sources keep a fraction of a second, and some do not. */
function isAt({ at }: Attested, time: string): boolean {
  return inUtc(at) === inUtc(time);
}
