import { AuditError } from '../error.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** Reads a duration as the command line has it, `90s`, `10m` or `2h`, in milliseconds. */
export function parseDuration(text: string): number {
  const { count, unit } = /^(?<count>\d{1,6})(?<unit>[smh])$/.exec(text)?.groups ?? {};
  if (!count || !unit) throw new AuditError('USAGE', `"${text}" is no duration`, { hint: 'Write it as 90s, 10m or 2h.' });
  return Number(count) * (UNITS[unit] ?? 0);
}
