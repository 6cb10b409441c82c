import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { AuditError } from '../error.ts';

// Not blocking: opening a pipe that nobody reads from would wait for ever.
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const NEWLINE = 10;

/** Appends one line to a file with a single write, so that jobs which append at once do not mix their lines; a link is refused. */
export async function appendLine(file: string, line: string): Promise<void> {
  try {
    const handle = await open(file, FLAGS, 0o600);
    try {
      await append(file, handle, line);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw cause instanceof AuditError ? cause : refusal(file, cause);
  }
}

function refusal(file: string, cause?: unknown): AuditError {
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  const hint = 'Name a regular file, or a new one, in a folder that exists and may be written; links are not followed.';
  return new AuditError('REPORT_NOT_WRITTEN', `${file}${code}`, { hint, cause });
}

async function append(file: string, handle: FileHandle, line: string): Promise<void> {
  const found = await handle.stat();
  if (!found.isFile()) throw refusal(file);
  const bytes = Buffer.from(`${(await endsOpen(handle, found.size)) ? '\n' : ''}${line}\n`);
  const { bytesWritten } = await handle.write(bytes);
  if (bytesWritten !== bytes.length)
    throw new AuditError('REPORT_NOT_WRITTEN', `${file}: ${bytesWritten} of ${bytes.length} bytes`, { hint: 'Check the disk.' });
  await handle.sync();
}

/** Whether the last line lacks its newline: what was cut there must not swallow the line that follows. */
async function endsOpen(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== NEWLINE;
}
