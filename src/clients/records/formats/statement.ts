import { type Attested, attest, type Proving } from '../../../attestation/attest.ts';
import { certified } from '../../../attestation/certified.ts';
import { kindOf } from '../../../attestation/predicate.ts';
import { provenanceOf } from '../../../attestation/provenance.ts';
import { parseStatement } from '../../../attestation/statement.ts';
import { AuditError } from '../../../error.ts';
import { madeBy } from '../../made-by.ts';
import type { SeenAs } from '../line-filter.ts';
import { saidBy } from '../unread.ts';
import { atOf, buildFact, type Enclosed, type Facts, NOTHING, unusable } from './format.ts';
import { isMiswritten, outputsOf } from './subject.ts';
import { testFacts } from './test-result.ts';

/** Statements that record neither a build nor a test: parts, weaknesses, releases, promotions. By the beginning of their type. */
const NEITHER = [
  'https://spdx.dev/Document',
  'https://cyclonedx.org/',
  'https://openvex.dev/',
  'https://cosign.sigstore.dev/attestation/vuln/',
  'https://in-toto.io/attestation/vulns/',
  'https://in-toto.io/attestation/release/',
  'https://in-toto.io/attestation/runtime-trace/',
  'https://github.com/npm/attestation/',
  'https://k8s.io/promo-tools/promotion/',
];
const LONGEST_TYPE = 80;

/** Reads an in-toto statement, bare, in a DSSE envelope or in a Sigstore bundle. What it says is a claim, until somebody proves it. */
export function statement(value: unknown, seenAs: SeenAs): Facts | undefined {
  if (!isStatement(value)) return undefined;
  if ('messageSignature' in value) return NOTHING;
  const bytes = Buffer.from(JSON.stringify(value));
  const said = parseStatement(bytes);
  const kind = kindOf(said.predicateType);
  const read = factsOf({ statement: said, trust: 'declared' }, seenAs);
  if (kind === undefined || '_type' in value) return read;
  return { ...read, enclosed: { bytes, subjects: said.subjects, of: [kind === 'provenance' ? 'build' : 'test'] } };
}

/** What something enclosed records as far as it can be trusted; what is signed and does not verify records nothing, and says why. */
export function provenFacts({ bytes, of }: Enclosed, proving: Proving | undefined, seenAs: SeenAs): Facts {
  try {
    return factsOf(attest(bytes, proving), seenAs);
  } catch (error) {
    if (!(error instanceof AuditError) || !error.because) throw error;
    return unusable(of, (error.because === 'untrusted' ? error.hint : undefined) ?? saidBy(error), error.because);
  }
}

/** Whether a value is a statement, or encloses something as statements are enclosed. */
export function isStatement(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const { _type: type, mediaType, payload, payloadType, dsseEnvelope } = value as Readonly<Record<string, unknown>>;
  if (typeof type === 'string') return type.startsWith('https://in-toto.io/Statement/');
  if (typeof mediaType === 'string' && mediaType.startsWith('application/vnd.dev.sigstore.bundle')) return true;
  return dsseEnvelope !== undefined || (typeof payload === 'string' && typeof payloadType === 'string');
}

/** What a statement records of its subjects, as far as it can be trusted; a subject that names no image is the one that was seen by its digest. */
export function factsOf(attested: Attested, seenAs: SeenAs = () => []): Facts {
  const { statement: said, trust, signer, signature } = attested;
  const { predicateType, named } = said;
  if (NEITHER.some((type) => predicateType.startsWith(type))) return NOTHING;
  const kind = kindOf(predicateType);
  if (kind === 'test-result' || kind === 'verification') return testFacts(attested);
  const provenance = provenanceOf(said);
  if (!provenance) {
    const type = predicateType.slice(0, LONGEST_TYPE);
    return unusable(['build', 'test'], `it is a statement of the type "${type}", which this version does not know`, 'unsupported');
  }
  if (named.some(isMiswritten)) return unusable(['build'], 'subject: a sha256 is not 64 hexadecimal digits in lower case');
  const outputs = named.map((subject) => outputsOf(subject, seenAs));
  // BuildKit names the subject "_" where it was given no name: an image all the same.
  if (named.some(({ name }, at) => name === '_' && outputs[at]?.length === 0))
    return unusable(['build'], 'its subject names no image', 'unsupported');
  if (outputs.flat().length === 0) return NOTHING;
  const made = certified(provenance, signer);
  const builtAt = atOf(made);
  const proof = { trust, ...(signature ? { signature } : {}) };
  return buildFact({
    kind: 'build',
    ...(builtAt ? { at: builtAt } : {}),
    ...madeBy(made),
    outputs: outputs.flat(),
    pushed: 'unknown',
    ...proof,
  });
}
