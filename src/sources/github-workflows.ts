import { z } from 'zod';
import { readFolder } from '../clients/workflows/read-folder.ts';
import type { Left, Reading } from '../clients/workflows/reading.ts';
import { defineSource, type Seen } from '../collect/define-source.ts';
import { unreadable } from '../error.ts';

const Config = z.strictObject({
  /** The root of a checkout. */
  path: z.string().min(1),
});

export default defineSource({
  id: 'github-workflows',
  title: 'Workflows of GitHub Actions, and the Dockerfiles that they build, as they are written',
  config: Config,
  asks: [],
  alone: 'path',
  expects: () => [{ of: 'workflow-file', scope: {} }],
  async *observe({ path }, _, edge) {
    const { repository, facts, left, calls } = await readFolder(path, edge);
    for (const { fact, locator } of facts) yield { ...fact, locator };
    for (const one of left) yield gapOf(repository, one);
    for (const one of elsewhere(calls)) yield gapOf(one.repository, one);
    if (left.length === 0) yield { kind: 'coverage', of: 'workflow-file', scope: { project: repository }, locator: path };
  },
});

/** What is called of other repositories is not in this one. */
function elsewhere(calls: ReturnType<Reading['told']>['calls']): readonly (Left & Readonly<{ repository: string }>)[] {
  const once = new Map(calls.map((call) => [`${call.repository}/${call.path}@${call.ref}`, call]));
  return [...once].map(([called, { repository, locator }]) => {
    const hint = `What it does is not known: scan a checkout of ${repository} as well.`;
    return { repository, locator, error: unreadable('not-asked', `${called} lies in another repository`, { hint }) };
  });
}

function gapOf(project: string, { locator, error: { because = 'internal', message, hint } }: Left): Seen {
  return { kind: 'gap', of: 'workflow-file', scope: { project }, because, locator: `${locator}: ${message}`, ...(hint ? { hint } : {}) };
}
