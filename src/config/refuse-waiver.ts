import { isInFile, segmentsOf } from '../domain/place.ts';
import type { Waiver } from '../domain/plan.ts';
import { AuditError } from '../error.ts';
import { noSuchRule } from './no-such-rule.ts';

/** How a place is written. */
export const PLACES =
  'Write environment/name, environment/namespace/name/container or environment/namespace/Kind/name/container, with * for any text within a segment.';

const IN_FILES = 'What is found in a file is at file:owner/repository/path, with #job of a workflow, as the table prints it.';

/** Refuses a waiver of a rule that is none, or at a place that is none; `at` says where it stands. */
export function refuseWaiver(at: string, { rule, where }: Waiver, ruleIds: readonly string[]): void {
  if (rule !== undefined && !ruleIds.includes(rule)) throw noSuchRule(at, rule, ruleIds);
  if (!isInFile(where) && !segmentsOf(where))
    throw new AuditError('CONFIG_INVALID', `${at}: "${where}" is no place`, { hint: `${PLACES} ${IN_FILES}` });
}
