import { stat } from 'node:fs/promises';
import { Config } from '../config/schema.ts';
import { Plan } from '../domain/plan.ts';
import { AuditError } from '../error.ts';
import { loadAll, loadMember } from '../registry.ts';
import { type Audit, configure } from './configure.ts';

/** `owner/name`, or the address of a repository. */
const ELSEWHERE = /^[\w-]+\/[\w.-]+$|^[\w+]+:\/\/|^[\w.-]+@[\w.-]+:/;

/** One source that is run by itself, and the place that it looks at. */
export type Alone = Readonly<{ source: string; place: string }>;

/** What a scan of one source alone is judged by: the configuration without its other sources, or, where there is none, what is usual. */
export async function configuredAlone({ source, place }: Alone, config: string, code: boolean | undefined): Promise<Audit> {
  const { alone } = await loadMember('sources', source);
  if (alone === undefined) throw notAlone(source, await idsAlone());
  await refuseNoFolder({ source, place });
  const isThere = config !== 'selfsame.yaml' || (await stat(config).catch(() => undefined)) !== undefined;
  const judged = isThere ? await configure(config, code) : await usual();
  const own = judged.sources.find((entry) => entry.use === source && alone in entry);
  return { ...judged, plan: { ...judged.plan, filesAlone: true }, sources: [{ ...own, use: source, [alone]: place }] };
}

/** What is elsewhere is a matter of a configuration, which also says who may read it. */
async function refuseNoFolder({ source, place }: Alone): Promise<void> {
  const found = await stat(place).catch((cause: NodeJS.ErrnoException) => cause.code ?? 'it cannot be read');
  if (typeof found === 'object' && found.isDirectory()) return;
  const isElsewhere = typeof found === 'string' && ELSEWHERE.test(place);
  const [, name = 'owner/name'] = /([\w-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(place) ?? [];
  throw new AuditError('USAGE', `--source ${source} "${place}": ${typeof found === 'string' ? found : 'it is no folder'}`, {
    hint: isElsewhere
      ? `Name the folder of a checkout. What is on a server is read by a configuration: sources: [{ use: ${source}, repositories: [${name}] }].`
      : 'Name the folder that is the root of a checkout.',
  });
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
