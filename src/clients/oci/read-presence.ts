import type { Seen, Wanted } from '../../collect/define-source.ts';
import type { Digest } from '../../domain/digest.ts';
import { groupBy, sortedBy } from '../../domain/order.ts';
import { AuditError } from '../../error.ts';
import { type Account, gapOf, isAsked, type Place } from './read-contents.ts';

/** Which digests one repository holds now: whether, or why that is not known. */
export type Holdings = (repository: string, digests: readonly Digest[]) => Promise<ReadonlyMap<Digest, boolean | AuditError>>;

/** Reads whether what is pulled is still held, in every repository of this place that it is pulled from. */
export async function readPresence(place: Place, { digests }: Wanted, holdings: Holdings): Promise<Account> {
  const pulled = digests.flatMap(({ digest, pulledFrom = [] }) => pulledFrom.map((image) => ({ digest, image })));
  const asked = pulled.filter(({ image }) => place.isAt(image) && isAsked(place, image));
  const byRepository = sortedBy([...groupBy(asked, ({ image }) => image.repository)], ([repository]) => repository);
  const seen = await Promise.all(
    byRepository.map(([repository, of]) => presenceIn(place, repository, { holdings, digests: of.map(({ digest }) => digest) })),
  );
  return { seen: seen.flat(), isWhole: seen.flat().every(({ kind }) => kind !== 'gap') };
}

type Asking = Readonly<{ holdings: Holdings; digests: readonly Digest[] }>;

async function presenceIn(place: Place, repository: string, { holdings, digests }: Asking): Promise<readonly Seen[]> {
  const unique = [...new Set(digests)].toSorted();
  const answers = await holdings(repository, unique).catch((error: unknown) => new Map(unique.map((digest) => [digest, unreadOf(error)])));
  return unique.flatMap((digest): Seen[] => {
    const answer = answers.get(digest);
    if (answer === undefined) return [];
    if (typeof answer !== 'boolean') return [gapOf('content', place, { repository, reference: digest, error: answer })];
    const image = { registry: place.registry, repository };
    return [{ kind: 'presence', digest, image, is: answer ? 'held' : 'gone', locator: place.locate(repository, digest) }];
  });
}

/** What was seen, with every gap that is explained now: what could not be read is gone. */
export function explainGone(seen: readonly Seen[], presences: readonly Seen[]): readonly Seen[] {
  const gone = new Map(presences.flatMap((one) => (one.kind === 'presence' && one.is === 'gone' ? [[one.locator, one] as const] : [])));
  return seen.map((one) => {
    const presence = one.kind === 'gap' && one.because === 'not-found' ? gone.get(one.locator) : undefined;
    if (!presence) return one;
    const { registry, repository } = presence.image;
    return { ...one, hint: `${registry}/${repository} no longer holds ${presence.digest}: see who deleted it, or which clean-up did.` };
  });
}

/** A mistake of ours is no answer of a registry. */
export function unreadOf(error: unknown): AuditError {
  if (error instanceof AuditError && error.because !== undefined) return error;
  throw error;
}
