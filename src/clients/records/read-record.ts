import type { z } from 'zod';
import { Digest } from '../../domain/digest.ts';
import { ApproveLine, BuildLine, MoveLine, type NeutralRecord, RECORD_SCHEMA, TestLine } from '../../domain/record.ts';
import { duplicateKeyIn } from './duplicate-key.ts';
import type { Facts } from './formats/format.ts';
import type { Fields } from './line-filter.ts';
import { type Deciding, readForeign } from './read-foreign.ts';
import type { RecordKind, Unread } from './unread.ts';

/** What a line is: a wanted record, one that cannot be read, what another format records, or nothing that was asked for. */
export type Line = Readonly<{ record: NeutralRecord } | { unread: Unread } | { foreign: Facts }> | undefined;

/** What decides about a line beside its bytes, and all that may have been recorded by one that cannot be read. */
export type Reading = Deciding & Readonly<{ holds: readonly RecordKind[] }>;

/** What each kind of line records, and its schema. */
const KINDS = {
  build: { of: 'build', schema: BuildLine },
  test: { of: 'test', schema: TestLine },
  promote: { of: 'deployment', schema: MoveLine },
  deploy: { of: 'deployment', schema: MoveLine },
  approve: { of: 'approval', schema: ApproveLine },
} as const;

const LONGEST_KEY = 40;
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads one line that may be wanted, strictly: in UTF-8, no key twice, nothing guessed. */
export function readRecord(bytes: Uint8Array, reading: Reading): Line {
  const json = decode(bytes);
  if (json === undefined) return malformed(reading.holds, 'it is not UTF-8');
  const parsed = parse(json);
  if (!parsed) return malformed(reading.holds, 'it is not JSON, or is nested too deeply');
  if (parsed.twice !== undefined) return malformed(reading.holds, `it holds the key "${parsed.twice.slice(0, LONGEST_KEY)}" twice`);
  const foreign = isNeutral(parsed.value) ? undefined : readForeign(parsed.value, reading);
  if (foreign) return { foreign };
  // What names its digest wrongly may be of any image: it is told, where a result may hang on it.
  if (reading.filter.matches(parsed.value) || isMisnamed(parsed.value, reading)) return readWanted(parsed.value, reading);
  return isNeutral(parsed.value) ? undefined : newer('format', reading.holds);
}

/** Whether a value says that it is a neutral record, of whatever version. */
export function isNeutral(value: object): boolean {
  return 'schema' in value && typeof value.schema === 'string' && value.schema.startsWith('selfsame/record/');
}

/** Whether a line is of ours, of a kind that somebody counts on, and no digest could be looked up for it. */
function isMisnamed({ schema, kind, digest }: Fields, { holds }: Reading): boolean {
  return schema === RECORD_SCHEMA && isKind(kind) && holds.includes(KINDS[kind].of) && !Digest.safeParse(digest).success;
}

function isKind(kind: unknown): kind is keyof typeof KINDS {
  return typeof kind === 'string' && Object.hasOwn(KINDS, kind);
}

function readWanted(value: Fields, { latest, holds }: Reading): Line {
  const { schema, kind } = value;
  // A descriptor or a manifest of OCI, which says by its media type what it is, is no record that lacks something.
  if (schema !== RECORD_SCHEMA && (isNeutral(value) || typeof value['mediaType'] === 'string')) return newer('format', holds);
  if (schema !== RECORD_SCHEMA) return malformed(holds, `it has no "schema":"${RECORD_SCHEMA}"`);
  if (!isKind(kind)) return newer('kind', holds);
  const { of, schema: line } = KINDS[kind];
  const record = line.safeParse(value);
  if (!record.success) return malformed([of], tellFirst(record.error));
  if (Date.parse(record.data.at) > latest) return malformed([of], 'at: is in the future, as a local time written as UTC would be');
  return { record: record.data };
}

function malformed(of: Unread['of'], says: string): Line {
  return { unread: { of, because: 'malformed', says } };
}

function newer(what: string, of: Unread['of']): Line {
  return { unread: { of, because: 'unsupported', says: `it is of a ${what} that this version does not know` } };
}

/** Where the first mistake is and what is asked for; never the value. */
function tellFirst({ issues: [first] }: z.ZodError): string {
  const place = (first?.path ?? []).map(String).join('.').slice(0, 80);
  return place ? `${place}: ${first?.message}` : (first?.message ?? 'it is no record');
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return STRICT.decode(bytes);
  } catch {
    return undefined;
  }
}

/** What is written out again as it was holds no key twice, and most lines are written as JSON.stringify writes them. */
function parse(json: string): Readonly<{ value: Fields; twice: string | undefined }> | undefined {
  try {
    // A text that begins with { is an object, if it is JSON.
    const value: Fields = JSON.parse(json);
    return { value, twice: JSON.stringify(value) === json ? undefined : duplicateKeyIn(json) };
  } catch {
    // JSON.parse reads any depth; JSON.stringify ends where the stack does.
    return undefined;
  }
}
