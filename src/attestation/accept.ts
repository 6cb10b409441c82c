import { matches } from '../domain/glob.ts';
import { unreadable } from '../error.ts';
import type { Claims } from './fulcio.ts';
import type { AcceptedIdentity } from './policy.ts';
import { kindOf } from './predicate.ts';

/** Whom a certificate names, and what its issuer claims of them. */
export type Found = Readonly<{ identity: string; claims: Claims }>;

const LONGEST = 200;
const MOST_NAMED = 3;
const NO_ISSUER = 'none';

/** Those accepted whom this is, for statements of this type: names are compared letter by letter, every condition has to hold, and whoever is nobody of them is refused. */
export function acceptorsOf(found: Found, predicateType: string, accepted: readonly AcceptedIdentity[]): readonly AcceptedIdentity[] {
  const forIt = accepted.filter((one) => isFor(one, predicateType));
  const named = forIt.filter((one) => nameOf(one, found.claims) === found.identity && one.issuer === (found.claims.issuer ?? NO_ISSUER));
  if (named.length === 0) throw unaccepted(found, predicateType, forIt);
  const holding = named.filter((one) => contradictionOf(one, found.claims) === undefined);
  if (holding.length > 0) return holding;
  const first = named.map((one) => contradictionOf(one, found.claims))[0] ?? '';
  throw unreadable('untrusted', `it is signed by ${short(found.identity)}, but ${first}`, {
    hint: `It is signed by ${short(found.identity)}, but ${first}: find out who ran that, or change what \`trust\` accepts.`,
  });
}

/** Whether a signature of somebody is accepted under statements of a type. */
export function isFor({ for: what }: Readonly<{ for: readonly string[] }>, predicateType: string): boolean {
  return what.includes(predicateType) || what.includes(kindOf(predicateType) ?? predicateType);
}

/** Of a workflow that runs on many refs, the name ends with the ref that the issuer claims: it is still compared letter by letter. */
function nameOf({ identity, refs }: AcceptedIdentity, { ref }: Claims): string | undefined {
  if (!refs) return identity;
  return ref !== undefined && refs.some((glob) => matches(glob, ref)) ? `${identity}@${ref}` : undefined;
}

function contradictionOf({ repository, workflow, runner, triggers }: AcceptedIdentity, claims: Claims): string | undefined {
  if (repository !== undefined && repository !== claims.repository) return differs('repository', claims.repository, [repository]);
  if (workflow !== undefined && workflow !== claims.workflow) return differs('workflow', claims.workflow, [workflow]);
  if (runner !== undefined && runner !== claims.runner) return differs('runner', claims.runner, [runner]);
  const { trigger } = claims;
  return triggers && !triggers.some((one) => one === trigger) ? differs('trigger', trigger, triggers) : undefined;
}

function differs(what: string, found: string | undefined, expected: readonly string[]): string {
  return `its ${what} is ${found === undefined ? 'not named' : short(found)} and not ${expected.join(' or ')}`;
}

function unaccepted({ identity, claims }: Found, predicateType: string, forIt: readonly AcceptedIdentity[]) {
  const by = `${short(identity)} (issuer ${short(claims.issuer ?? NO_ISSUER)})`;
  const kind = kindOf(predicateType) ?? short(predicateType);
  const names = forIt
    .slice(0, MOST_NAMED)
    .map((one) => `${one.identity}${one.refs ? `@${one.refs.join('|')}` : ''} (issuer ${one.issuer})`);
  const expected = names.length === 0 ? 'nobody' : `${names.join(', ')}${forIt.length > MOST_NAMED ? ' and others' : ''}`;
  const detail = `it is signed by ${by}, and accepted for ${kind} is ${expected}`;
  return unreadable('untrusted', detail, {
    hint: `It is signed by ${by}, and accepted for ${kind} is ${expected}: name its signer under \`trust.accept\` if it is yours, else find out who wrote it.`,
  });
}

function short(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
