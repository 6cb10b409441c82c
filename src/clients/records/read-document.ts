import { type FileHandle, open } from 'node:fs/promises';
import { parseJson } from '../../domain/parse-json.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { AuditError } from '../../error.ts';
import { buildsInRecord } from '../github/dockerbuild.ts';
import type { BuildFact } from './formats/format.ts';
import { LONGEST_LINE, OPEN_FLAGS } from './read-blocks.ts';
import { saidBy, type Unread } from './unread.ts';

/** A file that is no JSON Lines: the objects of its one JSON document, what BuildKit recorded, a list of digests, or why it is none of them. */
export type Document = Readonly<
  | { bytes: Uint8Array; objects: readonly unknown[] }
  | { bytes: Uint8Array; builds: readonly BuildFact[] }
  | { references: number }
  | { unread: Omit<Unread, 'of'> }
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
    const isArchive = isArchived(head.subarray(0, bytesRead));
    const text = isArchive ? '' : head.toString('utf8', 0, bytesRead).trimStart();
    if (!isArchive && startsWithALine(text, bytesRead < found.size)) return undefined;
    if (found.size > LARGEST)
      return isArchive || SPREAD.test(text) ? unreadAs('too-large', 'it is one document of more than 8 MiB') : undefined;
    const bytes = await readAll(handle, found.size);
    return isArchive ? archiveOf(bytes) : documentOf(bytes);
  } finally {
    await handle.close();
  }
}

async function readAll(handle: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let held = 0;
  for (let read = 1; held < bytes.length && read > 0; held += read)
    read = (await handle.read(bytes, held, bytes.length - held, held)).bytesRead;
  return bytes.subarray(0, held);
}

/** A record of BuildKit is a tar archive, packed or not. */
function isArchived(head: Buffer): boolean {
  return (head[0] === 0x1f && head[1] === 0x8b) || head.toString('latin1', 257, 262) === 'ustar';
}

function archiveOf(bytes: Buffer): Document {
  return orUnread(() => ({ bytes, builds: buildsInRecord(bytes) }));
}

function orUnread(read: () => Document): Document {
  try {
    return read();
  } catch (error) {
    if (error instanceof AuditError) return unreadAs(error.because ?? 'malformed', saidBy(error));
    throw error;
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
  return orUnread(() => {
    const value = parseStrictJson(bytes);
    return { bytes, objects: Array.isArray(value) ? value : [value] };
  });
}

function unreadAs(because: Unread['because'], says: string): Document {
  return { unread: { because, says } };
}
