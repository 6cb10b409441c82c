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
/** What could not be read, and why. */
export type Left = Readonly<{ locator: string; error: AuditError }>;

/** The files of one repository at one commit, as far as they were read: whoever has them feeds what is due, until nothing is. */
export type Reading = Readonly<{
  due(): readonly string[];
  /** The text of a path; why it cannot be had; undefined where there is no such file. */
  feed(path: string, text: string | AuditError | undefined): void;
  told(): Readonly<{ facts: readonly Told[]; left: readonly Left[]; calls: readonly (Called & Readonly<{ locator: string }>)[] }>;
}>;

/** What is read: whose files, which are known to be there, and how to tell people where they lie. */
export type Subject = Readonly<{
  name: Omit<FileName, 'path'>;
  workflows: readonly string[];
  dockerfiles: readonly string[];
  locate(path: string, line?: number): string;
}>;

/** Why a file is wanted: what it is, who names it and whether it has to be there, and what it may be called instead. */
type Wish = Readonly<{ is: NamedPath['is']; by: string; sure: boolean; else: readonly string[] }>;

const MOST = 1000;

/** Opens the reading of a repository: of its workflows, then of the actions and Dockerfiles that those name. */
export function openReading({ name, workflows, dockerfiles, locate }: Subject): Reading {
  const open = new Map<string, Wish>();
  const known = new Map<string, 'there' | 'missing'>();
  const facts: Told[] = [];
  const left: Left[] = [];
  const calls: (Called & { locator: string })[] = [];
  const leave = (locator: string, error: AuditError) => void left.push({ locator, error });
  const want = (path: string, wish: Wish) => {
    const before = known.get(path);
    if (before === 'missing') miss(path, wish);
    else if (before === undefined && (wish.sure || !open.has(path))) open.set(path, wish);
  };
  const miss = (path: string, wish: Wish) => {
    const [next, ...others] = wish.else;
    if (next !== undefined) want(next, { ...wish, is: next.endsWith('Dockerfile') ? 'dockerfile' : wish.is, else: others });
    else if (wish.sure) leave(wish.by, notThere(path, wish));
  };
  const follow = (fact: WorkflowFact, from: string) => {
    for (const named of pathsNamedIn(fact)) {
      const by = locate(from, named.line);
      if (named.path.startsWith('..')) leave(by, outside(named.path));
      else if (named.is === 'action')
        want(`${named.path}/action.yml`, { ...named, by, else: [`${named.path}/action.yaml`, `${named.path}/Dockerfile`] });
      else want(named.path, { ...named, by, else: [] });
    }
    for (const called of callsIn(fact)) calls.push({ ...called, locator: locate(from, called.line) });
  };
  for (const path of workflows) want(path, { is: 'workflow', by: locate(path), sure: true, else: [] });
  for (const path of dockerfiles) want(path, { is: 'dockerfile', by: locate(path), sure: false, else: [] });
  return {
    due: () => [...open.keys()].toSorted(byText),
    feed(path, text) {
      const wish = open.get(path);
      open.delete(path);
      if (!wish) return;
      known.set(path, text === undefined ? 'missing' : 'there');
      if (known.size > MOST) {
        open.clear();
        return leave(locate(path), tooMany());
      }
      if (text === undefined) return miss(path, wish);
      if (text instanceof AuditError) return leave(locate(path), text);
      const read = wish.is === 'dockerfile' ? readDockerfile(text, { ...name, path }) : readWorkflow(text, { ...name, path });
      for (const mistake of read.mistakes) leave(locate(path, mistake.line), errorOf(mistake));
      if (read.fact) facts.push({ fact: read.fact, locator: locate(path) });
      if (read.fact?.kind === 'workflow-file') follow(read.fact, path);
    },
    told: () => ({ facts: sortedBy(facts, ({ fact }) => fact.path), left, calls }),
  };
}

/** A mistake in a file as the error that becomes a gap. */
export function errorOf({ because, says, hint }: Mistake): AuditError {
  return unreadable(because, says, { hint });
}

function notThere(path: string, { is }: Wish): AuditError {
  const hint =
    is === 'dockerfile'
      ? 'A step before may write or fetch it: what is built from it is not known. Otherwise mend the path.'
      : 'A step before may fetch it from another repository: what it does is not known. Otherwise mend the path.';
  return unreadable('not-found', `${path} is not in the repository`, { hint });
}

function outside(path: string): AuditError {
  return unreadable('malformed', `${path} leads out of the repository`, {
    hint: 'Mend the path: it begins at the root of the repository.',
  });
}

function tooMany(): AuditError {
  return unreadable('too-large', `more than ${MOST} files are named`, { hint: 'Look what names so many.' });
}
