import { stat } from 'node:fs/promises';
import { Config } from '../config/schema.ts';
import { Plan } from '../domain/plan.ts';
import { AuditError } from '../error.ts';
import { loadAll, loadMember } from '../registry.ts';
import { type Audit, configure } from './configure.ts';

/** One source that is run by itself, and the place that it looks at. */
export type Alone = Readonly<{ source: string; place: string }>;

/** What a scan of one source alone is judged by: the configuration without its other sources, or, where there is none, what is usual. */
export async function configuredAlone({ source, place }: Alone, config: string, code: boolean | undefined): Promise<Audit> {
  const { alone } = await loadMember('sources', source);
  if (alone === undefined) throw notAlone(source, await idsAlone());
  const isThere = config !== 'selfsame.yaml' || (await stat(config).catch(() => undefined)) !== undefined;
  const judged = isThere ? await configure(config, code) : await usual();
  const own = judged.sources.find((entry) => entry.use === source && alone in entry);
  return { ...judged, sources: [{ ...own, use: source, [alone]: place }] };
}

/** Files say where images are to go, not where they run: names of environments are only those that most use. */
async function usual(): Promise<Audit> {
  const { limits } = Config.parse({ version: '1', promotion: ['staging', 'production'] });
  return { plan: Plan.parse({ promotion: [['staging'], ['production']] }), limits, sources: [], rules: await loadAll('rules'), own: [] };
}

async function idsAlone(): Promise<readonly string[]> {
  const sources = await loadAll('sources');
  return sources.filter(({ alone }) => alone !== undefined).map(({ id }) => id);
}

function notAlone(source: string, others: readonly string[]): AuditError {
  return new AuditError('USAGE', `--source ${source}: it says nothing by itself`, {
    hint: `Write it into the configuration. What can be run alone: ${others.join(', ')}.`,
  });
}
