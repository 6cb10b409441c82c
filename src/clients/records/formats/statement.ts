import { kindOf } from '../../../attestation/predicate.ts';
import { provenanceOf } from '../../../attestation/provenance.ts';
import { parseStatement, type Statement } from '../../../attestation/statement.ts';
import { inUtc } from '../../../domain/record.ts';
import { madeBy } from '../../made-by.ts';
import { atOf, buildFact, type Facts, NOTHING, unusable } from './format.ts';
import { isMiswritten, outputOf } from './subject.ts';
import { testFacts } from './test-result.ts';

/** Statements that record neither a build nor a test: parts, weaknesses, verdicts, releases, promotions. By the beginning of their type. */
const NEITHER = [
  'https://spdx.dev/Document',
  'https://cyclonedx.org/',
  'https://openvex.dev/',
  'https://cosign.sigstore.dev/attestation/vuln/',
  'https://in-toto.io/attestation/vulns/',
  'https://in-toto.io/attestation/release/',
  'https://in-toto.io/attestation/svr/',
  'https://in-toto.io/attestation/runtime-trace/',
  'https://slsa.dev/verification_summary/',
  'https://github.com/npm/attestation/',
  'https://k8s.io/promo-tools/promotion/',
];
const LONGEST_TYPE = 80;

/** Reads an in-toto statement, bare, in a DSSE envelope or in a Sigstore bundle. No signature is looked at: what it says is a claim. */
export function statement(value: unknown): Facts | undefined {
  if (!isStatement(value)) return undefined;
  if ('messageSignature' in value) return NOTHING;
  return factsOf(parseStatement(Buffer.from(JSON.stringify(value))));
}

/** Whether a value is a statement, or encloses something as statements are enclosed. */
function isStatement(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const { _type: type, mediaType, payload, payloadType, dsseEnvelope } = value as Readonly<Record<string, unknown>>;
  if (typeof type === 'string') return type.startsWith('https://in-toto.io/Statement/');
  if (typeof mediaType === 'string' && mediaType.startsWith('application/vnd.dev.sigstore.bundle')) return true;
  return dsseEnvelope !== undefined || (typeof payload === 'string' && typeof payloadType === 'string');
}

/** What a statement records of its subjects. */
export function factsOf(said: Statement): Facts {
  const { predicateType, predicate, loggedAt, named } = said;
  if (NEITHER.some((type) => predicateType.startsWith(type))) return NOTHING;
  const at = loggedAt === undefined ? undefined : inUtc(loggedAt);
  if (kindOf(predicateType) === 'test-result') return testFacts(predicate, said.subjects, at);
  const provenance = provenanceOf(said);
  if (!provenance) {
    const type = predicateType.slice(0, LONGEST_TYPE);
    return unusable(['build', 'test'], `it is a statement of the type "${type}", which this version does not know`, 'unsupported');
  }
  if (named.some(isMiswritten)) return unusable(['build'], 'subject: a sha256 is not 64 hexadecimal digits in lower case');
  const outputs = named.flatMap((subject) => outputOf(subject) ?? []);
  // BuildKit names the subject "_" where it was given no name: an image all the same.
  if (named.some(({ name }) => name === '_')) return unusable(['build'], 'its subject names no image', 'unsupported');
  if (outputs.length === 0) return NOTHING;
  const builtAt = atOf(provenance);
  return buildFact({
    kind: 'build',
    ...(builtAt ? { at: builtAt } : {}),
    ...madeBy(provenance),
    outputs,
    pushed: 'unknown',
    trust: 'declared',
  });
}
