import path from 'node:path';
import type { WorkflowFact } from './workflow-fact.ts';

/** A file that a workflow or action names, and the line that names it; where it is `sure`, it has to be there. */
export type NamedPath = Readonly<{ is: 'action' | 'workflow' | 'dockerfile'; path: string; line: number; sure: boolean }>;
/** A workflow of another repository that a job calls, by a branch, a tag or a commit. */
export type Called = Readonly<{ repository: string; path: string; ref: string; line: number }>;

const CALLED = /^([\w-]+\/[\w.-]+)\/(\.github\/workflows\/[\w.-]+\.ya?ml)@([\w./-]+)$/;
const BUILDING_ACTION = /^docker\/build-push-action@/;
const BUILD_COMMAND = /\b(?:docker|podman|buildah|nerdctl)\b/;
const FILE_FLAG = /(?:^|\s)(?:-f|--file)(?:[ \t]+|=)["']?([\w./-]+)/g;

/** The files of the same repository that a workflow or action names; what an expression names is not known. */
export function pathsNamedIn({ jobs }: WorkflowFact): readonly NamedPath[] {
  const called = jobs.flatMap(({ uses, line }) => (uses?.startsWith('./') ? [pathOf('workflow', uses, { line, sure: true })] : []));
  const named = jobs.flatMap(({ steps = [] }) => steps).flatMap((step) => [...actionsIn(step), ...dockerfilesIn(step)]);
  return [...called, ...named];
}

/** The workflows of other repositories that jobs call. */
export function callsIn({ jobs }: WorkflowFact): readonly Called[] {
  return jobs.flatMap(({ uses = '', line }) => {
    const [, repository, called, ref] = CALLED.exec(uses) ?? [];
    return repository && called && ref ? [{ repository, path: called, ref, line }] : [];
  });
}

type Step = NonNullable<WorkflowFact['jobs'][number]['steps']>[number];

function actionsIn({ uses, line }: Step): readonly NamedPath[] {
  return uses?.startsWith('./') ? [pathOf('action', uses, { line, sure: true })] : [];
}

function dockerfilesIn({ uses = '', run = '', with: given = {}, line }: Step): readonly NamedPath[] {
  const isBuild = BUILDING_ACTION.test(uses);
  const { file, context = '.' } = given;
  const written = isBuild ? [file ?? `${context}/Dockerfile`] : [];
  const flagged = BUILD_COMMAND.test(run) ? [...run.matchAll(FILE_FLAG)].map(([, flag = '']) => flag) : [];
  const isLocal = (name: string) => /^[\w./-]+$/.test(name) && !name.startsWith('/');
  return [
    ...written.filter(isLocal).map((name) => pathOf('dockerfile', name, { line, sure: file !== undefined })),
    // A flag of that name may be another command's.
    ...flagged
      .filter((name) => isLocal(name) && /dockerfile|containerfile/i.test(name))
      .map((name) => pathOf('dockerfile', name, { line, sure: false })),
  ];
}

function pathOf(is: NamedPath['is'], written: string, how: Readonly<{ line: number; sure: boolean }>): NamedPath {
  return { is, path: path.posix.normalize(written).replace(/\/$/, ''), ...how };
}
