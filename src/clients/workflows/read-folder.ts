import path from 'node:path';
import type { Edge } from '../../collect/define-source.ts';
import { matches } from '../../domain/glob.ts';
import { dockerfilesIn, textIn, workflowsIn } from './folder.ts';
import { readCheckout } from './git-folder.ts';
import { type Left, openReading, type Reading } from './reading.ts';

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
  for (let due = reading.due(); due.length > 0; due = reading.due())
    for (const file of due) {
      edge.signal.throwIfAborted();
      reading.feed(file, await textIn(root, file));
    }
  const told = reading.told();
  const unlisted = [...workflows.left, ...dockerfiles.left].map(({ path: file, error }) => ({ locator: locate(file), error }));
  return { ...told, repository, left: [...unlisted, ...told.left] };
}
