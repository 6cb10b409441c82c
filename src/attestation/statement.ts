import { z } from 'zod';
import { Digest } from '../domain/digest.ts';
import { parseStrictJson } from '../domain/strict-json.ts';
import { unreadable } from '../error.ts';
import { openEnvelope } from './envelope.ts';

/** What a statement speaks of, as it is written. */
export type Subject = Readonly<{ name?: string | undefined; digest: Readonly<Record<string, string>> }>;

/** An in-toto statement: something of some type is said of these digests. Who says it is not verified. */
export type Statement = Readonly<{
  /** Those that address images, of all subjects. */
  subjects: readonly Digest[];
  named: readonly Subject[];
  predicateType: string;
  predicate: unknown;
  loggedAt: string | undefined;
}>;

const TYPES: ReadonlySet<string> = new Set(['https://in-toto.io/Statement/v0.1', 'https://in-toto.io/Statement/v1']);
const MOST_SUBJECTS = 1000;

const Subject = z.object({ name: z.string().optional(), digest: z.record(z.string(), z.string()) });
const Payload = z.object({
  _type: z.string(),
  subject: z.array(Subject).min(1),
  predicateType: z.string(),
  predicate: z.unknown().optional(),
});

/** Reads a statement, bare or enclosed; a key twice, a wrong type or subjects without end are refused. */
export function parseStatement(bytes: Uint8Array, mostKeys?: number): Statement {
  const { payload, loggedAt } = openEnvelope(bytes, mostKeys);
  return readStatement(payload, loggedAt, mostKeys);
}

/** Reads a statement that nothing encloses any more. */
export function readStatement(payload: Uint8Array, loggedAt: string | undefined, mostKeys?: number): Statement {
  const parsed = Payload.safeParse(parseStrictJson(payload, mostKeys));
  const issue = parsed.error?.issues[0];
  if (!parsed.success) throw unreadable('malformed', `it is no statement: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  const { _type: type, subject, predicateType, predicate } = parsed.data;
  if (!TYPES.has(type)) throw unreadable('unsupported', `it is a statement of type ${type.slice(0, 100)}`);
  if (subject.length > MOST_SUBJECTS) throw unreadable('too-large', `it speaks of more than ${MOST_SUBJECTS} subjects`);
  return { subjects: subject.flatMap(digestsOf), named: subject, predicateType, predicate, loggedAt };
}

/** Those of a subject that address images: other algorithms name other things. */
function digestsOf({ digest }: Subject): Digest[] {
  return ['sha256', 'sha512'].flatMap((algorithm) => {
    const encoded = Object.hasOwn(digest, algorithm) ? digest[algorithm] : undefined;
    return Digest.safeParse(`${algorithm}:${encoded}`).data ?? [];
  });
}
