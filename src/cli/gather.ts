import { collect, type NamedSource } from '../collect/collect.ts';
import type { Configured } from '../config/load.ts';
import type { SourceEntry } from '../config/schema.ts';
import { tellMistake } from '../config/tell-mistake.ts';
import type { Observation } from '../domain/observation.ts';
import type { Plan } from '../domain/plan.ts';
import { AuditError } from '../error.ts';
import { wantedFrom } from '../inventory/wanted.ts';
import type { Unsealed } from '../recording/write.ts';
import { loadMember } from '../registry.ts';
import { type Ended, openEdge } from './edge.ts';
import { versionOf } from './version.ts';

/** What one collection saw, not sealed yet, and how it was ended. */
export type Gathered = Readonly<{ unsealed: Unsealed; ended: Ended }>;

/** Asks every configured source; it always comes back with what was seen, and gaps for the rest. */
export async function gather({ plan, sources, limits }: Configured, config: string, timeoutMs: number | undefined): Promise<Gathered> {
  if (sources.length === 0)
    throw new AuditError('CONFIG_INVALID', `${config}: it has no sources`, {
      hint: 'Say where to look: `sources: [{ use: kubernetes, environment: production }]`; `selfsame judge` reads recordings instead.',
    });
  const named = await loadSources(config, sources, labelsOf(plan));
  for (const one of named) refuseUnknownEnvironments(config, one, plan);
  const edge = openEdge(limits, timeoutMs);
  const from = edge.now().toISOString();
  try {
    const observations = await collect(named, (seen) => wantedFrom(seen, plan), edge);
    refuseSharedWorkloads(config, observations);
    const takenAt = { from, to: edge.now().toISOString() };
    const only = plan.only.length > 0 ? { only: plan.only } : {};
    return { unsealed: { takenAt, ...only, observations, raw: edge.kept(), version: versionOf() }, ended: edge.ended() };
  } finally {
    edge.close();
  }
}

/** The labels that tell whose a workload is. */
function labelsOf({ teams }: Plan): readonly string[] {
  return [...new Set(teams.flatMap((team) => Object.keys(team.labels)))];
}

/** Refuses a source with a misspelt environment: it would be seen by nobody's rank, and its place on the path by nobody. */
export function refuseUnknownEnvironments(config: string, { name, source, config: own }: NamedSource, { promotion }: Plan): void {
  const known = promotion.flat();
  // The configuration was parsed by the source's own schema.
  const unknown = source.expects(own as never).find(({ scope }) => scope.environment !== undefined && !known.includes(scope.environment));
  if (!unknown) return;
  throw new AuditError('CONFIG_INVALID', `${config}: sources: ${name}: "${unknown.scope.environment}" is on no rank of the promotion`, {
    hint: `The environments are: ${known.join(', ')}.`,
  });
}

/** Refuses one workload in two environments: it would be its own upstream (SEMANTICS 1). */
export function refuseSharedWorkloads(config: string, observations: readonly Observation[]): void {
  const environments = new Map<string, string>();
  for (const seen of observations) {
    const uid = seen.kind === 'running-image' ? seen.workload.uid : undefined;
    if (seen.kind !== 'running-image' || uid === undefined) continue;
    const before = environments.get(uid) ?? seen.environment;
    environments.set(uid, before);
    if (before === seen.environment) continue;
    throw new AuditError(
      'CONFIG_INVALID',
      `${config}: ${seen.workload.namespace}/${seen.workload.name} is in ${before} and in ${seen.environment}`,
      {
        hint: 'Let a namespace belong to one environment: give the sources different contexts, or use `environments:` with namespaces.',
      },
    );
  }
}

/** Loads each source that the configuration uses, and no other, and checks its own part. */
export async function loadSources(
  config: string,
  entries: readonly SourceEntry[],
  labels: readonly string[] = [],
): Promise<readonly NamedSource[]> {
  const named: NamedSource[] = [];
  for (const { use, name = use, ...own } of entries) {
    const source = await loadMember('sources', use);
    const parsed = source.config.safeParse(own);
    if (!parsed.success) {
      const { where, says, hint } = tellMistake(parsed.error.issues, own, source.config);
      throw new AuditError('CONFIG_INVALID', `${config}: ${[`sources: ${name}`, ...where].join('.')}: ${says}`, {
        hint: `${hint} Its keys are told in src/sources/${use}.md.`.trim(),
      });
    }
    named.push({ name, source, config: source.keeping?.(parsed.data, labels) ?? parsed.data });
  }
  return named;
}
