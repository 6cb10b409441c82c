import path from 'node:path';
import { byText, sortedBy } from '../../domain/order.ts';
import { AuditError, unreadable } from '../../error.ts';
import type { FileName } from './file-name.ts';
import type { Mistake } from './mistake.ts';
import { type Called, callsIn, type NamedPath, pathsNamedIn } from './named-paths.ts';
import { type DockerfileFact, readDockerfile } from './read-dockerfile.ts';
import { readWorkflow } from './read-workflow.ts';
import type { WorkflowFact } from './workflow-fact.ts';

/** What a file tells, and where it lies. */
export type Told = Readonly<{ fact: WorkflowFact | DockerfileFact; locator: string }>;
/** What could not be read, and why; with its repository, where it is another one's. What jobs do is known without the Dockerfiles that they build. */
export type Left = Readonly<{ locator: string; error: AuditError; of?: string; is?: 'dockerfile' }>;

/** The files of one repository at one commit, as far as they were read: whoever has them feeds what is due, until nothing is. */
export type Reading = Readonly<{
  due(): readonly string[];
  /** The text of a path; why it cannot be had; undefined where there is no such file. */
  feed(file: string, text: string | AuditError | undefined): void;
  told(): Readonly<{ facts: readonly Told[]; left: readonly Left[]; calls: readonly (Called & Readonly<{ locator: string }>)[] }>;
}>;

/** What is read: whose files, which are known to be there, and how to tell people where they lie. */
export type Subject = Readonly<{
  name: Omit<FileName, 'path'>;
  workflows: readonly string[];
  dockerfiles: readonly string[];
  locate(file: string, line?: number): string;
}>;

/** Why a file is wanted: what it is, who names it and whether it has to be there, and what it may be called instead. */
type Wish = Readonly<{ is: NamedPath['is']; by: string; sure: boolean; else: readonly string[]; ofAction?: true }>;

type OfWhat = Pick<Wish, 'is' | 'ofAction'>;

const MOST = 1000;

/** Opens the reading of a repository: of its workflows, then of the actions and Dockerfiles that those name. */
export function openReading({ name, workflows, dockerfiles, locate }: Subject): Reading {
  const open = new Map<string, Wish>();
  const known = new Map<string, 'there' | 'missing'>();
  const facts: Told[] = [];
  const left: Left[] = [];
  const calls: (Called & { locator: string })[] = [];
  const leave = (locator: string, error: AuditError, wish?: OfWhat) => void left.push({ locator, error, ...isOnlyBuilt(wish) });
  const want = (file: string, wish: Wish) => {
    const before = known.get(file);
    if (before === 'missing') miss(file, wish);
    else if (before === undefined && (wish.sure || !open.has(file))) open.set(file, wish);
  };
  const miss = (file: string, wish: Wish) => {
    const [next, ...others] = wish.else;
    if (next !== undefined) want(next, { ...wish, is: next.endsWith('Dockerfile') ? 'dockerfile' : wish.is, else: others });
    else if (wish.sure) leave(wish.by, notThere(file, wish), wish);
  };
  const follow = (fact: WorkflowFact, from: string) => {
    for (const named of pathsNamedIn(fact)) {
      const by = locate(from, named.line);
      if (named.path.startsWith('..')) leave(by, outside(named.path), named);
      else if (named.of !== undefined) left.push({ locator: by, error: elsewhere(named.path, named.of), ...ofRepository(named.of) });
      else if (named.is === 'action') want(...wishForAction(named, by));
      else want(named.path, { ...named, by, else: [] });
    }
    for (const called of callsIn(fact)) calls.push({ ...called, locator: locate(from, called.line) });
  };
  for (const file of workflows) want(file, { is: 'workflow', by: locate(file), sure: true, else: [] });
  for (const file of dockerfiles) want(file, { is: 'dockerfile', by: locate(file), sure: false, else: [] });
  return {
    due: () => [...open.keys()].toSorted(byText),
    feed(file, text) {
      const wish = open.get(file);
      open.delete(file);
      if (!wish) return;
      known.set(file, text === undefined ? 'missing' : 'there');
      if (known.size > MOST) {
        open.clear();
        return leave(locate(file), tooMany());
      }
      if (text === undefined) return miss(file, wish);
      if (text instanceof AuditError) return leave(locate(file), text, wish);
      const read = wish.is === 'dockerfile' ? readDockerfile(text, { ...name, path: file }) : readWorkflow(text, { ...name, path: file });
      for (const mistake of read.mistakes) leave(locate(file, mistake.line), errorOf(mistake), wish);
      if (read.fact) facts.push({ fact: read.fact, locator: locate(file) });
      if (read.fact?.kind === 'workflow-file') follow(read.fact, file);
    },
    told: () => ({ facts: sortedBy(facts, ({ fact }) => fact.path), left, calls }),
  };
}

/** An action is told by one of three files, whichever is there first. */
function wishForAction({ path: folder, is, sure }: NamedPath, by: string): [string, Wish] {
  const [first = '', ...others] = ['action.yml', 'action.yaml', 'Dockerfile'].map((file) => path.posix.join(folder, file));
  return [first, { is, sure, by, else: others, ofAction: true }];
}

/** The Dockerfile of an action would tell what the action does. */
function isOnlyBuilt(wish: OfWhat | undefined): Pick<Left, 'is'> {
  return wish?.is === 'dockerfile' && !wish.ofAction ? { is: 'dockerfile' } : {};
}

/** What an expression names is of nobody that is known. */
function ofRepository(name: string): Pick<Left, 'of'> {
  return /^[\w.-]+\/[\w.-]+$/.test(name) ? { of: name } : {};
}

function elsewhere(file: string, repository: string): AuditError {
  const hint = `What it does is not known: scan a checkout of ${repository} as well.`;
  return unreadable('not-asked', `${file} is of ${repository}, which a step before checks out`, { hint });
}

/** A mistake in a file as the error that becomes a gap. */
export function errorOf({ because, says, hint }: Mistake): AuditError {
  return unreadable(because, says, { hint });
}

function notThere(file: string, { is }: Wish): AuditError {
  const hint =
    is === 'dockerfile'
      ? 'A step before may write or fetch it: what is built from it is not known. Otherwise mend the path.'
      : 'A step before may fetch it from another repository: what it does is not known. Otherwise mend the path.';
  return unreadable('not-found', `${file} is not in the repository`, { hint });
}

function outside(file: string): AuditError {
  return unreadable('malformed', `${file} leads out of the repository`, {
    hint: 'Mend the path: it begins at the root of the repository.',
  });
}

function tooMany(): AuditError {
  return unreadable('too-large', `more than ${MOST} files are named`, { hint: 'Look what names so many.' });
}
