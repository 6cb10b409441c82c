import { AuditError } from '../error.ts';
import { parseDuration } from './duration.ts';

// A timer holds no more: 2^31 - 1 milliseconds.
const LONGEST_MS = 24 * 24 * 3_600_000;

/** Reads a duration after which something ends, in milliseconds; one that no timer can wait for is refused. */
export function parseTimeout(text: string): number {
  const ms = parseDuration(text);
  if (ms > LONGEST_MS) throw new AuditError('USAGE', `"${text}" is longer than 24 days`, { hint: 'Give a shorter one.' });
  return ms;
}
