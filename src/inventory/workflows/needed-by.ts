import type { JobSubject } from './subject.ts';

/** The jobs that a job waits for, and those that they wait for. */
export function neededBy({ file, job }: JobSubject, jobs: readonly JobSubject[]): readonly JobSubject[] {
  const ofFile = new Map(jobs.filter((other) => other.file === file).map((other) => [other.job.id, other]));
  const found = new Set<JobSubject>();
  const open = [...job.needs];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const other = ofFile.get(id);
    if (!other || found.has(other)) continue;
    found.add(other);
    open.push(...other.job.needs);
  }
  return [...found];
}
