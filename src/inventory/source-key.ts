import type { BuildRecord } from '../domain/observation.ts';

/** A repository without its host and ending, which labels, records and clones write differently. */
export function projectOf(repository: string): string {
  return repository
    .replace(/^(?:git\+)?(?:https?|ssh|git):\/\/[^/]+\//, '')
    .replace(/^[\w.-]+@[\w.-]+:/, '')
    .replace(/\.git$/, '')
    .replace(/\/$/, '');
}

/** The names a source goes by: its repository and commit, or the git tree. */
export function sourceKeysOf({ source }: Pick<BuildRecord, 'source'>): string[] {
  if (!source) return [];
  const { commit, tree } = source;
  return [...(commit ? [`${projectOf(source.repository)} ${commit}`] : []), ...(tree ? [`tree ${tree}`] : [])];
}
