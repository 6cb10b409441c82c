import { constants, type Stats } from 'node:fs';
import { access, lstat } from 'node:fs/promises';
import path from 'node:path';
import { AuditError } from '../error.ts';

/** Where a report goes: into a file that is replaced whole, with the rights it has, or straight into a pipe or a device. */
export type ReportPlace = Readonly<{ is: 'file'; mode: number }> | Readonly<{ is: 'stream' }>;

// Reports hold names of places: nobody else reads one, unless its owner has let them.
const OWN = 0o600;

/** Tells what stands where a report is to go, and refuses what would have to be followed or destroyed. */
export async function reportPlaceOf(file: string): Promise<ReportPlace> {
  const found = await lstat(file).catch(() => undefined);
  if (found?.isFIFO() || found?.isCharacterDevice()) return { is: 'stream' };
  refuseOther(file, found);
  if (await isWritable(path.dirname(path.resolve(file)))) return { is: 'file', mode: modeOf(found) };
  throw new AuditError('REPORT_NOT_WRITTEN', file, { hint: 'Name a file in a folder that exists and may be written.' });
}

function refuseOther(file: string, found: Stats | undefined): void {
  if (!found || found.isFile()) return;
  if (found.isSymbolicLink())
    throw new AuditError('REPORT_NOT_WRITTEN', `${file} is a link, and links are not followed`, {
      hint: 'Name the file that it leads to; or name no file, to print the report.',
    });
  const what = found.isDirectory() ? 'a folder' : 'neither a file nor a pipe';
  throw new AuditError('REPORT_NOT_WRITTEN', `${file} is ${what}`, { hint: 'Name a file in a folder that exists and may be written.' });
}

/** Rights that somebody else gave to a file of his own say nothing of who may read ours. */
function modeOf(found: Stats | undefined): number {
  return found && found.uid === process.getuid?.() ? found.mode & 0o777 : OWN;
}

function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}
