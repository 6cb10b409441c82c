import { andThen, type Known, known } from '../../domain/known.ts';
import { actionOf } from './activity.ts';
import type { Activity } from './known-tools.ts';
import type { Command, JobSubject, PlacedStep } from './subject.ts';

/** The steps of a job that do something; none only where everything that it runs was read. */
export type StepsThat = (activity: Activity, subject: JobSubject) => Known<readonly PlacedStep[]>;

/** The steps that build an image which leaves the job; an image that only its tests use is none. */
export function shippedBy(stepsThat: StepsThat, subject: JobSubject): Known<readonly PlacedStep[]> {
  return andThen(stepsThat('build', subject), (builds) =>
    builds.length === 0 ? known([]) : andThen(stepsThat('push', subject), (pushes) => known(pushes.length > 0 ? builds : [])),
  );
}

const THROWAWAY = /^(?:kind create|k3d cluster|minikube start)/;
const THROWAWAY_ACTION = /(?:^|\/)[\w.-]*(?:kind-action|setup-kind|setup-minikube|action-k3d|k3d-action|action-kind)[\w.-]*$/;

/** The steps that deploy to an environment; a cluster that the job made for itself is none. */
export function deployedBy(stepsThat: StepsThat, subject: JobSubject, all: readonly PlacedStep[]): Known<readonly PlacedStep[]> {
  return all.some(makesCluster) ? known([], [subject.file]) : stepsThat('deploy', subject);
}

function makesCluster(step: PlacedStep): boolean {
  const action = actionOf(step);
  return action === undefined ? step.commands.some((command: Command) => THROWAWAY.test(command.join(' '))) : THROWAWAY_ACTION.test(action);
}
