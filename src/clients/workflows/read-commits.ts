import path from 'node:path';
import { z } from 'zod';
import { matches } from '../../domain/glob.ts';
import { AuditError, unreadable } from '../../error.ts';
import { askObjects, type Granted } from '../github/graphql.ts';
import type { Github } from '../github.ts';
import { type BlobName, blobIds, blobTexts } from './blobs.ts';
import { isDockerfile } from './is-dockerfile.ts';
import { type Left, openReading, type Reading } from './reading.ts';

/** How commits are read: where people find the files, and which Dockerfiles are not looked at unless a workflow names them. */
export type Manner = Readonly<{ locate: Locate; exclude: readonly string[] }>;
/** A commit of a repository. */
export type Commit = Readonly<{ repository: string; commit: string }>;
/** Everything that was read of a commit: what its files tell, and what of it was left out. */
export type ReadCommit = ReturnType<Reading['told']> & Commit;
/** Where people find a file of a repository. */
export type Locate = (file: Readonly<{ repository: string; ref: string; path: string; line?: number | undefined }>) => string;

const Listed = z.object({
  is: z.string(),
  oid: z.string().optional(),
  entries: z.array(z.object({ name: z.string(), type: z.string(), mode: z.int(), oid: z.string() })).nullish(),
});
type Listed = z.output<typeof Listed>;
const LISTED = { fields: '... on Commit { oid } ... on Tree { entries { name type mode oid } }', schema: Listed, most: 300 };

const WORKFLOWS = '.github/workflows';
const LINK_MODE = 0o120000;

/** What is open of a commit: its reading, and the contents that are known by their paths. */
type Open = Readonly<{ commit: Commit; reading: Reading; oids: Map<string, string>; left: Left[] }>;

/** Reads workflows at commits, with the actions and Dockerfiles that they name; what several commits share is asked for once. */
export async function readCommits(github: Github, commits: readonly Commit[], manner: Manner): Promise<readonly ReadCommit[]> {
  const open = await listed(github, commits, manner);
  for (;;) {
    const due = open.flatMap((one) => one.reading.due().map((file) => ({ one, file })));
    if (due.length === 0) break;
    await findAll(github, due);
    const names = due.flatMap(({ one, file }) => nameOf(one, file) ?? []);
    const textOf = await blobTexts(github, names);
    for (const { one, file } of due) {
      const name = nameOf(one, file);
      one.reading.feed(file, name && textOf(name));
    }
  }
  return open.map(({ commit, reading, left }) => {
    const told = reading.told();
    return { ...told, ...commit, left: [...left, ...told.left] };
  });
}

function nameOf({ commit: { repository }, oids }: Open, file: string): BlobName | undefined {
  const oid = oids.get(file);
  return oid === undefined ? undefined : { repository, oid };
}

/** Three objects tell a commit: itself, that it is there; its workflows; and what lies at its root. */
async function listed(github: Github, commits: readonly Commit[], manner: Manner): Promise<readonly Open[]> {
  const wishes = commits.flatMap(({ repository, commit }) =>
    [commit, `${commit}:${WORKFLOWS}`, `${commit}:`].map((expression) => ({ repository, expression })),
  );
  const granted = await askObjects(github, wishes, LISTED);
  return commits.map((commit, nth) => openCommit(commit, granted.slice(nth * 3, nth * 3 + 3), manner));
}

function openCommit(commit: Commit, [itself, workflows, root]: readonly Granted<Listed>[], { locate, exclude }: Manner): Open {
  const { repository, commit: ref } = commit;
  const place = (file: string, line?: number) => locate({ repository, ref, path: file, line });
  const refused = [itself, workflows, root].find((one) => one instanceof AuditError);
  const error = refused ?? wrongIn(commit, itself);
  const subject = { name: commit, locate: place };
  if (error instanceof AuditError) {
    const reading = openReading({ ...subject, workflows: [], dockerfiles: [] });
    return { commit, reading, oids: new Map(), left: [{ locator: place(WORKFLOWS), error }] };
  }
  const files = [
    ...filesIn(workflows, WORKFLOWS, (name) => /\.ya?ml$/.test(name)),
    ...filesIn(root, '', (name) => isDockerfile(name) && !exclude.some((glob) => matches(glob, name))),
  ];
  const links = files.filter(({ mode }) => mode === LINK_MODE);
  const plain = files.filter(({ mode }) => mode !== LINK_MODE);
  const isWorkflow = (file: string) => file.startsWith(`${WORKFLOWS}/`);
  return {
    commit,
    reading: openReading({
      ...subject,
      workflows: plain.map((one) => one.path).filter(isWorkflow),
      dockerfiles: plain.map((one) => one.path).filter((file) => !isWorkflow(file)),
    }),
    oids: new Map(plain.map((one) => [one.path, one.oid])),
    left: links.map((one) => {
      return { locator: place(one.path), error: isLink(one.path), ...(isWorkflow(one.path) ? {} : { is: 'dockerfile' as const }) };
    }),
  };
}

function wrongIn({ repository, commit }: Commit, itself: Granted<Listed>): AuditError | undefined {
  if (itself === undefined || itself instanceof AuditError)
    return (
      itself ??
      unreadable('not-found', `${commit} is not in ${repository}`, {
        hint: 'It may be of a fork, or of a branch that was rewritten and deleted.',
      })
    );
  const isIts = itself.is === 'Commit' && itself.oid === commit;
  return isIts ? undefined : unreadable('untrusted', `GitHub answers with ${itself.is} ${itself.oid} for ${commit} of ${repository}`);
}

type File = Readonly<{ path: string; oid: string; mode: number }>;

function filesIn(tree: Granted<Listed>, folder: string, isWanted: (name: string) => boolean): readonly File[] {
  const entries = tree instanceof AuditError ? [] : (tree?.entries ?? []);
  const blobs = entries.filter(({ name, type }) => type === 'blob' && isWanted(name));
  return blobs.map(({ name, oid, mode }) => ({ path: path.posix.join(folder, name), oid, mode }));
}

function isLink(file: string): AuditError {
  return unreadable('unsupported', `${file} is a link`, { hint: 'Put the file itself there: links are not followed.' });
}

/** What workflows name, by its path at the commit. */
async function findAll(github: Github, due: readonly Readonly<{ one: Open; file: string }>[]): Promise<void> {
  const unknown = due.filter(({ one, file }) => !one.oids.has(file));
  const wishes = unknown.map(({ one: { commit }, file }) => ({ repository: commit.repository, expression: `${commit.commit}:${file}` }));
  const granted = await blobIds(github, wishes);
  for (const [nth, { one, file }] of unknown.entries()) {
    const found = granted[nth];
    if (found instanceof AuditError) one.reading.feed(file, found);
    else if (found !== undefined) one.oids.set(file, found);
  }
}
