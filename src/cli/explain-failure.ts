import { AuditError } from '../error.ts';
import { printable } from '../report/printable.ts';
import { strike } from './secrets.ts';

/** What the operating system refuses where only its caller can help. */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'Let the user that runs selfsame read it, or write there, or name another place.'],
  ['EPERM', 'Let the user that runs selfsame read it, or write there, or name another place.'],
  ['EROFS', 'It is on a disk that cannot be written: name another place.'],
  ['ENOSPC', 'The disk is full: make room, or name another place.'],
  ['EDQUOT', 'The quota of its user is used up: make room, or name another place.'],
  ['EMFILE', 'Too many files are open: raise the limit (`ulimit -n`).'],
  ['ENFILE', 'Too many files are open on this machine: close some and run it again.'],
  ['ENOENT', 'Look at the spelling of its path.'],
  ['ENOTDIR', 'A part of its path is a file: look at the spelling.'],
  ['EISDIR', 'It is a folder, and a file is meant.'],
  ['ELOOP', 'Its links lead in a ring: name the file itself.'],
  ['ENAMETOOLONG', 'Its path is too long: name another place.'],
  ['EIO', 'The disk could not be read: look at the log of the system.'],
]);
const OF_NO_FILE: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EIO']);

/** An error as a person reads it: what failed, and what to do about it; no line of ours tells a secret. */
export function explainFailure(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof AuditError) return tell(message, error.hint);
  const hint = hintOf(error);
  return hint ? tell(`the system refused: ${message}`, hint) : tell(`unexpected: ${message}`, 'Report this with the command that you ran.');
}

function tell(message: string, hint: string | undefined): string {
  return `selfsame: ${printable(strike(message))}\n${hint ? `  ${printable(strike(hint))}\n` : ''}`;
}

/** What names a path is of a file; the same code of a socket is not (`connect EACCES`). */
function hintOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return 'path' in error || OF_NO_FILE.has(error.code) ? REFUSALS.get(error.code) : undefined;
}
