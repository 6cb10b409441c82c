import type { Seen } from '../../collect/define-source.ts';
import type { Budget } from './budget.ts';
import type { Account } from './read-contents.ts';

/** Where a registry is read, and whether it answered anything; files always do. */
export type Asked = Readonly<{ registry: string; locator: string; budget: Pick<Budget, 'isAnswered'> | undefined }>;

/** Vouches for what left nothing out; where there are gaps and no answer at all, not for what nobody asked for either. */
export function vouch(
  { registry, locator, budget }: Asked,
  { content, tag }: Readonly<{ content: Account; tag?: Account }>,
): readonly Seen[] {
  const hasGaps = [content, tag].some((account) => account?.seen.some(({ kind }) => kind === 'gap'));
  if (hasGaps && budget?.isAnswered() === false) return [];
  const covered = (of: 'content' | 'tag') => ({ kind: 'coverage', of, scope: { registry }, locator }) as const;
  return [...(content.isWhole ? [covered('content')] : []), ...(tag?.isWhole ? [covered('tag')] : [])];
}
