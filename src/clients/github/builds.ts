import type { Seen } from '../../collect/define-source.ts';
import { projectOf } from '../../domain/project.ts';
import type { WorkflowRun } from './runs.ts';

/** A build as a source tells it. */
export type Build = Extract<Seen, { kind: 'build' }>;

/** The builds that were told of, each found by its run and by its commit however many there are. */
export type Builds = Readonly<{
  add(builds: readonly Build[]): void;
  /** Those of a run, in any of its attempts, or of its commit in its repository, in the order in which they were told. */
  around(repository: string, run: Pick<WorkflowRun, 'id' | 'head_sha'>): readonly Build[];
}>;

type Told = Readonly<{ nth: number; build: Build }>;

/** Opens a list of builds to which more may be added. */
export function openBuilds(): Builds {
  const placed = new Map<string, Told[]>();
  let count = 0;
  return {
    add(builds) {
      for (const build of builds) {
        const told = { nth: count++, build };
        for (const key of keysOf(build)) {
          const before = placed.get(key);
          if (before) before.push(told);
          else placed.set(key, [told]);
        }
      }
    },
    around(repository, { id, head_sha: commit }) {
      const found = new Set([keyOf('run', repository, id), keyOf('commit', repository, commit)].flatMap((key) => placed.get(key) ?? []));
      return [...found].toSorted((a, b) => a.nth - b.nth).map(({ build }) => build);
    },
  };
}

function keysOf({ run, source }: Build): readonly string[] {
  const byRun = run?.repository === undefined ? [] : [keyOf('run', run.repository, run.id)];
  const byCommit = source?.commit === undefined ? [] : [keyOf('commit', source.repository, source.commit)];
  return [...byRun, ...byCommit];
}

/** GitHub tells no capitals apart in names. */
function keyOf(by: 'run' | 'commit', repository: string, name: string): string {
  return `${by} ${projectOf(repository).toLowerCase()} ${name}`;
}
