import type { Proving } from '../../attestation/attest.ts';
import { formatImageReference } from '../../domain/image-reference.ts';
import { AuditError } from '../../error.ts';
import { buildxMetadata } from './formats/buildx-metadata.ts';
import { cloudBuild, cloudProvenance } from './formats/cloud-build.ts';
import { type BuildFact, type Facts, type Format, type TestFact, unusable } from './formats/format.ts';
import { provenFacts, statement } from './formats/statement.ts';
import { tektonRun } from './formats/tekton-run.ts';
import type { LineFilter, SeenAs } from './line-filter.ts';
import { saidBy } from './unread.ts';

const FORMATS: readonly Format[] = [statement, cloudProvenance, cloudBuild, tektonRun, (value) => buildxMetadata(value)];
const EITHER = ['build', 'test'] as const;

/** What decides about a foreign object beside what it says. */
export type Deciding = Readonly<{ filter: LineFilter; latest: number; proving?: Proving | undefined }>;

/** What an object of a foreign format records that is wanted; undefined where no format knows it. */
export function readForeign(value: unknown, deciding: Deciding): Facts | undefined {
  const read = tell(value, deciding.filter.seenAs);
  if (!read) return undefined;
  const claimed = keepWanted(read, deciding);
  const { enclosed } = read;
  // A signature is looked at where something may hang on it: that takes milliseconds, and most are of what nobody asks for.
  const isAsked = claimed.facts.length > 0 || enclosed?.subjects.some((digest) => deciding.filter.matches({ digest }));
  return enclosed && isAsked ? keepWanted(provenFacts(enclosed, deciding.proving, deciding.filter.seenAs), deciding) : claimed;
}

/** Those facts that somebody asks for; one whose time is to come is told instead. */
export function keepWanted({ facts, left }: Facts, { filter, latest }: Deciding): Facts {
  const inTime = facts.filter(({ at }) => at === undefined || Date.parse(at) <= latest);
  const future = inTime.length < facts.length ? unusable(EITHER, 'its time is in the future').left : [];
  return { facts: inTime.filter((fact) => isWanted(fact, filter)), left: [...left, ...future] };
}

function tell(value: unknown, seenAs: SeenAs): Facts | undefined {
  try {
    for (const format of FORMATS) {
      const read = format(value, seenAs);
      if (read) return read;
    }
    return undefined;
  } catch (error) {
    // What a statement encloses is read as strictly as what encloses it.
    if (error instanceof AuditError && error.because) return unusable(EITHER, saidBy(error), error.because);
    throw error;
  }
}

function isWanted(fact: BuildFact | TestFact, filter: LineFilter): boolean {
  if (fact.kind === 'test') return filter.matches({ digest: fact.subject.digest });
  const { source, outputs, at } = fact;
  const about = source ? { repository: source.repository, commit: source.commit } : {};
  return outputs.some(({ image, digest }) =>
    filter.matches({ ...about, digest, at, image: formatImageReference({ ...image, digest: undefined }) }),
  );
}
