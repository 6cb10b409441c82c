import type { Earlier } from './domain/earlier.ts';
import { canonicalJson } from './domain/identify.ts';
import { sortedBy } from './domain/order.ts';
import type { Plan } from './domain/plan.ts';
import { distinctRecordings, type Recording } from './domain/recording.ts';
import type { Report } from './domain/report.ts';
import { openLedger } from './inventory/ledger.ts';
import type { AnyRule } from './judge/define-rule.ts';
import { judgeAll, judgeFiles } from './judge/judge.ts';
import { assembleReport } from './report/assemble.ts';

/** Judges recordings by rules: pure, so the same recordings and plan give the identical report. */
export function judgeRecorded(given: readonly Recording[], asked: Plan, rules: readonly AnyRule[], version: string): Report {
  return judgeSince(given, { plan: asked, rules, version }, undefined);
}

/** What recordings are judged by. */
export type Law = Readonly<{ plan: Plan; rules: readonly AnyRule[]; version: string }> & Pick<Report, 'code'>;

/** The same, where only what an earlier audit did not count decides the exit code; without one, everything does. */
export function judgeSince(given: readonly Recording[], { plan: asked, rules, version, code }: Law, earlier: Earlier | undefined): Report {
  const recordings = distinctRecordings(given);
  const plan = inOrder(narrowedBy(recordings, asked));
  const ledger = openLedger(recordings, plan);
  const judged = judgeAll(rules, ledger, plan);
  const judgedFiles = judgeFiles(rules, ledger, plan);
  const report = assembleReport({ recordings, ledger, rules, judged, judgedFiles, plan, version, earlier });
  return code ? { ...report, code } : report;
}

/** Waivers come from several files: in whatever order they were read, what they do is the same. */
function inOrder(plan: Plan): Plan {
  return { ...plan, waivers: sortedBy(plan.waivers, (waiver) => `${waiver.until ?? ''} ${waiver.where} ${canonicalJson(waiver)}`) };
}

/** What was collected for some places alone is judged there alone; a newer recording of everything widens it again. */
function narrowedBy(recordings: readonly Recording[], plan: Plan): Plan {
  const newest = recordings.toSorted((a, b) => (a.takenAt.to < b.takenAt.to ? -1 : 1)).at(-1);
  return plan.only.length > 0 || !newest?.only ? plan : { ...plan, only: [...newest.only] };
}
