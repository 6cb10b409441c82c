/** A repository without host, credentials and ending, which records, labels and clones write differently. */
export function projectOf(repository: string): string {
  return repository
    .replace(/^(?:git\+)?(?:https?|ssh|git):\/\/[^/]+\//, '')
    .replace(/^[\w.-]+@[\w.-]+:/, '')
    .replace(/\/$/, '')
    .replace(/\.git$/, '');
}
