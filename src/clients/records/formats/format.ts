import type { Seen } from '../../../collect/define-source.ts';
import type { Digest } from '../../../domain/digest.ts';
import { inUtc } from '../../../domain/record.ts';
import type { SeenAs } from '../line-filter.ts';
import type { Unread } from '../unread.ts';

/** A build that a file records, without the place where it stands. */
export type BuildFact = Omit<Extract<Seen, { kind: 'build' }>, 'locator'>;

/** A test that a file records, without the place where it stands. */
export type TestFact = Omit<Extract<Seen, { kind: 'test' }>, 'locator'>;

/** What an object of a known format records, what of it cannot be used, and what it encloses that somebody may have signed. */
export type Facts = Readonly<{ facts: readonly (BuildFact | TestFact)[]; left: readonly Unread[]; enclosed?: Enclosed }>;

/** The bytes of a bundle or an envelope, what they speak of, and what they may record of it. */
export type Enclosed = Readonly<{ bytes: Uint8Array; subjects: readonly Digest[]; of: Unread['of'] }>;

/** One foreign format: undefined where a value is not of it, which is asked of its content alone. Where it names a digest and no image, `seenAs` does. */
export type Format = (value: unknown, seenAs: SeenAs) => Facts | undefined;

/** Of a known format, and nothing in it is a build or a test of an image. */
export const NOTHING: Facts = { facts: [], left: [] };

/** Facts that stand in one object, one after the other. */
export function together(several: readonly Facts[]): Facts {
  return { facts: several.flatMap(({ facts }) => facts), left: several.flatMap(({ left }) => left) };
}

/** An object of a known format, of which nothing can be used; `says` tells why, without its content. */
export function unusable(of: Unread['of'], says: string, because: Unread['because'] = 'malformed'): Facts {
  return { facts: [], left: [{ of, because, says }] };
}

/** A build, where it can be placed in time: one that has no time would be taken for younger than what it came before. */
export function buildFact(fact: BuildFact): Facts {
  if (fact.at === undefined) return unusable(['build'], 'its build names no time', 'unsupported');
  return { facts: [fact], left: [] };
}

/** The instant in UTC; undefined where the text is none, or leaves its zone to guesses. */
export function instantOf(text: string | undefined): string | undefined {
  if (text === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  return Number.isNaN(Date.parse(text)) ? undefined : inUtc(text);
}

/** When something happened, in UTC and to the second as records are kept. */
export function atOf(told: Readonly<{ at: string | undefined }> | undefined): string | undefined {
  return told?.at === undefined ? undefined : inUtc(told.at);
}

/** Only a whole hash in lower case names a commit. */
export function commitOf(text: string | undefined): string | undefined {
  return text !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text) ? text : undefined;
}
