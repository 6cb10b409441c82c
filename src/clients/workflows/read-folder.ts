import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Edge } from '../../collect/define-source.ts';
import { matches } from '../../domain/glob.ts';
import { dockerfilesIn, textIn, workflowsIn } from './folder.ts';
import { readCheckout, readIndex } from './git-folder.ts';
import { type Left, openReading, type Reading, type Told } from './reading.ts';

/** Everything that was read of a checkout: whose it is, what its files tell, and what of it was left out. */
export type ReadFolder = ReturnType<Reading['told']> & Readonly<{ repository: string; left: readonly Left[] }>;

/** What a checkout is called that does not say whose it is. */
const UNNAMED = '.';

/** The root of a checkout, and which of its Dockerfiles are not looked at unless a workflow names them. */
export type Folder = Readonly<{ root: string; exclude: readonly string[] }>;

/** Reads the workflows of a checkout, with the actions and Dockerfiles that lie in it. */
export async function readFolder({ root, exclude }: Folder, edge: Pick<Edge, 'conceal' | 'signal'>): Promise<ReadFolder> {
  const { repository = UNNAMED, commit } = await readCheckout(root, edge);
  const [workflows, dockerfiles] = [await workflowsIn(root), await dockerfilesIn(root, edge.signal)];
  const locate = (file: string, line?: number) => `${path.join(root, file)}${line === undefined ? '' : `:${line}`}`;
  const wanted = dockerfiles.paths.filter((file) => !exclude.some((glob) => matches(glob, file)));
  const name = { repository, ...(commit === undefined ? {} : { commit }) };
  const reading = openReading({ name, workflows: workflows.paths, dockerfiles: wanted, locate });
  const texts = new Map<string, string>();
  for (let due = reading.due(); due.length > 0; due = reading.due())
    for (const file of due) {
      edge.signal.throwIfAborted();
      const text = await textIn(root, file);
      reading.feed(file, text);
      if (typeof text === 'string') texts.set(file, text);
    }
  const told = reading.told();
  const unlisted = [
    ...workflows.left.map(({ path: file, error }) => ({ locator: locate(file), error })),
    ...dockerfiles.left.map(({ path: file, error }) => ({ locator: locate(file), error, is: 'dockerfile' as const })),
  ];
  const isCommitted = commit !== undefined && (await isAsNoted(root, commit, texts));
  return { ...told, facts: isCommitted ? told.facts : told.facts.map(ofNoCommit), repository, left: [...unlisted, ...told.left] };
}

/** Whether all that was read lies there as git has noted it, and every workflow that git knows of was read: then it is what was committed. */
async function isAsNoted(root: string, commit: string, texts: ReadonlyMap<string, string>): Promise<boolean> {
  const isWorkflow = (file: string) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(file);
  const hashes = new Map([...texts].map(([file, text]) => [Buffer.from(file).toString('latin1'), hashOf(text, commit)]));
  const noted = await readIndex(root, commit.length / 2, (file) => hashes.has(file) || isWorkflow(file));
  return noted !== undefined && noted.size === hashes.size && [...hashes].every(([file, hash]) => noted.get(file) === hash);
}

/** The hash of a content as git has it, by the same method as that of the commit. */
function hashOf(text: string, commit: string): string {
  const bytes = Buffer.from(text);
  const method = commit.length === 40 ? 'sha1' : 'sha256';
  return createHash(method).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

function ofNoCommit({ fact: { commit: _, ...fact }, locator }: Told): Told {
  return { fact, locator };
}
