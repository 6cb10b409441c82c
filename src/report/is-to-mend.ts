import type { Finding } from '../domain/finding.ts';

/** Whether somebody has to look at a finding, now or once its rule applies: nobody waived it, and it is told under no other. */
export function isToMend({ waived, under }: Pick<Finding, 'waived' | 'under'>): boolean {
  return !waived && !under;
}
