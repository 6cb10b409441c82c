import { type Finding, reaches } from '../domain/finding.ts';

/** Whether a finding may be told under another: where that one decides at least as much, and as soon. */
export function mayStandUnder(finding: Finding, over: Finding): boolean {
  return (
    reaches(over.severity, finding.severity) &&
    (over.confidence !== 'low' || finding.confidence === 'low') &&
    (over.from === undefined || finding.from !== undefined)
  );
}
