import type { z } from 'zod';
import type { Seen } from '../../collect/define-source.ts';
import { parseJson } from '../../domain/parse-json.ts';
import { BuildLine, MoveLine, RECORD_SCHEMA, TestLine } from '../../domain/record.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { AuditError, unreadable } from '../../error.ts';
import { buildxMetadata } from '../records/formats/buildx-metadata.ts';
import { movedFact } from '../records/moved-fact.ts';
import { recordedFact } from '../records/recorded-fact.ts';
import { type RecordKind, saidBy, type Unread } from '../records/unread.ts';

type Build = Extract<Seen, { kind: 'build' }>;
type Test = Extract<Seen, { kind: 'test' }>;
type Deployment = Extract<Seen, { kind: 'deployment' }>;

/** What jobs record in artifacts. */
export type Kept = Build | Test | Deployment;

/** The run whose artifact a file is, where the file stands and since when. */
export type Held = Readonly<{ run: NonNullable<Build['run']>; isOnlyAttempt: boolean; since: string | undefined; locator: string }>;

/** What a file records, and what of it cannot be read. */
export type Read = Readonly<{ facts: readonly Kept[]; left: readonly Readonly<{ of: RecordKind; error: AuditError }>[] }>;

const EITHER = ['build', 'test'] as const;
const MOST_LINES = 10_000;

/** Reads neutral records, one a line, and metadata files of buildx, as a job uploaded them: the worth of an artifact, whatever they say of themselves. */
export function recordsIn(bytes: Buffer, held: Held): Read {
  const lines = linesOf(bytes);
  if (lines.length > MOST_LINES) return leave(EITHER, unreadable('too-large', `it has more than ${MOST_LINES} lines`));
  const read = lines.map((line) => readLine(line, held));
  return { facts: read.flatMap(({ facts }) => facts), left: read.flatMap(({ left }) => left) };
}

/** A file is one document, or one a line. */
function linesOf(bytes: Buffer): readonly Buffer[] {
  const text = bytes.toString('utf8').trim();
  const isOne = text.startsWith('{') && parseJson(text) !== undefined;
  if (isOne) return [Buffer.from(text)];
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [Buffer.from(line.trim())]));
}

function readLine(line: Buffer, held: Held): Read {
  try {
    const value = parseStrictJson(line);
    if (isNeutral(value)) return neutral(value, held);
    const metadata = buildxMetadata(value, held.since);
    if (!metadata) return leave(EITHER, unreadable('unsupported', 'it is of a format that is not read among artifacts'));
    const left = metadata.left.flatMap(({ of, because, says }) => leave(of, unreadable(because, says)).left);
    return { facts: metadata.facts.map((fact) => ofRun({ ...fact, locator: held.locator }, held)), left };
  } catch (error) {
    if (!(error instanceof AuditError) || error.because === undefined) throw error;
    return leave(EITHER, unreadable(error.because, saidBy(error)));
  }
}

type Fields = Readonly<{ schema: unknown; kind?: unknown }>;

function isNeutral(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && 'schema' in value;
}

function neutral(value: Fields, held: Held): Read {
  const { schema, kind } = value;
  if (schema === RECORD_SCHEMA && (kind === 'promote' || kind === 'deploy')) return moved(value, held);
  // What a job says of its own approval is none.
  if (schema === RECORD_SCHEMA && kind === 'approve') return { facts: [], left: [] };
  if (schema !== RECORD_SCHEMA || (kind !== 'build' && kind !== 'test'))
    return leave(EITHER, unreadable('unsupported', 'it is of a format that this version does not know'));
  const parsed = (kind === 'build' ? BuildLine : TestLine).safeParse(value);
  if (parsed.success) return { facts: [ofRun(recordedFact(parsed.data, held.locator), held)], left: [] };
  return leave([kind], broken(parsed.error));
}

function moved(value: Fields, held: Held): Read {
  const parsed = MoveLine.safeParse(value);
  if (!parsed.success) return leave(['deployment'], broken(parsed.error));
  const fact = movedFact(parsed.data, held.locator);
  return { facts: fact?.kind === 'deployment' ? [ofRun(fact, held)] : [], left: [] };
}

function broken({ issues: [issue] }: z.ZodError): AuditError {
  return unreadable('malformed', `${issue?.path.join('.').slice(0, 80)}: ${issue?.message}`);
}

/** What names another run than the one that uploaded it is hearsay; what names none is of this one, if it is told apart. */
function ofRun<F extends Kept>(fact: F, { run, isOnlyAttempt }: Held): F {
  if (fact.run) return { ...fact, trust: fact.run.id === run.id ? 'artifact' : 'declared' };
  return { ...fact, ...(isOnlyAttempt ? { run } : {}), trust: 'artifact' };
}

function leave(of: Unread['of'], error: AuditError): Read {
  return { facts: [], left: of.map((kind) => ({ of: kind, error })) };
}
