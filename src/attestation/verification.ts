import { z } from 'zod';
import { isVerification } from './predicate.ts';
import type { Statement } from './statement.ts';
import type { TestResult } from './test-result.ts';

/** What a verifier says of an artifact: each gate that it judged, what it took it for, and when. */
export type Verification = Readonly<{
  verifier: string;
  /** What it was asked about; a simple verification result does not say. */
  resource: string | undefined;
  gates: readonly TestResult[];
  at: string | undefined;
}>;

const MOST_PROPERTIES = 100;
const text = z.string().min(1);
const Verifier = z.object({ id: text });
const Policy = z.object({ uri: text });
const Result = z.enum(['PASSED', 'FAILED']);
const Levels = z
  .array(z.string())
  .nullish()
  .transform((found) => found ?? []);
const Time = z.iso
  .datetime({ offset: true })
  .nullish()
  .transform((found) => (found ? new Date(found).toISOString() : undefined));

type Summary = Readonly<{ verifier: string; resource: string; policy: string; result: 'PASSED' | 'FAILED'; levels: readonly string[] }>;

/** SLSA verification summary v1 (slsa.dev/spec, verification_summary, 2026). What it lists as failed it has not passed. */
const Current = z
  .object({ verifier: Verifier, resourceUri: text, policy: Policy, verificationResult: Result, verifiedLevels: Levels, timeVerified: Time })
  .transform(({ verifier, resourceUri: resource, policy, verificationResult: result, verifiedLevels: levels, timeVerified: at }) =>
    summed({ verifier: verifier.id, resource, policy: policy.uri, result, levels }, at),
  );

/** Versions v0.1 and v0.2 wrote the names of their fields with underscores, and one level (in-toto/attestation, predicates/vsa/v0, 2024). */
const Earlier = z
  .object({
    verifier: Verifier,
    resource_uri: text,
    policy: Policy,
    verification_result: Result,
    policy_level: z.string().nullish(),
    time_verified: Time,
  })
  .transform(({ verifier, policy, ...said }) => {
    const { resource_uri: resource, verification_result: result, policy_level: level } = said;
    return summed({ verifier: verifier.id, resource, policy: policy.uri, result, levels: level ? [level] : [] }, said.time_verified);
  });

/** A simple verification result (in-toto/attestation, predicates/svr, v0.2, 2026) lists what passed, and has no words for what did not. */
const Simple = z.object({ verifier: Verifier, timeCreated: Time, properties: z.array(text).max(MOST_PROPERTIES) }).transform(
  ({ verifier, timeCreated: at, properties }): Verification => ({
    verifier: verifier.id,
    resource: undefined,
    gates: [...new Set(properties)].map((gate) => ({ gate, result: 'passed' })),
    at,
  }),
);

/** Reads a verification summary or a simple verification result, or says why it is none. */
export function verificationOf({ predicateType, predicate }: Pick<Statement, 'predicateType' | 'predicate'>) {
  const parsed = schemaOf(predicateType).safeParse(predicate);
  if (parsed.success) return parsed.data;
  return { unusable: `predicate.${parsed.error.issues[0]?.path.join('.')}: is not what a verification has there` };
}

function schemaOf(predicateType: string): typeof Current | typeof Earlier | typeof Simple {
  if (isVerification(predicateType, 'simple')) return Simple;
  return predicateType.includes('/v0.') ? Earlier : Current;
}

function summed({ verifier, resource, policy, result, levels }: Summary, at: string | undefined): Verification {
  const isFailed = result === 'FAILED' || levels.includes('FAILED');
  return { verifier, resource, gates: [{ gate: policy, result: isFailed ? 'failed' : 'passed' }], at };
}
