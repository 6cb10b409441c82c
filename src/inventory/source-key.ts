import type { BuildRecord } from '../domain/observation.ts';
import { projectOf } from '../domain/project.ts';

/** The names a source goes by: its repository and commit, or the git tree. */
export function sourceKeysOf({ source }: Pick<BuildRecord, 'source'>): string[] {
  if (!source) return [];
  const { commit, tree } = source;
  return [...(commit ? [`${projectOf(source.repository)} ${commit}`] : []), ...(tree ? [`tree ${tree}`] : [])];
}
