import type { Proving } from '../../attestation/attest.ts';
import type { Seen } from '../../collect/define-source.ts';
import type { ImageReference } from '../../domain/image-reference.ts';
import { groupBy, sortedBy } from '../../domain/order.ts';
import { AuditError, unreadable } from '../../error.ts';
import type { Github } from '../github.ts';
import type { Keep } from '../keep-raw.ts';
import type { Facts } from '../records/formats/format.ts';
import type { RecordKind } from '../records/unread.ts';
import { attestationsOf, predicatesFor, type Stored } from './attestations.ts';
import { factsIn } from './attested.ts';
import { unsnappy } from './snappy.ts';

type Build = Extract<Seen, { kind: 'build' }>;
type Test = Extract<Seen, { kind: 'test' }>;

/** What could not be read, of which kind and where. */
export type Left = Readonly<{ of: RecordKind; locator: string; error: AuditError }>;

/** What the stores of attestations tell of digests, and what of it could not be read. */
export type Attested = Readonly<{ facts: readonly (Build | Test)[]; left: readonly Left[] }>;

/** Digests by the names that they were seen under as images; undefined where they were only mentioned. */
export type Names = ReadonlyMap<string, readonly ImageReference[] | undefined>;

/** Who verifies attestations, if anybody does, and who keeps them. */
export type Judging = Readonly<{ proving: Proving | undefined; keep: Keep }>;

// actions/attest takes a predicate of 16 MB; a bundle has it in base64 (actions/attest, action.yml, 2026).
const LARGEST_BUNDLE = 24 * 1024 * 1024;

// Each may cost a request and the time of a signature. A build that gives the same bytes every night has one a night.
const MOST_OF_A_DIGEST = 1000;

/** Reads what an owner's store of attestations tells of digests; what cannot be read of one leaves the others alone. */
export async function readAttested(
  github: Github,
  { owner, names }: Readonly<{ owner: string; names: Names }>,
  judging: Judging,
): Promise<Attested> {
  const digests = [...names.keys()].toSorted();
  const found = await Promise.all(
    predicatesFor(judging.proving).map(async (predicate): Promise<Attested> => {
      const of = predicate === 'provenance' ? 'build' : 'test';
      const locator = `attestations of ${owner}`;
      return orLeft({ of, locator }, async () => {
        const stored = await attestationsOf(github, { owner, digests }, predicate);
        const byDigest = [...groupBy(stored, ({ digest }) => digest)];
        const few = byDigest.flatMap(([, all]) => all.slice(0, MOST_OF_A_DIGEST));
        const read = await Promise.all(few.map((one) => readOne(github, one, { of, owner, names, ...judging })));
        const beyond = byDigest.filter(([, all]) => all.length > MOST_OF_A_DIGEST).map(([digest]) => tooMany(digest, { of, owner }));
        return { facts: read.flatMap(({ facts }) => facts), left: [...read.flatMap(({ left }) => left), ...beyond] };
      });
    }),
  );
  return {
    facts: sortedBy(
      found.flatMap(({ facts }) => facts),
      (fact) => JSON.stringify(fact),
    ),
    left: sortedBy(
      found.flatMap(({ left }) => left),
      ({ locator, error }) => `${locator} ${error.message}`,
    ),
  };
}

function tooMany(digest: string, { of, owner }: Pick<About, 'of' | 'owner'>): Left {
  const error = unreadable('too-large', `there are more than ${MOST_OF_A_DIGEST}`, {
    hint: `Look at who attests ${digest} so often: no more than ${MOST_OF_A_DIGEST} attestations of a digest and a type are read.`,
  });
  return { of, locator: `attestations of ${digest} in the store of ${owner}`, error };
}

type About = Judging & Readonly<{ of: 'build' | 'test'; owner: string; names: Names }>;

async function readOne(github: Github, stored: Stored, { of, owner, names, proving, keep }: About): Promise<Attested> {
  const { digest, repositoryId } = stored;
  const locator = `attestation of ${digest} in the store of ${owner}, by repository ${repositoryId}`;
  return orLeft({ of, locator }, async () => {
    const bundle = stored.bundle ?? (await fetchBundle(github, stored));
    const read = factsIn(bundle, { digest, names: names.get(digest), owner, repositoryId }, proving);
    const bytes = read.facts.length > 0 ? keep(bundle) : undefined;
    return { facts: read.facts.map((fact) => ({ ...fact, locator, ...(bytes ? { bytes } : {}) })), left: leftOf(read.left, locator) };
  });
}

/** Its address ends in `.json.sn` for a block of Snappy, but what it is its first byte tells: no bundle begins otherwise than with a brace. */
async function fetchBundle(github: Github, { digest, url }: Stored): Promise<Buffer> {
  if (!url) throw unreadable('unsupported', `GitHub neither encloses an attestation of ${digest} nor says where it is kept`);
  const body = await github.download(url, { what: 'an attestation', capBytes: LARGEST_BUNDLE });
  return body[0] === OPENING_BRACE ? body : unsnappy(body, LARGEST_BUNDLE);
}

const OPENING_BRACE = 0x7b;

function leftOf(left: Facts['left'], locator: string): readonly Left[] {
  return left.flatMap(({ of, because, says }) =>
    of.map((kind) => ({ of: kind, locator, error: new AuditError('UNREADABLE', says, { because, hint: 'Look at what attests it.' }) })),
  );
}

async function orLeft({ of, locator }: Pick<Left, 'of' | 'locator'>, job: () => Promise<Attested>): Promise<Attested> {
  try {
    return await job();
  } catch (error) {
    if (!(error instanceof AuditError) || error.exitCode === 2) throw error;
    return { facts: [], left: [{ of, locator, error }] };
  }
}
