import type { Report } from '../domain/report.ts';
import { countOf } from './count-of.ts';

/** Which rules did not run, and why; a line a reason. */
export function tellDormant({ dormant, unasked }: Pick<Report, 'dormant' | 'unasked'>): readonly string[] {
  return [
    ...(dormant.length > 0 ? [`dormant, because nothing they need is configured: ${dormant.join(', ')}`] : []),
    ...(unasked.length > 0
      ? [`${countOf(unasked.length, 'rule')} about workflow files did not run: no source github-workflows is configured`]
      : []),
  ];
}
