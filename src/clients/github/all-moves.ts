import type { Seen } from '../../collect/define-source.ts';
import { sortedBy } from '../../domain/order.ts';
import { AuditError } from '../../error.ts';
import { eachInTurn } from './each-in-turn.ts';
import { gapOf } from './gap-of.ts';
import { protectionsOf } from './protections.ts';
import type { Commit } from './read-commit.ts';
import { readMoves } from './read-moves.ts';
import type { Session } from './session.ts';

/** Deployments and approvals of commits, the rules of the environments of their repositories, and a gap for what could not be read. */
export async function readAllMoves(session: Session, commits: readonly Commit[], tell: (step: string) => void): Promise<readonly Seen[]> {
  const repositories = [...new Set(commits.map(({ repository }) => repository))];
  const moves = await eachInTurn(
    commits,
    (commit) => readMovesOrGap(session, commit),
    (done) => tell(`deployments of ${done} of ${commits.length} commits`),
  );
  const rules = await eachInTurn(
    repositories,
    (repository) => readProtectionsOrGap(session, repository),
    (done) => tell(`environments of ${done} of ${repositories.length} repositories`),
  );
  return sortedBy([...moves, ...rules].flat(), (seen) => JSON.stringify(seen));
}

async function readProtectionsOrGap({ github }: Session, project: string): Promise<readonly Seen[]> {
  try {
    return await protectionsOf(github, project);
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    return [gapOf('deployment', { project }, { error, locator: github.locate(`repos/${project}/environments`) })];
  }
}

async function readMovesOrGap(session: Session, commit: Commit): Promise<readonly Seen[]> {
  const project = commit.repository;
  try {
    const { facts, left } = await readMoves(session, commit);
    return [...facts, ...left.map(({ of, run, ...why }) => gapOf(of, run === undefined ? { project } : { project, run }, why))];
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    const locator = session.github.locate(`repos/${project}/actions/runs?head_sha=${commit.commit}`);
    return (['deployment', 'approval'] as const).map((of) => gapOf(of, { project }, { error, locator }));
  }
}
