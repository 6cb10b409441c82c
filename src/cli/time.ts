import { AuditError } from '../error.ts';

/** Reads a time as the command line has it, a day or a moment in UTC, in milliseconds. */
export function parseTime(option: string, written: string, hint: string): number {
  const time = /^\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?$/.test(written) ? Date.parse(written) : Number.NaN;
  if (Number.isNaN(time)) throw new AuditError('USAGE', `--${option} "${written}" is no time`, { hint });
  return time;
}
