import type { GapReason } from './domain/statement.ts';

/** Every way an audit can fail to happen. A finding is never an error; a partial read is a gap, not an error. */
const CODES = {
  USAGE: { says: 'the command cannot be run as given', exitCode: 2 },
  CONFIG_NOT_FOUND: { says: 'no configuration file was found', exitCode: 2 },
  CONFIG_INVALID: { says: 'the configuration cannot be used', exitCode: 2 },
  MEMBER_NOT_FOUND: { says: 'no such rule, source or reporter', exitCode: 2 },
  MEMBER_INVALID: { says: 'a file of rules, sources or reporters cannot be used', exitCode: 2 },
  RECORDING_NOT_FOUND: { says: 'this is not a recording', exitCode: 2 },
  RECORDING_INVALID: { says: 'the recording cannot be read', exitCode: 4 },
  RECORDING_TAMPERED: { says: 'the recording does not match its checksums', exitCode: 4 },
  RECORDING_NEWER: { says: 'the recording was written by a newer selfsame', exitCode: 4 },
  RULE_FAILED: { says: 'a rule did not come to a verdict', exitCode: 4 },
  UNREADABLE: { says: 'it could not be read', exitCode: 4 },
  REPORT_NOT_WRITTEN: { says: 'the report could not be written', exitCode: 4 },
} as const;

export type AuditErrorCode = keyof typeof CODES;

/** The one error of this package: a code for programs, a detail for logs, a hint that says what to do. */
export class AuditError extends Error {
  override readonly name = 'AuditError';
  readonly code: AuditErrorCode;
  readonly hint: string | undefined;
  /** What kind of gap it leaves, where a source met it. */
  readonly because: GapReason | undefined;
  readonly exitCode: 2 | 4;

  constructor(
    code: AuditErrorCode,
    detail: string,
    { hint, because, cause }: { hint?: string; because?: GapReason; cause?: unknown } = {},
  ) {
    super(`${CODES[code].says}: ${detail}`, { cause });
    this.code = code;
    this.hint = hint;
    this.because = because;
    this.exitCode = CODES[code].exitCode;
  }
}

/** What a source throws where it cannot read something; the collector turns it into a gap. */
export function unreadable(because: GapReason, detail: string, { hint, cause }: { hint?: string; cause?: unknown } = {}): AuditError {
  return new AuditError('UNREADABLE', detail, { because, ...(hint ? { hint } : {}), cause });
}
