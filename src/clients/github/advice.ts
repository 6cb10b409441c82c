import type { GapReason } from '../../domain/statement.ts';

const WAIT = 'Scan again later, and look at GitHub’s status page if that does not help.';
const ADVICE: Readonly<Partial<Record<GapReason, string>>> = {
  malformed: 'Look at what it is and who wrote it; where GitHub itself answers so, check `apiUrl` and what stands before it.',
  untrusted: 'Find out who answers for GitHub, or who wrote it: it is not what was asked for.',
  unsupported: 'Look at what it is and who wrote it: this version does not read it.',
  'too-large': 'Look at what it is and who wrote it: more than is read.',
};

/** What to do about a gap, where whoever met it knew nothing closer. */
export function adviceFor(because: GapReason): string {
  return ADVICE[because] ?? WAIT;
}
