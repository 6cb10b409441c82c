import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { byText } from '../../domain/order.ts';
import type { GapReason } from '../../domain/statement.ts';
import { AuditError, unreadable } from '../../error.ts';
import { isDockerfile } from './is-dockerfile.ts';

/** The paths of files of one kind below a folder, and why some of them may be missing. */
export type Found = Readonly<{ paths: readonly string[]; left: readonly Readonly<{ path: string; error: AuditError }>[] }>;

const WORKFLOWS = '.github/workflows';
const WORKFLOW = /\.ya?ml$/;
// What others wrote and tests are fed; a workflow that builds one of them names it.
const SKIPPED: ReadonlySet<string> = new Set(['.git', 'node_modules', 'vendor', '.venv', 'testdata', 'fixtures', '__fixtures__']);
// A recording holds files that are called like what they tell of; what it tells is read elsewhere, and is no part of the checkout.
const RECORDING = ['recording.json', 'SHA256SUMS'];
const LARGEST_BYTES = 4 * 1024 * 1024;
const MOST_ENTRIES = 200_000;
const MOST_FILES = 500;
const DEEPEST = 32;

const REASONS: Readonly<Record<string, GapReason>> = { ENOENT: 'not-found', ENOTDIR: 'not-found', EACCES: 'forbidden', EPERM: 'forbidden' };

/** The workflows of a checkout. */
export async function workflowsIn(root: string): Promise<Found> {
  try {
    await insideOf(root, WORKFLOWS);
    const names = (await readdir(path.join(root, WORKFLOWS))).filter((name) => WORKFLOW.test(name)).toSorted(byText);
    const left = names.length > MOST_FILES ? [{ path: WORKFLOWS, error: tooMany('workflows') }] : [];
    return { paths: names.slice(0, MOST_FILES).map((name) => `${WORKFLOWS}/${name}`), left };
  } catch (error) {
    return { paths: [], left: [{ path: WORKFLOWS, error: errorOf(error, WORKFLOWS, 'Name the root of a checkout that has workflows.') }] };
  }
}

/** The Dockerfiles of a checkout, links to folders not followed; what is installed, or tests are fed, is not looked through. */
export async function dockerfilesIn(root: string, signal: AbortSignal): Promise<Found> {
  const paths: string[] = [];
  const left: Readonly<{ path: string; error: AuditError }>[] = [];
  const open = [''];
  let entries = 0;
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    signal.throwIfAborted();
    const inside = await entriesOf(root, folder).catch((error: unknown) =>
      errorOf(error, folder || '.', 'Let the user that runs the audit read it.'),
    );
    if (inside instanceof AuditError) left.push({ path: folder || '.', error: inside });
    const all = inside instanceof AuditError || isRecording(inside) ? [] : inside;
    entries += all.length;
    paths.push(...all.filter((entry) => !entry.isDirectory() && isDockerfile(entry.name)).map(({ name }) => path.posix.join(folder, name)));
    if (entries > MOST_ENTRIES || paths.length > MOST_FILES)
      return {
        paths: paths.slice(0, MOST_FILES),
        left: [...left, { path: folder || '.', error: tooMany('Dockerfiles, or files to look through') }],
      };
    const folders = all.filter((entry) => entry.isDirectory() && !SKIPPED.has(entry.name)).map(({ name }) => path.posix.join(folder, name));
    const deep = folders.filter((one) => one.split('/').length > DEEPEST);
    left.push(
      ...deep.map((one) => ({
        path: one,
        error: unreadable('too-large', `it lies deeper than ${DEEPEST} folders`, { hint: 'See what nests so deep.' }),
      })),
    );
    open.push(...folders.filter((one) => !deep.includes(one)));
  }
  return { paths: paths.toSorted(byText), left };
}

/** The text of a file of a checkout; undefined where it is missing. A link that leads out of the checkout is not followed. */
export async function textIn(root: string, file: string): Promise<string | AuditError | undefined> {
  try {
    const place = await insideOf(root, file);
    const found = await stat(place);
    if (!found.isFile()) return unreadable('unsupported', `${file} is no regular file`, { hint: 'Let the path name a file.' });
    if (found.size > LARGEST_BYTES)
      return unreadable('too-large', `${file} has ${found.size} bytes`, { hint: 'Look who wrote it: nobody writes so much by hand.' });
    return await readFile(place, 'utf8');
  } catch (error) {
    const told = errorOf(error, file, 'Let the user that runs the audit read it.');
    return told.because === 'not-found' ? undefined : told;
  }
}

function isRecording(entries: readonly Dirent[]): boolean {
  return RECORDING.every((name) => entries.some((entry) => entry.name === name));
}

function entriesOf(root: string, folder: string): Promise<Dirent[]> {
  return readdir(path.join(root, folder), { withFileTypes: true });
}

/** Where a path really lies, which has to be within the checkout. */
async function insideOf(root: string, file: string): Promise<string> {
  const [outer, inner] = [await realpath(root), await realpath(path.join(root, file))];
  if (inner === outer || inner.startsWith(outer.endsWith(path.sep) ? outer : `${outer}${path.sep}`)) return inner;
  throw unreadable('unsupported', `${file} is a link that leads out of the checkout`, {
    hint: 'Put the file itself there: what lies outside is not read.',
  });
}

function errorOf(error: unknown, file: string, hint: string): AuditError {
  if (error instanceof AuditError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read';
  return unreadable(REASONS[code] ?? 'unreachable', `${file}: ${code}`, { hint, cause: error });
}

function tooMany(what: string): AuditError {
  return unreadable('incomplete', `there are too many ${what}`, {
    hint: `Scan a checkout that holds the repository alone: ${MOST_FILES} files are read.`,
  });
}
