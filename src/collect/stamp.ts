import { Observation } from '../domain/observation.ts';
import type { Vouchable } from '../domain/statement.ts';
import type { Edge, Seen } from './define-source.ts';

const VOUCHED_AS: Readonly<Partial<Record<Seen['kind'], Vouchable>>> = {
  'running-image': 'running-image',
  'declared-image': 'running-image',
  'outside-namespace': 'running-image',
  cluster: 'running-image',
  build: 'build',
  test: 'test',
  deployment: 'deployment',
  approval: 'approval',
  protection: 'deployment',
  tag: 'tag',
  'workflow-file': 'workflow-file',
  dockerfile: 'dockerfile',
};

/** One fact, dated, named and checked; what is not well formed becomes a gap, so that no coverage counts for its kind. */
export function stamped(name: string, { locator, bytes, at, ...fact }: Seen, edge: Pick<Edge, 'now' | 'strike'>): Observation {
  const seen = { at: at ?? edge.now().toISOString(), origin: { source: name, locator, ...(bytes ? { bytes } : {}) } };
  const scoped = 'scope' in fact ? { ...fact, scope: { ...fact.scope, source: name } } : fact;
  const struck: unknown = JSON.parse(edge.strike(JSON.stringify({ ...scoped, ...seen })));
  const parsed = Observation.safeParse(struck);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const malformed = { kind: 'gap', of: VOUCHED_AS[fact.kind] ?? 'content', scope: { source: name }, because: 'malformed' };
  const origin = { source: name, locator: edge.strike(`${locator}: ${issue?.path.join('.')} ${issue?.message}`) };
  return Observation.parse({ ...malformed, at: seen.at, origin, hint: 'Look at it there; the rest was read.' });
}
