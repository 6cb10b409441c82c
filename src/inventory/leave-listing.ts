import type { ApprovalRecord, DeploymentRecord } from '../domain/observation.ts';
import { projectOf } from '../domain/project.ts';
import { madeAt } from './origin.ts';
import type { Identified } from './row.ts';
import type { Question, Silence } from './silence.ts';
import type { World } from './world.ts';

/** Where every approval was listed that could be of something. */
export type LeaveListing = Readonly<{
  /** All that could be of a row's artifact, whatever run they are of. */
  everyApprovalOf(row: Identified): Silence;
  /** All of the run that a deployment is of. */
  approvalsOfRun(row: Identified, deployment: DeploymentRecord): Silence;
  /** Whether a recording listed all that an approval would have been among, where it asked who tells of it. */
  lookIn(recording: number, row: Identified, approval: ApprovalRecord): Look;
  /** Why nothing is listed, where nobody was to list all. */
  because: 'not-configured' | 'approvals-not-covered';
}>;

/** What a recording says of an approval that is not in it: there was none, there may have been, or nobody asked. */
export type Look = 'listed' | 'open' | 'not-asked';

/** A run that nobody names: lists of the approvals of single runs say nothing of it. */
const ANY_OTHER = '*';

/** Opens what recordings say of the completeness of approvals. */
export function openLeaveListing(world: World): LeaveListing {
  const { silenceOn, silenceIn, recordings } = world;
  const asked = recordings.map(
    ({ observations }) =>
      new Set(observations.flatMap((seen) => (seen.kind === 'expected' && seen.of === 'approval' ? [seen.scope.source] : []))),
  );
  const until = recordings.at(-1)?.takenAt.from;
  return {
    everyApprovalOf: (row) => allOf(silenceOn, { ...aboutOf(world, row), until }),
    approvalsOfRun: (row, deployment) => ofRun(silenceOn, { ...aboutOf(world, row), until }, deployment),
    lookIn(recording, row, approval) {
      const question = { ...aboutOf(world, row), until: recordings[recording]?.takenAt.from };
      const answer = (one: Question) => silenceIn(recording, one);
      if (!asked[recording]?.has(approval.origin.source)) return 'not-asked';
      return allOf(answer, question).covered || ofRun(answer, question, approval).covered ? 'listed' : 'open';
    },
    because: asked.some((sources) => sources.size > 0) ? 'approvals-not-covered' : 'not-configured',
  };
}

function aboutOf({ closure }: World, { artifact }: Identified): Question {
  return { of: 'approval', about: closure.familyOf(artifact), since: madeAt(artifact) };
}

type Answering = (question: Question) => Silence;

/** What was to be listed of single runs has to have been, too: an approval that could not be read may be the one. */
function allOf(answer: Answering, question: Question): Silence {
  const whole = answer({ ...question, run: ANY_OTHER });
  if (!whole.covered) return whole;
  const parts = answer(question);
  return parts.covered ? whole : parts;
}

function ofRun(answer: Answering, question: Question, { run, repository = run?.repository }: ApprovalRecord | DeploymentRecord): Silence {
  if (!run || repository === undefined) return { covered: false, because: 'not-covered' };
  return answer({ ...question, project: projectOf(repository), run: run.id });
}
