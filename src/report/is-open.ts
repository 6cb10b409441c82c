import type { Finding } from '../domain/finding.ts';

/** Whether a finding can decide an exit code: nobody waived it, it is told under no other, its rule applies, and it is not known where only what is new decides. */
export function isOpen({ waived, under, from, since }: Pick<Finding, 'waived' | 'under' | 'from' | 'since'>): boolean {
  return !waived && !under && !from && !since;
}
