import { open } from 'node:fs/promises';
import { parseJson } from '../../domain/parse-json.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { AuditError } from '../../error.ts';
import { LONGEST_LINE, OPEN_FLAGS } from './read-blocks.ts';
import { saidBy, type Unread } from './unread.ts';

/** A file that is no JSON Lines: the objects of its one JSON document, a list of digests, or why it is neither. */
export type Document = Readonly<
  { bytes: Uint8Array; objects: readonly unknown[] } | { references: number } | { unread: Omit<Unread, 'of'> }
>;

const LARGEST = 8 << 20;
/** What a document that is written over several lines begins with. */
const SPREAD = /^[[{]{1,2}\s*\n/;
const REFERENCE = /^[\w.:/-]*@?sha256:[0-9a-f]{64}$/;

/** Reads a file whole where its first line is no object of its own; undefined where it is to be read by lines. */
export async function readDocument(file: string): Promise<Document | undefined> {
  const handle = await open(file, OPEN_FLAGS);
  try {
    const found = await handle.stat();
    if (!found.isFile() || found.size === 0) return undefined;
    const head = Buffer.alloc(Math.min(found.size, LONGEST_LINE + 1));
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    const text = head.toString('utf8', 0, bytesRead).trimStart();
    if (startsWithALine(text, bytesRead < found.size)) return undefined;
    if (found.size > LARGEST) return SPREAD.test(text) ? unreadAs('too-large', 'it is one document of more than 8 MiB') : undefined;
    const bytes = Buffer.alloc(found.size);
    let held = 0;
    for (let read = 1; held < bytes.length && read > 0; held += read)
      read = (await handle.read(bytes, held, bytes.length - held, held)).bytesRead;
    return documentOf(bytes.subarray(0, held));
  } finally {
    await handle.close();
  }
}

/** Whether the first line that is not blank is a whole object. */
function startsWithALine(text: string, isCut: boolean): boolean {
  const newline = text.indexOf('\n');
  if (newline < 0 && isCut) return false;
  const line = (newline < 0 ? text : text.slice(0, newline)).trim();
  if (line === '') return true;
  return line.startsWith('{') && parseJson(line) !== undefined;
}

function documentOf(bytes: Buffer): Document | undefined {
  const text = bytes.toString('utf8');
  const references = text.split('\n').filter((line) => line.trim() !== '');
  if (references.every((line) => REFERENCE.test(line.trim()))) return { references: references.length };
  if (!/^\s*[[{]/.test(text) || parseJson(text) === undefined) return undefined;
  try {
    const value = parseStrictJson(bytes);
    return { bytes, objects: Array.isArray(value) ? value : [value] };
  } catch (error) {
    if (error instanceof AuditError) return unreadAs(error.because ?? 'malformed', saidBy(error));
    throw error;
  }
}

function unreadAs(because: Unread['because'], says: string): Document {
  return { unread: { because, says } };
}
