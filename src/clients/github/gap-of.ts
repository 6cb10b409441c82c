import type { Place, Seen } from '../../collect/define-source.ts';
import { AuditError, unreadable } from '../../error.ts';
import type { RecordKind } from '../records/unread.ts';
import { adviceFor } from './advice.ts';

/** A failure, and where it was met. */
export type Failure = Readonly<{ error: unknown; locator: string }>;

/** What could not be read as a gap of a kind and a place; a mistake in the configuration is none, and is thrown on. */
export function gapOf(of: RecordKind, scope: Place, { error, locator }: Failure): Seen {
  if (error instanceof AuditError && error.exitCode === 2) throw error;
  const { because = 'internal', hint, message } = error instanceof AuditError ? error : internal(error);
  return { kind: 'gap', of, scope, because, locator: `${locator}: ${message}`, hint: hint ?? adviceFor(because) };
}

function internal(error: unknown): AuditError {
  const detail = error instanceof Error ? error.message : String(error);
  return unreadable('internal', detail, { hint: 'Report this with the command that you ran: it is a mistake of this program.' });
}
