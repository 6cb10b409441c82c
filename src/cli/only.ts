import type { Configured } from '../config/load.ts';
import { PLACES } from '../config/refuse-waiver.ts';
import { segmentsOf } from '../domain/place.ts';
import { AuditError } from '../error.ts';

/** The configuration narrowed to places; the report says so on its first line. */
export function withOnly<C extends Configured>(configured: C, only: readonly string[]): C {
  const malformed = only.find((place) => !segmentsOf(place));
  if (malformed !== undefined)
    throw new AuditError('USAGE', `--only "${malformed}" is no place`, {
      hint: PLACES,
    });
  return { ...configured, plan: { ...configured.plan, only: [...only] } };
}
