import { z } from 'zod';
import { Digest } from '../../domain/digest.ts';
import { AuditError, unreadable } from '../../error.ts';
import type { Github } from '../github.ts';

/** A container package by its owner and its name, which may have slashes. */
export type Package = Readonly<{ owner: string; name: string }>;

/** One digest of a package: what names it now, and when it was pushed. */
export type PackageVersion = Readonly<{ digest: Digest; tags: readonly string[]; pushedAt: string }>;

const PER_PAGE = 100;
const MOST_PAGES = 100;
const Version = z.object({
  name: Digest,
  created_at: z.iso.datetime({ offset: true }),
  metadata: z.object({ container: z.object({ tags: z.array(z.string()).default([]) }) }),
});
const Page = z.array(Version).max(PER_PAGE);

/** GitHub has one address for packages of organizations and one for those of users. */
const ROUTES = ['GET /orgs/{owner}/packages/container/{name}/versions', 'GET /users/{owner}/packages/container/{name}/versions'] as const;
type Route = (typeof ROUTES)[number];

/**
 * The versions of a package, newest first, until `isEnough` is true of those so far, or there are no more. The list has no count, so that
 * only an empty page is its end.
 */
export async function versionsOf(
  github: Github,
  asked: Package,
  isEnough: (versions: readonly PackageVersion[]) => boolean,
): Promise<readonly PackageVersion[]> {
  const route = await routeTo(github, asked);
  const found = new Map<string, PackageVersion>();
  for (let page = 1; page <= MOST_PAGES; page++) {
    const versions = await pageOf(github, asked, { route, page });
    for (const version of versions) refuseAnother(found.get(version.digest), version, asked);
    for (const version of versions) found.set(version.digest, version);
    if (versions.length === 0 || isEnough([...found.values()])) return [...found.values()];
  }
  throw unreadable('too-large', `${wordsOf(asked)}: more than ${MOST_PAGES * PER_PAGE} versions`, {
    hint: `Let a clean-up delete old versions of ${wordsOf(asked)}: what is older than the newest ${MOST_PAGES * PER_PAGE} is not looked for.`,
  });
}

/** An owner whom GitHub does not know as an organization may be a user. The page that tells is not asked for again. */
async function routeTo(github: Github, asked: Package): Promise<Route> {
  const [ofOrganization, ofUser] = ROUTES;
  try {
    await pageOf(github, asked, { route: ofOrganization, page: 1 });
    return ofOrganization;
  } catch (error) {
    if (error instanceof AuditError && error.because === 'not-found') return ofUser;
    throw error;
  }
}

async function pageOf(
  github: Github,
  asked: Package,
  { route, page }: Readonly<{ route: Route; page: number }>,
): Promise<readonly PackageVersion[]> {
  const versions = await github.ask({
    route,
    parameters: { ...asked, per_page: PER_PAGE, page },
    what: wordsOf(asked),
    permission: permissionOf(asked),
    schema: Page,
  });
  return versions.map(({ name: digest, created_at: at, metadata }) => {
    return { digest, tags: metadata.container.tags, pushedAt: new Date(at).toISOString() };
  });
}

function wordsOf({ owner, name }: Package): string {
  return `package ${owner}/${name}`;
}

/** Fine-grained tokens read no packages; the token of a job reads only packages that let its repository in (docs.github.com/packages, 2026). */
function permissionOf({ owner, name }: Package): string {
  return (
    `the scope read:packages, as a classic token of somebody who may read ${owner}/${name}; or, as the token of a job, ` +
    '`permissions: { packages: read }` and access of its repository in the settings of the package'
  );
}

/** While it is listed, a version may move to the next page; it keeps its tags, or there is no saying what they name. */
function refuseAnother(before: PackageVersion | undefined, version: PackageVersion, asked: Package): void {
  if (!before || before.tags.toSorted().join() === version.tags.toSorted().join()) return;
  throw unreadable('incomplete', `${wordsOf(asked)}: tags moved while it was listed`, { hint: 'Scan again when nobody pushes.' });
}
