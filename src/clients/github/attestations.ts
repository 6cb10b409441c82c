import { z } from 'zod';
import type { Proving } from '../../attestation/attest.ts';
import { AuditError, unreadable } from '../../error.ts';
import type { Github } from '../github.ts';

/** One attestation as GitHub hands it out: enclosed, or where it is kept (since July 2026); neither is for who reads it to tell. */
export type Stored = Readonly<{ digest: string; repositoryId: string; bundle?: Buffer; url?: URL }>;

const ALWAYS = ['provenance', 'https://in-toto.io/attestation/test-result/v0.1'];
// Each is one more request: they are asked for where somebody is accepted for them, and are claims that never count where nobody is.
const WHERE_ACCEPTED = [
  'https://slsa.dev/verification_summary/v1',
  'https://in-toto.io/attestation/svr/v0.1',
  'https://in-toto.io/attestation/svr/v0.2',
];

/** The types of attestations that are asked for, as GitHub calls them: for verifications, where somebody is accepted for them. */
export function predicatesFor(proving: Proving | undefined): readonly string[] {
  return [...ALWAYS, ...WHERE_ACCEPTED.filter((type) => proving?.covers(type, 'bundle') === true)];
}

/** Who attested: GitHub has one address for organizations and one for users. */
type Kind = 'orgs' | 'users';

const MOST_DIGESTS = 1024;
const MOST_PAGES = 200;
const Entry = z.object({
  bundle: z.record(z.string(), z.unknown()).nullish(),
  bundle_url: z.string().nullish(),
  repository_id: z.union([z.int(), z.bigint()]).transform(String),
});
const ByDigest = z.record(z.string(), z.array(Entry).nullable());
const Answer = z.object({
  // The description says an object, its example is an array of objects (rest-api-description, 2022-11-28).
  attestations_subject_digests: z.union([z.array(ByDigest), ByDigest.transform((found) => [found])]),
  page_info: z.object({ has_next: z.boolean().default(false), next: z.string().nullish() }).nullish(),
});

/** Every attestation of a type that an owner's store holds of these digests: 1,024 of them a request, and one more for every further hundred answers. */
export async function attestationsOf(
  github: Github,
  { owner, digests }: Readonly<{ owner: string; digests: readonly string[] }>,
  predicate: string,
): Promise<readonly Stored[]> {
  const found: Stored[] = [];
  for (let at = 0; at < digests.length; at += MOST_DIGESTS) {
    const some = digests.slice(at, at + MOST_DIGESTS);
    const kind = await kindOf(github, owner, some, predicate);
    found.push(...(await pagesOf(github, { kind, owner, digests: some, predicate })));
  }
  return found;
}

type Asked = Readonly<{ kind: Kind; owner: string; digests: readonly string[]; predicate: string; after?: string }>;

/** An owner whom GitHub does not know as an organization may be a user. The answer to the question that tells is not asked for again. */
async function kindOf(github: Github, owner: string, digests: readonly string[], predicate: string): Promise<Kind> {
  try {
    await pageOf(github, { kind: 'orgs', owner, digests, predicate });
    return 'orgs';
  } catch (error) {
    if (error instanceof AuditError && error.because === 'not-found') return 'users';
    throw error;
  }
}

async function pagesOf(github: Github, asked: Asked): Promise<readonly Stored[]> {
  const found: Stored[] = [];
  const cursors = new Set<string>();
  let after: string | undefined;
  do {
    const { attestations_subject_digests: subjects, page_info: info } = await pageOf(github, { ...asked, ...(after ? { after } : {}) });
    for (const subject of subjects)
      for (const [digest, entries] of Object.entries(subject))
        found.push(...(entries ?? []).map((entry) => storedOf(digest, entry, asked)));
    after = info?.has_next ? (info.next ?? undefined) : undefined;
    if (info?.has_next && (after === undefined || cursors.has(after) || cursors.size >= MOST_PAGES)) throw endless(asked);
    if (after !== undefined) cursors.add(after);
  } while (after !== undefined);
  return found;
}

function pageOf(github: Github, { kind, owner, digests, predicate, after }: Asked): Promise<z.output<typeof Answer>> {
  const of = kind === 'orgs' ? 'POST /orgs/{owner}' : 'POST /users/{owner}';
  return github.ask({
    what: `attestations of ${owner}`,
    permission: `Attestations: read on the repositories of ${owner}`,
    route: `${of}/attestations/bulk-list{?per_page,after}`,
    parameters: { owner, per_page: 100, ...(after ? { after } : {}), subject_digests: digests, predicate_type: predicate },
    schema: Answer,
  });
}

function storedOf(digest: string, entry: z.output<typeof Entry>, { owner, digests }: Asked): Stored {
  const { bundle, bundle_url: address, repository_id: repositoryId } = entry;
  if (!digests.includes(digest)) throw unreadable('untrusted', `GitHub answers with attestations of ${owner} that were not asked for`);
  if (bundle) return { digest, repositoryId, bundle: Buffer.from(JSON.stringify(bundle, (_, value: unknown) => plain(value))) };
  return { digest, repositoryId, ...(address && URL.canParse(address) ? { url: new URL(address) } : {}) };
}

/** Octokit reads numbers that JavaScript does not hold as another type, which JSON cannot write. */
function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

function endless({ owner }: Asked): Error {
  return unreadable('malformed', `the list of attestations of ${owner} does not end`);
}
