import type { Seen } from '../../collect/define-source.ts';
import { projectOf } from '../../domain/project.ts';
import { type ApproveLine, inUtc, type MoveLine } from '../../domain/record.ts';
import { runOf } from './recorded-fact.ts';

type Deployment = Extract<Seen, { kind: 'deployment' }>;
type Approval = Extract<Seen, { kind: 'approval' }>;

/** What a neutral line says of a move into an environment, or of leave for it; nothing where it names no environment. */
export function movedFact(record: MoveLine | ApproveLine, locator: string): Deployment | Approval | undefined {
  if (record.kind === 'approve') return approvalOf(record, locator);
  const environment = record.kind === 'deploy' ? record.environment : record.to;
  return environment ? deploymentOf(record, environment, locator) : undefined;
}

/** A promotion lets a digest into an environment as a deployment puts it there: both are known to have been done. */
function deploymentOf(record: MoveLine, environment: string, locator: string): Deployment {
  const { by } = record;
  return { kind: 'deployment', ...toldOf(record, locator), environment, result: 'succeeded', ...(by ? { by } : {}), trust: 'recorded' };
}

function approvalOf(record: ApproveLine, locator: string): Approval {
  const { environment, by, state = 'approved', requestedBy } = record;
  const asked = requestedBy ? [requestedBy] : [];
  return { kind: 'approval', ...toldOf(record, locator), environment, by, state, requestedBy: asked, trust: 'recorded' };
}

function toldOf({ at, run, repository = run?.repository, digest, image, commit }: MoveLine | ApproveLine, locator: string) {
  return {
    locator,
    at: inUtc(at),
    ...(repository ? { repository: projectOf(repository) } : {}),
    ...(run ? { run: runOf(run) } : {}),
    subject: { digest, ...(image ? { image } : {}), ...(commit ? { commit } : {}) },
  };
}
