import { kindOf } from '../../attestation/predicate.ts';
import type { Seen, Wanted } from '../../collect/define-source.ts';
import { matches } from '../../domain/glob.ts';
import { type ImageReference, parseImageReference } from '../../domain/image-reference.ts';
import { AuditError } from '../../error.ts';
import { type Attached, type Reading, readAttached } from './attached.ts';
import { toRecords } from './attested-record.ts';
import { resolveClosure, type Target } from './closure.ts';
import type { Content } from './content.ts';
import type { Finder } from './find.ts';

/** One registry as a source is configured for it. */
export type Place = Readonly<{
  registry: string;
  /** Globs over its repositories; all where it is left out. */
  repositories: readonly string[] | undefined;
  isAt(reference: ImageReference): boolean;
  /** Where something of a repository is read. */
  locate(repository: string, reference: string): string;
}>;

/** What was seen, and whether nothing was left out. */
export type Account = Readonly<{ seen: readonly Seen[]; isWhole: boolean }>;

type Asked = Wanted['digests'];

/** The digests that are wanted for themselves. */
export function ourOwn({ digests }: Wanted): Asked {
  return digests.filter(({ baseFor }) => baseFor === undefined);
}

/** What ours stand on; that it cannot be read leaves nothing of ours uncovered. */
export function basesIn({ digests }: Wanted): Asked {
  return digests.filter(({ baseFor }) => baseFor !== undefined);
}

/** Reads the contents behind those digests that were seen in this place. */
export async function readContents(
  place: Place,
  digests: Asked,
  finder: Pick<Finder, 'find'>,
): Promise<Account & Readonly<{ contents: readonly Content[] }>> {
  const ours = digests.map(({ seenIn, ...wanted }) => ({ ...wanted, references: seenIn.filter(place.isAt) }));
  const targets = ours.map(({ digest, baseFor, references }) => ({
    digest,
    ...(baseFor ? { platforms: baseFor } : {}),
    repositories: [...new Set(references.filter((seen) => isAsked(place, seen)).map(({ repository }) => repository))].toSorted(),
    is: 'either' as const,
  }));
  const asked = targets.filter(({ repositories }) => repositories.length > 0);
  const { contents, failures } = await resolveClosure(asked, finder.find);
  const isNarrowed = ours.some(({ references }, at) => references.length > 0 && targets[at]?.repositories.length === 0);
  return {
    contents,
    seen: [...contents, ...failures.map(({ target, error }) => gapOf('content', place, unreadOf(target, error)))],
    isWhole: failures.length === 0 && !isNarrowed,
  };
}

/** Reads what lies beside contents and says who built and who tested them. */
export async function readOrigins(place: Place, contents: readonly Content[], reading: Reading): Promise<readonly Seen[]> {
  const { attached, unread } = await readAttached(contents, reading);
  const gaps = unread.map(({ of, about, reference, error }) => gapOf(about, place, { repository: of.repository, reference, error }));
  const records = attached.flatMap((one) => recordsOf(place, one, contents));
  return [...records, ...gaps];
}

function recordsOf(place: Place, attached: Attached, contents: readonly Content[]): readonly Seen[] {
  try {
    return toRecords(attached, contents, place.registry);
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    const about = kindOf(attached.said.statement.predicateType) === 'provenance' ? 'build' : 'test';
    return [gapOf(about, place, { repository: attached.of.repository, reference: attached.of.digest, error })];
  }
}

/** Whether something may be asked for: a name that is no grammatical one comes from no image reference, and never becomes part of an address. */
export function isAsked({ repositories = ['*'] }: Place, { registry, repository, tag }: ImageReference): boolean {
  const parsed = parseImageReference(`${registry}/${repository}${tag === undefined ? '' : `:${tag}`}`);
  return parsed?.repository === repository && repositories.some((glob) => matches(glob, repository));
}

/** What could not be read, where, and why. */
export type Unread = Readonly<{ repository: string; reference: string; error: AuditError }>;

function unreadOf({ digest, repositories }: Target, error: AuditError): Unread {
  return { repository: repositories[0] ?? '', reference: digest, error };
}

/** What could not be read, as an observation. */
export function gapOf(
  of: 'content' | 'tag' | 'build' | 'test',
  { registry, locate }: Place,
  { repository, reference, error }: Unread,
): Seen {
  const detail = error.message.replace(/^it could not be read: /, '');
  const hint = error.hint ?? `${registry}/${repository} holds what is no image (${detail}): push it again with a current builder.`;
  const locator = locate(repository, reference);
  return { kind: 'gap', of, scope: { registry, repository }, because: error.because ?? 'internal', hint, locator };
}
