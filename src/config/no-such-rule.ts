import { AuditError } from '../error.ts';
import { didYouMean } from './did-you-mean.ts';

const MOST_MEANT = 3;

/** The mistake of naming a rule that is none, with those that were probably meant, and where all are listed. */
export function noSuchRule(at: string, id: string, ruleIds: readonly string[]): AuditError {
  return new AuditError('CONFIG_INVALID', `${at}: there is no rule "${id}"`, {
    hint: `${didYouMean(id, ruleIds, MOST_MEANT)} \`selfsame rules\` lists them.`.trim(),
  });
}
