import type { Plan } from './domain/plan.ts';
import type { Recording } from './domain/recording.ts';
import type { Report } from './domain/report.ts';
import { openLedger } from './inventory/ledger.ts';
import type { AnyRule } from './judge/define-rule.ts';
import { judgeAll } from './judge/judge.ts';
import { assembleReport } from './report/assemble.ts';

/** Judges recordings by rules: pure, so the same recordings and plan give the identical report. */
export function judgeRecorded(recordings: readonly Recording[], plan: Plan, rules: readonly AnyRule[], version: string): Report {
  const ledger = openLedger(recordings, plan);
  const judged = judgeAll(rules, ledger, plan);
  return assembleReport({ recordings, ledger, judged, plan, version });
}
