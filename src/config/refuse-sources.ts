import { z } from 'zod';
import { matches } from '../domain/glob.ts';
import { AuditError } from '../error.ts';
import type { SourceEntry } from './schema.ts';

/** Refuses sources that reports could not tell apart, and two that would ask one registry for the same. */
export function refuseSources(file: string, sources: readonly SourceEntry[]): void {
  refuseRepeatedNames(file, sources);
  refuseSharedRegistries(file, sources);
}

function refuseRepeatedNames(file: string, sources: readonly SourceEntry[]): void {
  const names = sources.map(nameOf);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return;
  throw new AuditError('CONFIG_INVALID', `${file}: sources: two are named "${twice}"`, {
    hint: 'Give each source a name of its own (`name`); one without is named for what it uses.',
  });
}

const nameOf = ({ use, name }: SourceEntry) => name ?? use;

/** What a source reads of a registry, where it names one; its own schema has checked nothing yet. */
const OfRegistry = z.looseObject({
  registry: z.string().transform((host) =>
    host
      .toLowerCase()
      .replace(/^index\.docker\.io$/, 'docker.io')
      .replace(/:443$/, ''),
  ),
  repositories: z.array(z.string()).min(1).default(['*']),
  layouts: z.array(z.string()).optional(),
});

/** Two with other credentials would answer one question twice, and one of them might be answered with other content. */
function refuseSharedRegistries(file: string, sources: readonly SourceEntry[]): void {
  const read = sources.flatMap((source) => {
    const { data } = OfRegistry.safeParse(source);
    return data ? [{ name: nameOf(source), key: [source.use, data.registry, data.layouts ? 'layouts' : 'live'].join(' '), ...data }] : [];
  });
  for (const [at, one] of read.entries()) {
    const other = read.slice(0, at).find((before) => before.key === one.key && doOverlap(before.repositories, one.repositories));
    if (!other) continue;
    throw new AuditError('CONFIG_INVALID', `${file}: sources: "${other.name}" and "${one.name}" read the same of ${one.registry}`, {
      hint: 'Make one of the two, or give each `repositories` that the other does not read.',
    });
  }
}

function doOverlap(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.some((other) => matches(one, other) || matches(other, one)));
}
