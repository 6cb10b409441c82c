import type { Finding } from '../domain/finding.ts';

/** Why a finding that nobody waived does not decide the exit code, as phrases; none where it is counted as its severity says. */
export function tellCounting({ from, since }: Finding): readonly string[] {
  return [...(from ? [`counts from ${from}`] : []), ...(since ? [`known from ${since}`] : [])];
}
