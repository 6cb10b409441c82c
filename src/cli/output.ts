import { AuditError } from '../error.ts';

/** Writes text to standard output and waits until it is taken; a reader that has gone away is no error, a full disk is. */
export function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error) resolve();
      // `selfsame … | head` closes the pipe: the report was delivered as far as it was wanted.
      else if ('code' in error && error.code === 'EPIPE') resolve();
      else
        reject(
          new AuditError('REPORT_NOT_WRITTEN', `standard output: ${error.message}`, {
            hint: 'Check the disk, or where the output goes.',
            cause: error,
          }),
        );
    });
  });
}
