import type { Attested } from '../../../attestation/attest.ts';
import { gateResultsOf } from '../../../attestation/gate-results.ts';
import { kindOf } from '../../../attestation/predicate.ts';
import type { Trust } from '../../../domain/trust.ts';
import { atOf, type Facts, type TestFact, unusable } from './format.ts';
import { isMiswritten } from './subject.ts';

/** The tests of every digest that a test result or a verification speaks of, as far as it can be trusted. */
export function testFacts(attested: Attested): Facts {
  const { statement, signer, signature, gates } = attested;
  const said = gateResultsOf(statement, gates);
  if ('unusable' in said) return unusable(['test'], said.unusable);
  if (statement.named.some(isMiswritten)) return unusable(['test'], 'subject: a sha256 is not 64 hexadecimal digits in lower case');
  const at = atOf(said);
  // What failed is told even where it cannot be placed in time: dated by its reading, it is later than every deployment.
  const placed = at === undefined ? said.results.filter(({ result }) => result === 'failed') : said.results;
  const told = {
    trust: trustOf(attested),
    ...(at ? { at } : {}),
    ...(signer?.run ? { run: signer.run } : {}),
    ...(signature ? { signature } : {}),
  };
  const facts = placed.flatMap((one) =>
    statement.subjects.map((digest): TestFact => ({ kind: 'test', ...told, ...one, subject: { digest } })),
  );
  return { facts, left: placed.length < said.results.length ? unusable(['test'], 'its test names no time', 'unsupported').left : [] };
}

/** What somebody verified may be no more than who built it: it is a claim until it is named whose word on which policy counts. */
function trustOf({ statement, trust }: Attested): Trust {
  return kindOf(statement.predicateType) === 'verification' && trust !== 'verified' ? 'declared' : trust;
}
