import type { Plan } from '../domain/plan.ts';
import type { Report } from '../domain/report.ts';
import type { Ledger } from '../inventory/ledger.ts';
import { countOf } from './count-of.ts';

type Known = Readonly<{ ledger: Ledger; gaps: Report['gaps']; plan: Plan }>;

/** What clean-ups have to spare, and every reason for which something may be missing: a list that lacks a line deletes what runs. */
export function keepListOf({ ledger, gaps, plan }: Known): Report['keep'] {
  const { digests, unread, nameless } = ledger.keep();
  const unseen = gaps.filter(({ of }) => of === 'running-image').length;
  const beside = ledger.outside.filter(({ ours }) => ours.length > 0).length;
  const doubts = [
    ...(plan.only.length > 0 ? ['only some places were looked at'] : []),
    ...(unseen > 0 ? [`${countOf(unseen, 'gap')} in what runs`] : []),
    ...(beside > 0 ? [`images of yours run in ${countOf(beside, 'namespace')} of no environment`] : []),
    ...(nameless > 0 ? [`no digest is known of ${countOf(nameless, 'container')}`] : []),
    ...(unread > 0 ? [`nobody read what lies under ${countOf(unread, 'digest')}`] : []),
  ];
  return { digests: digests.map((kept) => ({ ...kept, where: [...kept.where] })), doubts };
}
