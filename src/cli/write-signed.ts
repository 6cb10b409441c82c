import { createHmac, type Hmac } from 'node:crypto';
import { writeReport } from './write-report.ts';

/** Writes a report to a file, and beside it, as `FILE.sig`, the HMAC-SHA256 of its bytes as a header of a webhook has it. */
export async function writeSigned(file: string, pieces: Iterable<string>, key: string): Promise<void> {
  const hmac = createHmac('sha256', key);
  await writeReport(file, seenBy(hmac, pieces));
  await writeReport(`${file}.sig`, [`sha256=${hmac.digest('hex')}\n`]);
}

function* seenBy(hmac: Hmac, pieces: Iterable<string>): Iterable<string> {
  for (const piece of pieces) {
    hmac.update(piece);
    yield piece;
  }
}
