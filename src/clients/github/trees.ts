import { z } from 'zod';
import type { Seen } from '../../collect/define-source.ts';
import { projectOf } from '../../domain/project.ts';
import { AuditError, unreadable } from '../../error.ts';
import type { Build } from './builds.ts';
import { gapOf } from './gap-of.ts';
import { askObjects, type Granted } from './graphql.ts';
import type { Commit } from './read-commit.ts';
import type { Session } from './session.ts';

const OID = /^[0-9a-f]{40}$/;
const Found = z.object({ is: z.string(), oid: z.string().optional(), tree: z.object({ oid: z.string().regex(OID) }).optional() });
const TREES = { fields: '... on Commit { oid tree { oid } }', schema: Found, most: 300 };
// A commit is named by what it is: its tree was never another.
const ALWAYS = '1970-01-01T00:00:00Z';

/**
 * Facts, of which builds name the git tree of their commit, where they name a commit of a repository that is asked: whatever a squash merge or a
 * merge queue calls it, what has the same tree is the same source. What GitHub does not tell is a gap.
 */
export async function withTrees(
  session: Session,
  facts: readonly Seen[],
  isAsked: (repository: string) => boolean,
): Promise<readonly Seen[]> {
  const commitIn = (fact: Seen) => (fact.kind === 'build' ? commitOf(fact, isAsked) : undefined);
  const commits = facts.flatMap((fact) => commitIn(fact) ?? []);
  await learn(session, commits);
  const refused = new Map<string, Seen>();
  const told = facts.map((fact) => {
    const commit = commitIn(fact);
    const tree = commit && session.trees.get(keyOf(commit));
    if (fact.kind !== 'build' || !fact.source || tree === undefined) return fact;
    if (typeof tree === 'string') return { ...fact, source: { ...fact.source, tree } };
    refused.set(tree.message, gapOf('build', { project: commit?.repository }, { error: tree, locator: session.github.graphql }));
    return fact;
  });
  return [...told, ...refused.values()];
}

/** The commit whose tree is asked for: whole, and where no record says it already. */
function commitOf({ source }: Build, isAsked: (repository: string) => boolean): Commit | undefined {
  if (!source?.commit || source.tree !== undefined || !OID.test(source.commit)) return undefined;
  const repository = projectOf(source.repository);
  return isAsked(repository) ? { repository, commit: source.commit } : undefined;
}

/** Remembers the trees of commits: asked once in a scan, and those that were told once for all scans. */
async function learn({ github, trees }: Session, commits: readonly Commit[]): Promise<void> {
  const once = [...new Map(commits.map((commit) => [keyOf(commit), commit])).values()].filter((commit) => !trees.has(keyOf(commit)));
  const kept = github.keptSince(ALWAYS);
  const before = await Promise.all(once.map(async (commit) => (await kept.get(nameOf(commit)))?.toString('utf8') ?? ''));
  const open = once.filter((_, at) => !OID.test(before[at] ?? ''));
  for (const [at, commit] of once.entries()) if (OID.test(before[at] ?? '')) trees.set(keyOf(commit), before[at] ?? '');
  const wishes = open.map(({ repository, commit }) => ({ repository, oid: commit }));
  const granted = await askObjects(github, wishes, TREES);
  for (const [at, commit] of open.entries()) {
    const tree = treeIn(commit, granted[at]);
    trees.set(keyOf(commit), tree);
    if (typeof tree === 'string') await kept.put(nameOf(commit), Buffer.from(tree));
  }
}

function treeIn({ repository, commit }: Commit, found: Granted<z.output<typeof Found>>): string | AuditError {
  if (found instanceof AuditError) return found;
  if (found === undefined)
    return unreadable('not-found', `${commit} is not in ${repository}`, {
      hint: 'It may be of a fork, or of a branch that was rewritten and deleted.',
    });
  if (found.is === 'Commit' && found.oid === commit && found.tree) return found.tree.oid;
  return unreadable('untrusted', `GitHub answers with ${found.is} ${found.oid} for ${commit} of ${repository}`, {
    hint: 'Check `apiUrl`.',
  });
}

function keyOf({ repository, commit }: Commit): string {
  return `${repository.toLowerCase()} ${commit}`;
}

function nameOf(commit: Commit): readonly string[] {
  return ['tree', keyOf(commit)];
}
