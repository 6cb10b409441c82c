import { z } from 'zod';
import { hasLabels, openEnvironments, type Selection, selectionsIn } from '../clients/kubernetes/environments.ts';
import type { SourceEntry } from '../config/schema.ts';
import { AuditError } from '../error.ts';
import type { Candidate } from '../explain/candidate.ts';

const Patterns = z.array(z.string());
const Narrowed = z.object({ namespaces: Patterns.optional(), namespaceLabels: z.record(z.string(), z.string()).optional() });
const Selecting = Narrowed.extend({
  environment: z.string().optional(),
  environments: z.record(z.string(), z.union([Patterns, Narrowed])).optional(),
});

/** Refuses manifests whose namespace the configuration gives to another environment than the one they are to go to: what runs there would acquit them. */
export function refuseElsewhere(candidates: readonly Candidate[], sources: readonly SourceEntry[]): void {
  const selections = sources
    .filter(({ use }) => use === 'kubernetes')
    .flatMap((entry) => selectionsIn(Selecting.safeParse(entry).data ?? {}));
  for (const { manifest, environment } of candidates) {
    const namespace = manifest?.workload.namespace ?? 'default';
    const other = otherOf(namespace, environment, selections);
    // One that names no namespace is put into whichever it is applied to.
    if (namespace === 'default' || other === undefined) continue;
    throw new AuditError('USAGE', `${manifest?.origin.locator}: ${namespace} is ${other}; ${environment} was asked`, {
      hint: `Render it for ${environment}, or write --to ${other}.`,
    });
  }
}

/** The environment that names a namespace, where the one asked about does not have it; which have a label, nobody knows here. */
function otherOf(namespace: string, environment: string, selections: readonly Selection[]): string | undefined {
  const own = selections.filter((selection) => selection.environment === environment);
  const others = selections.filter(({ environment: one, patterns }) => one !== environment && !patterns.includes('*'));
  if (own.some(hasLabels) || openEnvironments(own, [], new Map())(namespace) !== undefined) return undefined;
  return openEnvironments(others, [], new Map())(namespace);
}
