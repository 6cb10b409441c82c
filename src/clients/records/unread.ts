import type { GapReason } from '../../domain/statement.ts';
import type { AuditError } from '../../error.ts';

/** What a record may be of. */
export type RecordKind = 'build' | 'test' | 'deployment' | 'approval';

/** A line that cannot be read as a record, what it may have recorded, and why, without a word of its content. */
export type Unread = Readonly<{ of: readonly RecordKind[]; because: GapReason; says: string }>;

const LONGEST = 160;

/** What an error says was wrong, without the words that are the same for every error of its code, and not at the length of what it quotes. */
export function saidBy({ message }: AuditError): string {
  const start = message.indexOf(': ') + 2;
  return message.slice(start, start + LONGEST);
}
