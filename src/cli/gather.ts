import { collect, type NamedSource } from '../collect/collect.ts';
import type { Configured } from '../config/load.ts';
import type { SourceEntry } from '../config/schema.ts';
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
  const named = await loadSources(config, sources);
  const edge = openEdge(limits, timeoutMs);
  const from = edge.now().toISOString();
  try {
    const observations = await collect(named, (seen) => wantedFrom(seen, plan), edge);
    const takenAt = { from, to: edge.now().toISOString() };
    const only = plan.only.length > 0 ? { only: plan.only } : {};
    return { unsealed: { takenAt, ...only, observations, version: versionOf() }, ended: edge.ended() };
  } finally {
    edge.close();
  }
}

/** Loads each source that the configuration uses, and no other, and checks its own part. */
export async function loadSources(config: string, entries: readonly SourceEntry[]): Promise<readonly NamedSource[]> {
  const named: NamedSource[] = [];
  for (const { use, name = use, ...own } of entries) {
    const source = await loadMember('sources', use);
    const parsed = source.config.safeParse(own);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const where = [`sources: ${name}`, ...(issue?.path ?? [])].join('.');
      throw new AuditError('CONFIG_INVALID', `${config}: ${where}: ${issue?.message}`, {
        hint: `Its keys are told in src/sources/${use}.md.`,
      });
    }
    named.push({ name, source, config: parsed.data });
  }
  return named;
}
