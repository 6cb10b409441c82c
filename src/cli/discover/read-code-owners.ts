import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { matches } from '../../domain/glob.ts';

/** Tells whom a CODEOWNERS file names for a path of its repository; nobody, where it names nobody. */
export type OwnersOf = (path: string) => readonly string[];

// GitHub takes the first of them that is there (docs.github.com, "About code owners", 2026).
const PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];
// GitHub loads none of more than 3 MB.
const LARGEST_BYTES = 3_000_000;
const OWNER = /^(?:@[\w.-]+(?:\/[\w.-]+)?|[\w.+-]+@[\w.-]+)$/;

type Line = Readonly<{ globs: readonly string[]; owners: readonly string[] }>;

/** Reads the CODEOWNERS file of the repository in a folder as GitHub does: the last line that fits a path decides. */
export async function readCodeOwners(folder: string): Promise<OwnersOf> {
  for (const place of PLACES) {
    const file = path.join(folder, place);
    const status = await stat(file).catch(() => undefined);
    if (!status?.isFile()) continue;
    const lines = status.size > LARGEST_BYTES ? [] : linesOf(await readFile(file, 'utf8'));
    return (asked) => lines.findLast(({ globs }) => covers(globs, asked.split('/')))?.owners ?? [];
  }
  return () => [];
}

function linesOf(text: string): readonly Line[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [pattern = '', ...owners] = line
      .replace(/(?:^|\s)#.*$/, '')
      .trim()
      .split(/(?<!\\)\s+/);
    // GitHub passes over a line with what of .gitignore it does not take.
    if (pattern === '' || /^!|[[\]]/.test(pattern) || !owners.every((owner) => OWNER.test(owner))) return [];
    return [{ globs: globsOf(pattern.replaceAll('\\ ', ' ')), owners }];
  });
}

/** A pattern without a slash before its end is of any folder, and one that ends in a slash of all that lies in it. */
function globsOf(pattern: string): readonly string[] {
  const globs = pattern
    .replace(/^\//, '')
    .replace(/\/$/, '/**')
    .replaceAll(/(?:\*\*\/)+/g, '**/')
    .split('/');
  return pattern.slice(0, -1).includes('/') ? globs : ['**', ...globs];
}

function covers([glob, ...rest]: readonly string[], segments: readonly string[]): boolean {
  const [segment, ...below] = segments;
  if (glob === undefined) return true;
  if (segment === undefined) return false;
  if (glob === '**') return rest.length === 0 || covers(rest, segments) || covers([glob, ...rest], below);
  // Of a folder, `docs/*` names the files and not what lies deeper.
  if (glob === '*' && rest.length === 0) return below.length === 0;
  return matches(glob, segment) && covers(rest, below);
}
