import { open } from 'node:fs/promises';
import { isStatement } from '../../clients/records/formats/statement.ts';
import { parseJson } from '../../domain/parse-json.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { unreadable } from '../../error.ts';

/** A document that may be an attestation, by its bytes, and where it stands. */
export type Document = Readonly<{ place: string; bytes: Uint8Array }>;

const LARGEST_BYTES = 64 * 1024 * 1024;
const MOST = 10_000;

/** The documents of a file: the one that it is, those that it lists, or one a line. */
export async function documentsIn(file: string): Promise<readonly Document[]> {
  const documents = split(await readWhole(file), file);
  if (documents.length <= MOST) return documents;
  throw unreadable('too-large', `${file} holds more than ${MOST} documents`, {
    hint: 'Split it: what is left out would look as if it were not there.',
  });
}

/** What one file of a recording may hold: a document, or a list of them. */
export function split(bytes: Uint8Array, place: string): readonly Document[] {
  const text = Buffer.from(bytes).toString('utf8');
  const value = parseJson(text);
  if (value === undefined) return linesOf(text, place);
  if (!Array.isArray(value)) return [{ place, bytes }];
  // Written anew, each would hold a key once: whether it did is asked of the whole.
  parseStrictJson(bytes);
  return value.map((one, at) => ({ place: `${place}[${at}]`, bytes: Buffer.from(JSON.stringify(one)) }));
}

/** A document that is spread over lines and was cut or changed is one, and no line of it another. */
function linesOf(text: string, place: string): readonly Document[] {
  const lines = text.split('\n').flatMap((line, at) => (line.trim() === '' ? [] : [{ line, place: `${place}:${at + 1}` }]));
  if (lines.length > 0 && !lines.some(({ line }) => parseJson(line) !== undefined)) return [{ place, bytes: Buffer.from(text) }];
  return lines.map(({ line, place: of }) => ({ place: of, bytes: Buffer.from(line) }));
}

/** Whether a document is, or encloses, a statement; a text that is no JSON may have been one before it was changed. */
export function mayAttest({ bytes }: Document): boolean {
  const value = parseJson(Buffer.from(bytes).toString('utf8'));
  return value === undefined || isStatement(value);
}

async function readWhole(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size > LARGEST_BYTES)
      throw unreadable('too-large', `${file} is larger than 64 MiB`, { hint: 'Split it, or leave away what is no attestation.' });
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
