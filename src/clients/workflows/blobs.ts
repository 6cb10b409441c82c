import { z } from 'zod';
import { AuditError, unreadable } from '../../error.ts';
import { askObjects, type Granted } from '../github/graphql.ts';
import type { Github } from '../github.ts';

/** A file of a repository by the id that git gives its content. */
export type BlobName = Readonly<{ repository: string; oid: string }>;

const Blob = z.object({ oid: z.string(), isBinary: z.boolean().nullish(), isTruncated: z.boolean(), text: z.string().nullish() });
// GitHub cuts what is longer than half a mebibyte: fifty of them are what one answer may have.
const BLOBS = { fields: '... on Blob { oid isBinary isTruncated text }', schema: Blob, most: 50 };

const Found = z.object({ is: z.string(), oid: z.string().optional() });
const FOUND = { fields: '... on Blob { oid }', schema: Found, most: 200 };

/** The contents of files by the expressions that name them (`COMMIT:path`), in their order; what is no file is as if it were missing. */
export async function blobIds(
  github: Github,
  wishes: readonly Readonly<{ repository: string; expression: string }>[],
): Promise<readonly Granted<string>[]> {
  const granted = await askObjects(github, wishes, FOUND);
  return granted.map((found) => (found === undefined || found instanceof AuditError ? found : found.oid));
}

/** The texts of files, each content of a repository asked for once, whatever commits have it. */
export async function blobTexts(github: Github, names: readonly BlobName[]): Promise<(name: BlobName) => string | AuditError> {
  const once = [...new Map(names.map((name) => [keyOf(name), name])).values()];
  const granted = await askObjects(github, once, BLOBS);
  const texts = new Map(once.map((name, nth) => [keyOf(name), textOf(name, granted[nth])]));
  return (name) => texts.get(keyOf(name)) ?? gone(name);
}

function keyOf({ repository, oid }: BlobName): string {
  return `${repository} ${oid}`;
}

function textOf(name: BlobName, granted: Granted<z.output<typeof Blob>>): string | AuditError {
  if (granted === undefined || granted instanceof AuditError) return granted ?? gone(name);
  const { oid, isBinary, isTruncated, text } = granted;
  if (oid !== name.oid) return unreadable('untrusted', `GitHub answers with ${oid} for ${name.oid} of ${name.repository}`);
  if (isTruncated)
    return unreadable('too-large', 'it is longer than GitHub hands out', { hint: 'Look who wrote it: nobody writes so much by hand.' });
  if (isBinary || text === null || text === undefined)
    return unreadable('unsupported', 'it is no text', { hint: 'Let the path name a text file.' });
  return text;
}

function gone({ repository, oid }: BlobName): AuditError {
  return unreadable('incomplete', `GitHub lists ${oid} of ${repository}, and does not show it`, { hint: 'Scan again.' });
}
