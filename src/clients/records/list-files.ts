import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { byText } from '../../domain/order.ts';
import { unreadable } from '../../error.ts';

/** A place that was named or found, and why it holds nothing that could be read. */
export type Listed = Readonly<{ file: string } | { file: string; error: unknown }>;

const RECORDS = /\.(?:jsonl|ndjson|json|dockerbuild)$/;
// A folder bound into itself has no end; no CI nests its artifacts this deep.
const DEEPEST = 16;

/** The record files among the places, folders searched, each file once and in the same order everywhere; links are never followed. */
export async function listFiles(places: readonly string[]): Promise<readonly Listed[]> {
  const listed: Listed[] = [];
  for (const place of places) listed.push(...(await filesAt(place, 0)));
  return [...new Map(listed.map((one) => [path.resolve(one.file), one])).values()];
}

async function filesAt(place: string, depth: number): Promise<readonly Listed[]> {
  try {
    const found = await lstat(place);
    if (found.isFile()) return [{ file: place }];
    if (!found.isDirectory()) throw notAFile(place, found);
    if (depth > DEEPEST)
      throw unreadable('unsupported', `${place} lies deeper than ${DEEPEST} folders`, { hint: 'Name the folder that holds the records.' });
    return await filesIn(place, depth);
  } catch (error) {
    return [{ file: place, error }];
  }
}

async function filesIn(folder: string, depth: number): Promise<readonly Listed[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).toSorted((a, b) => byText(a.name, b.name));
  const inside = entries.filter((entry) => RECORDS.test(entry.name) || entry.isDirectory() || entry.isSymbolicLink());
  const listed = await Promise.all(inside.map(({ name }) => filesAt(path.join(folder, name), depth + 1)));
  if (depth === 0 && listed.flat().length === 0)
    throw unreadable('not-found', `${folder} holds no *.jsonl, *.ndjson, *.json or *.dockerbuild`, {
      hint: 'Fetch the record files into it, or name another folder.',
    });
  return listed.flat();
}

function notAFile(place: string, found: Stats): Error {
  const kind = found.isSymbolicLink() ? 'a symbolic link' : 'no regular file';
  return unreadable('unsupported', `${place} is ${kind}`, { hint: 'Name the file itself: links, pipes and devices are not read.' });
}
