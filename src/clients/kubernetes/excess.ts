import { z } from 'zod';
import { byText } from '../../domain/order.ts';
import { parseJson } from '../../domain/parse-json.ts';
import type { Kubernetes } from '../kubernetes.ts';

const Names = z.array(z.string()).default([]);
const Rule = z.object({ verbs: Names, apiGroups: Names, resources: Names });
type Rule = z.infer<typeof Rule>;
/** What an API server answers to a SelfSubjectRulesReview. */
const Review = z.object({ status: z.object({ incomplete: z.boolean().default(false), resourceRules: z.array(Rule).default([]) }) });

const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);
/** What Kubernetes lets everybody ask of themselves; none of it is stored. */
const ONES_OWN = /^(?:self|localsubject)[a-z]*reviews$/;
const MOST_NAMED = 6;

/** What the credentials of a cluster may do beyond reading, a line each; asking for it stores nothing (SelfSubjectRulesReview, Kubernetes 1.8 and newer). */
export async function excessOf(api: Pick<Kubernetes, 'review'>): Promise<readonly string[]> {
  const { status, body } = await api.review({ spec: { namespace: 'default' } });
  const parsed = Review.safeParse(status < 300 ? parseJson(body.toString('utf8')) : undefined);
  if (!parsed.success) return [`what else it may do is not told: the API server answers its SelfSubjectRulesReview with ${status}`];
  const rules = parsed.data.status.resourceRules;
  if (rules.some(({ verbs, resources }) => verbs.includes('*') && resources.includes('*')))
    return ['it may do everything: give it a role of its own'];
  return [...changesIn(rules), ...secretsIn(rules)];
}

function changesIn(rules: readonly Rule[]): readonly string[] {
  const writes = rules.filter(
    ({ verbs, resources }) => verbs.some((verb) => !READS.has(verb)) && !resources.every((name) => ONES_OWN.test(name)),
  );
  if (writes.length === 0) return [];
  const verbs = writes.flatMap((rule) => rule.verbs.filter((verb) => !READS.has(verb)));
  const may = verbs.includes('*') ? 'do anything with' : named(verbs);
  return [`it may ${may} ${named(writes.flatMap(({ resources }) => resources))}: it only ever reads`];
}

function secretsIn(rules: readonly Rule[]): readonly string[] {
  const isOpen = rules.some(
    ({ resources, verbs }) =>
      resources.some((name) => name === 'secrets' || name === '*') && verbs.some((verb) => READS.has(verb) || verb === '*'),
  );
  return isOpen ? ['it may read Secrets: it never does'] : [];
}

function named(names: readonly string[]): string {
  const unique = [...new Set(names.map((name) => (name === '*' ? 'everything' : name)))].toSorted(byText);
  const more = unique.length - MOST_NAMED;
  return `${unique.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
