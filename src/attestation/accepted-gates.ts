import { matches } from '../domain/glob.ts';
import { type AuditError, unreadable } from '../error.ts';
import type { AcceptedVerification } from './policy.ts';
import { kindOf } from './predicate.ts';
import type { Statement } from './statement.ts';
import { type Verification, verificationOf } from './verification.ts';

const LONGEST = 200;

/**
 * The gates of a verification that its signer is accepted for: as this verifier, of these policies, about these resources. Refused where
 * there is none, and undefined for statements of other kinds, where his name is all that counts.
 */
export function acceptedGates(statement: Statement, acceptors: readonly AcceptedVerification[]): readonly string[] | undefined {
  if (kindOf(statement.predicateType) !== 'verification') return undefined;
  const said = verificationOf(statement);
  if ('unusable' in said) throw unreadable('malformed', said.unusable);
  const ofVerifier = acceptors.filter(({ verifier }) => verifier === said.verifier);
  if (ofVerifier.length === 0)
    throw notNamed(
      'verifier',
      said.verifier,
      acceptors.map(({ verifier }) => verifier ?? 'nobody'),
    );
  const ofResource = ofVerifier.filter((one) => isAbout(one, said));
  if (ofResource.length === 0)
    throw notNamed(
      'resource',
      said.resource ?? '',
      ofVerifier.flatMap(({ resources = [] }) => resources),
    );
  const policies = ofResource.flatMap(({ policies: named = [] }) => named);
  const gates = said.gates.map(({ gate }) => gate).filter((gate) => policies.includes(gate));
  if (gates.length === 0 && said.gates.length > 0) throw notNamed('policy', said.gates[0]?.gate ?? '', policies);
  return gates;
}

function isAbout({ resources = [] }: AcceptedVerification, { resource }: Verification): boolean {
  return resource === undefined || resources.some((glob) => matches(glob, resource));
}

function notNamed(what: string, found: string, expected: readonly string[]): AuditError {
  const detail = `its ${what} is ${found.slice(0, LONGEST)}, and accepted of its signer is ${expected.join(' or ') || 'none'}`;
  return unreadable('untrusted', detail, {
    hint: `What verified it is accepted, but ${detail}: name it under \`trust.accept\` if it is to count, else find out who wrote it.`,
  });
}
