import type { GapReason } from '../../domain/statement.ts';
import type { AuditError } from '../../error.ts';

/** One thing that was looked at: where it stands, what its statement calls itself, verified or not, and what came of it. */
export type Checked = Readonly<{ place: string; predicateType?: string; subjects?: readonly string[] }> & (Accepted | Whole | Refused);

/** An attestation that verifies, of somebody who is accepted for it; or a pack, and what of it was verified. */
export type Accepted = Readonly<{ verdict: 'verified' } & ({ signer: Signed } | { notes: string })>;

/** A pack that agrees with itself, as one does that somebody made up: nobody was named who must have sealed it. */
export type Whole = Readonly<{ verdict: 'whole'; notes: string }>;

/** An attestation that proves nothing, why, and what to do. */
export type Refused = Readonly<{ verdict: 'refused'; because: GapReason; why: string; hint: string }>;

/** Who signed, as a report of attestations names him. */
export type Signed = Readonly<{
  identity: string;
  issuer?: string;
  repository?: string;
  commit?: string;
  run?: string;
  at?: string;
  root?: string;
  verifier: string;
}>;

/** What came of looking at places: attestations, how many other things lie beside them, and what could not be read at all. */
export type Examined = Readonly<{ checked: readonly Checked[]; others: number; unread: readonly Unread[] }>;

/** A place that could not be read. */
export type Unread = Readonly<{ place: string; why: string; hint: string }>;

/** Nothing, to begin with. */
export const NOTHING_EXAMINED: Examined = { checked: [], others: 0, unread: [] };

/** What came of several places. */
export function together(several: readonly Examined[]): Examined {
  return {
    checked: several.flatMap(({ checked }) => checked),
    others: several.reduce((sum, { others }) => sum + others, 0),
    unread: several.flatMap(({ unread }) => unread),
  };
}

/** What an error says, without the words that every error of its code begins with. */
export function whyOf({ message }: AuditError): string {
  return message.slice(message.indexOf(': ') + 2);
}
