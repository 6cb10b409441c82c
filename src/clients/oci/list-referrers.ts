import type { Digest } from '../../domain/digest.ts';
import { AuditError, unreadable } from '../../error.ts';
import type { Registry } from '../oci.ts';
import type { Finder } from './find.ts';
import { type Referrer, type ReferrersPage, readReferrers } from './referrers.ts';

const MOST_PAGES = 10;

type Holder = Readonly<{ registry: Registry; finder: Finder }>;

/** Lists what says something of a digest: by the referrers API, and by the tags that stand in for it where there is none. */
export function openReferrers(registry: Registry, finder: Finder): (repository: string, digest: Digest) => Promise<readonly Referrer[]> {
  const holder = { registry, finder };
  // A registry either has the API or not: the first answer says so for all (GHCR and distribution 2 have none).
  let hasApi: Promise<boolean> | undefined;

  const byApiIfAny = async (repository: string, digest: Digest): Promise<readonly Referrer[] | undefined> => {
    if (hasApi !== undefined && !(await hasApi)) return undefined;
    const listing = byApi(registry, repository, digest);
    hasApi ??= listing.then(
      (listed) => listed !== undefined,
      () => true,
    );
    return listing;
  };

  const list = async (repository: string, digest: Digest) => {
    const listed = (await byApiIfAny(repository, digest)) ?? (await byTag(holder, repository, digest));
    return [...listed, ...(await byCosign(holder, repository, digest))];
  };
  const lists = new Map<string, ReturnType<typeof list>>();
  return (repository, digest) => {
    const key = `${repository} ${digest}`;
    const found = lists.get(key) ?? list(repository, digest);
    lists.set(key, found);
    return found;
  };
}

const TAGGED = 'application/vnd.oci.image.index.v1+json';
const COSIGN_ATTESTATION = 'application/vnd.dsse.envelope.v1+json';
/** What cosign 2 puts under a tag made of a digest, `sha256-….sig`. */
export const COSIGN_SIGNATURE = 'application/vnd.dev.cosign.simplesigning.v1+json';

/** What something that refers to a digest calls itself; what cosign 2 attached names no type. */
export function typeOf({ artifactType, annotations }: Referrer): string {
  return annotations['dev.sigstore.bundle.predicateType'] ?? (artifactType === '' ? COSIGN_ATTESTATION : artifactType);
}

/** Lists everything that hangs on a digest by what it calls itself, signatures of cosign included. */
export function openAttachments(
  registry: Registry,
  referrers: ReturnType<typeof openReferrers>,
): (repository: string, digest: Digest) => Promise<readonly string[]> {
  return async (repository, digest) => {
    const listed = await referrers(repository, digest);
    const tag = digest.replace(':', '-');
    const signature = await tagOf(registry, repository, `${tag}.sig`);
    // A registry that learned the API later does not list what was tagged before.
    const tagged = listed.length === 0 && (await tagOf(registry, repository, tag)) ? [TAGGED] : [];
    return [...new Set([...listed.map(typeOf), ...tagged, ...(signature ? [COSIGN_SIGNATURE] : [])])].toSorted();
  };
}

async function byApi(registry: Registry, repository: string, digest: Digest): Promise<readonly Referrer[] | undefined> {
  const referrers: Referrer[] = [];
  let search: string | undefined = '';
  for (let page = 1; search !== undefined; page++) {
    if (page > MOST_PAGES) throw tooMany(repository, digest);
    const found: ReferrersPage | undefined = await registry.referrers(repository, digest, search);
    if (!found) return undefined;
    referrers.push(...found.referrers);
    search = found.next;
  }
  return referrers;
}

async function byTag({ registry, finder }: Holder, repository: string, digest: Digest): Promise<readonly Referrer[]> {
  const tagged = await tagOf(registry, repository, digest.replace(':', '-'));
  if (!tagged) return [];
  const { body, locator } = await finder.read({ is: 'manifest', repository, digest: tagged });
  return readReferrers(body, locator);
}

/** What cosign attaches: one manifest of envelopes, under a tag made of the digest. */
async function byCosign({ registry }: Holder, repository: string, digest: Digest): Promise<readonly Referrer[]> {
  const tagged = await tagOf(registry, repository, `${digest.replace(':', '-')}.att`);
  return tagged ? [{ digest: tagged, artifactType: '', annotations: {} }] : [];
}

async function tagOf(registry: Registry, repository: string, tag: string): Promise<Digest | undefined> {
  try {
    return (await registry.resolve(repository, tag)).digest;
  } catch (error) {
    if (error instanceof AuditError && error.because === 'not-found') return undefined;
    throw error;
  }
}

function tooMany(repository: string, digest: Digest): AuditError {
  return unreadable('too-large', `more refers to ${digest} than is read`, {
    hint: `Look at what is attached to ${repository}@${digest}: more than ${MOST_PAGES} pages of it are not read.`,
  });
}
