import path from 'node:path';
import type { WorkflowFact } from './workflow-fact.ts';

export type Step = NonNullable<WorkflowFact['jobs'][number]['steps']>[number];

/** Where a path of the working folder of a job comes from: a path of the same repository, or of another, as it is written. */
export type CheckedOut = Readonly<{ path: string; of?: string }>;

const CHECKOUT = /^actions\/checkout@/;
const OWN = /^\$\{\{\s*github\.repository\s*\}\}$/;

/** A path as a step names it, by what the steps before have checked out where; what they do beside that is not known. */
export function checkedOut(written: string, before: readonly Step[], repository: string): CheckedOut {
  const wanted = path.posix.normalize(written).replace(/\/$/, '');
  const [deepest] = before
    .filter(({ uses = '' }) => CHECKOUT.test(uses))
    .map(({ with: given = {} }) => ({ at: path.posix.normalize(given['path'] ?? '.').replace(/\/$/, ''), of: given['repository'] }))
    .filter(({ at }) => at === '.' || wanted === at || wanted.startsWith(`${at}/`))
    // Of two at one place the later is there.
    .toReversed()
    .toSorted((a, b) => (b.at === '.' ? 0 : b.at.length) - (a.at === '.' ? 0 : a.at.length));
  if (!deepest) return { path: wanted };
  const { at, of } = deepest;
  const inside = at === '.' ? wanted : wanted.slice(at.length + 1) || '.';
  const isOwn = of === undefined || of === repository || OWN.test(of);
  return isOwn ? { path: inside } : { path: inside, of };
}
