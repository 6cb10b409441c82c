import { AuditError } from '../../error.ts';
import { LONGEST_DAYS } from '../../judge/waivers.ts';
import { baselineOf } from '../../report/baseline.ts';
import { write } from '../output.ts';
import { conclude, type JudgeOptions } from './judge.ts';

export type BaselineOptions = JudgeOptions & Readonly<{ owner?: string; because: string; days?: string }>;

/** How long what was found on the first day is accepted, where nobody says otherwise. */
const DAYS = 90;

/** Prints what recordings show today as waivers, to be read, cut down and put into the configuration. */
export async function baseline(directories: readonly string[], options: BaselineOptions): Promise<number> {
  const { owner, because } = options;
  const terms = {
    owner: owner === undefined ? undefined : said('--owner', owner),
    because: said('--because', because),
    days: daysOf(options.days),
  };
  const report = await conclude(directories, options);
  for (const text of baselineOf(report, terms)) await write(text);
  return 0;
}

function said(option: string, value: string): string {
  if (value.trim() !== '') return value;
  throw new AuditError('USAGE', `${option} says nothing`, { hint: `Write ${option} TEXT: a waiver without it is not applied.` });
}

function daysOf(text: string | undefined): number {
  const days = Number(text ?? DAYS);
  if (Number.isFinite(days) && days > LONGEST_DAYS)
    throw new AuditError('USAGE', `--days ${days} is too long: no waiver lasts more than ${LONGEST_DAYS} days`, {
      hint: 'Give it a year at most, and look at it again then.',
    });
  if (Number.isInteger(days) && days > 0) return days;
  throw new AuditError('USAGE', `--days "${text}" is no number of days`, { hint: 'Write a whole number, such as --days 90.' });
}
