import type { Report } from '../domain/report.ts';
import { countOf } from './count-of.ts';
import { isOpen } from './is-open.ts';
import { VERDICTS } from './verdicts.ts';

/** What a report concluded, as the one line of a message: the verdict, where, how many findings count, and the day. */
export function headlineOf({ exitCode, promotion, findings, effectiveAt, coverage }: Report): string {
  const counted = findings.filter(isOpen).length;
  const where = coverage.length > 0 ? ` in ${(promotion.at(-1) ?? []).join(', ')}` : ' of files alone';
  return `selfsame: ${VERDICTS[exitCode]}${where}, ${countOf(counted, 'finding')}, ${effectiveAt.slice(0, 10)}`;
}
