import type { Finding } from '../domain/finding.ts';
import { isToMend } from './is-to-mend.ts';

/** Whether a finding can decide an exit code: nobody waived it, it is told under no other, its rule applies, and it is not known where only what is new decides. */
export function isOpen(finding: Pick<Finding, 'waived' | 'under' | 'from' | 'since'>): boolean {
  return isToMend(finding) && !finding.from && !finding.since;
}
