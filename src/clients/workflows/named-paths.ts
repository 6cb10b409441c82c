import { checkedOut, type Step } from './checked-out.ts';
import type { WorkflowFact } from './workflow-fact.ts';

/** A file that a workflow or action names, and the line that names it; where it is `sure`, it has to be there. What is of another repository says so. */
export type NamedPath = Readonly<{ is: 'action' | 'workflow' | 'dockerfile'; path: string; line: number; sure: boolean; of?: string }>;
/** A workflow of another repository that a job calls, by a branch, a tag or a commit. */
export type Called = Readonly<{ repository: string; path: string; ref: string; line: number }>;

const CALLED = /^([\w-]+\/[\w.-]+)\/(\.github\/workflows\/[\w.-]+\.ya?ml)@([\w./-]+)$/;
const BUILDING_ACTION = /^docker\/build-push-action@/;
const BUILD_COMMAND = /\b(?:docker|podman|buildah|nerdctl)\b/;
const CALLED_SO = /dockerfile|containerfile/i;
const LOCAL = /^(?!\/)[\w./-]+$/;
const FILE_FLAG = /(?:^|\s)(?:-f|--file)(?:[ \t]+|=)["']?([\w./-]+)/g;

/** The files that a workflow or action names by their paths; what an expression names is not known. */
export function pathsNamedIn({ jobs, repository }: WorkflowFact): readonly NamedPath[] {
  const called = jobs.flatMap(({ uses, line }): NamedPath[] =>
    uses?.startsWith('./') ? [{ is: 'workflow', ...checkedOut(uses, [], repository), line, sure: true }] : [],
  );
  const named = jobs.flatMap(({ steps = [] }) =>
    steps.flatMap((step, nth) =>
      [...actionsIn(step), ...dockerfilesIn(step)].map(
        (one): NamedPath => ({ ...one, ...checkedOut(one.path, steps.slice(0, nth), repository) }),
      ),
    ),
  );
  return [...called, ...named];
}

/** The workflows of other repositories that jobs call. */
export function callsIn({ jobs }: WorkflowFact): readonly Called[] {
  return jobs.flatMap(({ uses = '', line }) => {
    const [, repository, called, ref] = CALLED.exec(uses) ?? [];
    return repository && called && ref ? [{ repository, path: called, ref, line }] : [];
  });
}

function actionsIn({ uses, line }: Step): readonly NamedPath[] {
  return uses?.startsWith('./') ? [{ is: 'action', path: uses, line, sure: true }] : [];
}

function dockerfilesIn({ uses = '', run = '', with: given = {}, line }: Step): readonly NamedPath[] {
  const { file, context = '.' } = given;
  const written = BUILDING_ACTION.test(uses) ? [file ?? `${context}/Dockerfile`] : [];
  // A flag of that name may be another command's.
  const flagged = (BUILD_COMMAND.test(run) ? [...run.matchAll(FILE_FLAG)] : [])
    .map(([, flag = '']) => flag)
    .filter((name) => CALLED_SO.test(name));
  const named = [...written.map((name) => ({ name, sure: file !== undefined })), ...flagged.map((name) => ({ name, sure: false }))];
  return named.filter(({ name }) => LOCAL.test(name)).map(({ name, sure }) => ({ is: 'dockerfile', path: name, line, sure }));
}
