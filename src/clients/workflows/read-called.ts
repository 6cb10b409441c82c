import { AuditError, unreadable } from '../../error.ts';
import type { Github } from '../github.ts';
import { blobIds, blobTexts } from './blobs.ts';
import { type Called, callsIn, pathsNamedIn } from './named-paths.ts';
import type { Locate } from './read-commits.ts';
import { readWorkflow } from './read-workflow.ts';
import { errorOf, type Left, type Told } from './reading.ts';

/** A call, and where it stands. */
export type Call = Called & Readonly<{ locator: string }>;
/** What called workflows tell, and what of them could not be read, each with the repository that it is of. */
export type ReadCalled = Readonly<{ facts: readonly Told[]; left: readonly (Left & Readonly<{ of: string }>)[] }>;

type Texts = Readonly<{ call: Call; text: string | AuditError }>;

// GitHub has a limit of its own, which is no higher; a ring would have no end.
const DEEPEST = 10;
const MOST = 1000;

/**
 * Reads the workflows of other repositories that are called, and those that they call. A branch or a tag is read as it is now; only what is
 * called by its commit is known to be what ran.
 */
export async function readCalled(github: Github, calls: readonly Call[], locate: Locate): Promise<ReadCalled> {
  const facts: Told[] = [];
  const left: (Left & { of: string })[] = [];
  const known = new Set<string>();
  let due = fresh(calls, known);
  for (let depth = 0; due.length > 0; depth++) {
    if (depth >= DEEPEST || known.size > MOST) {
      left.push(...due.map(({ repository, locator }) => ({ of: repository, locator, error: tooDeep() })));
      break;
    }
    const next: Call[] = [];
    for (const { call, text } of await textsOf(github, due)) next.push(...tell(call, text, locate, { facts, left }));
    due = fresh(next, known);
  }
  return { facts, left };
}

type Sink = Readonly<{ facts: Told[]; left: (Left & { of: string })[] }>;

/** Returns what it calls in its turn; its actions lie in the repository of whoever called it. */
function tell(call: Call, text: string | AuditError, locate: Locate, { facts, left }: Sink): readonly Call[] {
  const { repository, path, ref, locator } = call;
  if (text instanceof AuditError) {
    left.push({ of: repository, locator, error: text });
    return [];
  }
  const place = (line?: number) => locate({ repository, ref, path, line });
  const { fact, mistakes } = readWorkflow(text, { repository, path, ref, ...(/^[0-9a-f]{40}$/.test(ref) ? { commit: ref } : {}) });
  left.push(...mistakes.map((mistake) => ({ of: repository, locator: place(mistake.line), error: errorOf(mistake) })));
  if (!fact) return [];
  facts.push({ fact, locator: place() });
  const own = pathsNamedIn(fact).filter(({ is }) => is === 'workflow');
  return [
    ...callsIn(fact).map((one) => ({ ...one, locator: place(one.line) })),
    ...own.map(({ path: other, line }) => ({ repository, path: other, ref, line, locator: place(line) })),
  ];
}

async function textsOf(github: Github, calls: readonly Call[]): Promise<readonly Texts[]> {
  const granted = await blobIds(
    github,
    calls.map(({ repository, ref, path }) => ({ repository, expression: `${ref}:${path}` })),
  );
  const names = calls.map(({ repository }, nth) => ({ repository, oid: granted[nth] }));
  const textOf = await blobTexts(
    github,
    names.flatMap(({ repository, oid }) => (typeof oid === 'string' ? [{ repository, oid }] : [])),
  );
  return calls.map((call, nth) => {
    const oid = granted[nth];
    if (oid instanceof AuditError) return { call, text: oid };
    return { call, text: oid === undefined ? notThere(call) : textOf({ repository: call.repository, oid }) };
  });
}

function fresh(calls: readonly Call[], known: Set<string>): readonly Call[] {
  return calls.filter(({ repository, path, ref }) => {
    const key = `${repository}/${path}@${ref}`;
    const isNew = !known.has(key);
    known.add(key);
    return isNew;
  });
}

function notThere({ repository, path, ref }: Call): AuditError {
  return unreadable('not-found', `${path} is not in ${repository} at ${ref}`, {
    hint: 'Mend the call, or see where the branch or tag went.',
  });
}

function tooDeep(): AuditError {
  return unreadable('too-large', 'workflows call one another too deep, or too many', { hint: 'See what calls so much.' });
}
