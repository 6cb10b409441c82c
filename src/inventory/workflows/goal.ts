import { andThen, type Known, known } from '../../domain/known.ts';
import type { JobSubject, PlacedStep } from './subject.ts';

/** Where what a job does ends up: with users, by a step that deploys or by the environment that it names; before them; or nowhere. */
export type Goal =
  | Readonly<{ is: 'deployed' | 'named'; environment: string }>
  | Readonly<{ is: 'unnamed' }>
  | Readonly<{ is: 'upstream' }>
  | Readonly<{ is: 'none' }>;

/** What a job is for. That it names the environment of users is enough, whatever else of it was not read; `deployment: false` takes its secrets alone. */
export function goalOf({ job, targets, file }: JobSubject, deploys: Known<readonly PlacedStep[]>): Known<Goal> {
  const last = targets.find(({ isLast }) => isLast)?.environment;
  if (deploys.known && deploys.value.length > 0) {
    if (last !== undefined) return known({ is: 'deployed', environment: last }, [file]);
    return known(targets.length > 0 ? { is: 'upstream' } : { is: 'unnamed' }, [file]);
  }
  if (job.environment?.deployment && last !== undefined) return known({ is: 'named', environment: last }, [file]);
  return andThen(deploys, () => known(job.environment?.deployment && targets.length > 0 ? { is: 'upstream' } : { is: 'none' }, [file]));
}
