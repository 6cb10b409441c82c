import type { JudgedFile } from '../judge/judge.ts';

/** Parts of files of which some rule could not tell; decisive are jobs for an environment, which all this is about. */
export function unclearOf(judged: readonly JudgedFile[]): Readonly<{ all: number; decisive: number }> {
  const open = new Map(judged.filter(({ verdict }) => verdict.outcome === 'unknown').map(({ subject }) => [subject.where, subject]));
  const decisive = [...open.values()].filter(
    (subject) => 'job' in subject && (subject.job.environment !== undefined || subject.targets.some(({ isLast }) => isLast)),
  );
  return { all: open.size, decisive: decisive.length };
}
