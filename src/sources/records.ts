import { z } from 'zod';
import { TrustSettings } from '../attestation/policy.ts';
import { lineFilter } from '../clients/records/line-filter.ts';
import { movedFact } from '../clients/records/moved-fact.ts';
import { recordedFact } from '../clients/records/recorded-fact.ts';
import { type Kept, readRecords } from '../clients/records.ts';
import { openTrust } from '../clients/trust.ts';
import { defineSource, type Place, type Seen } from '../collect/define-source.ts';
import { projectOf } from '../domain/project.ts';
import { inUtc } from '../domain/record.ts';

const Config = z.strictObject({
  /** Files, or folders of *.jsonl, *.ndjson, *.json and *.dockerbuild; a path that is not absolute begins at the working directory. */
  files: z.array(z.string().min(1)).min(1, 'needs at least one file or folder'),
  /** The repository whose builds and tests the files hold; everybody's where it is left out. */
  project: z.string().min(1).transform(projectOf).optional(),
  /** The files hold every build and test since then; since ever where it is left out. */
  since: z.iso
    .datetime({ offset: true, error: 'is not an instant: write 2026-03-02T09:00:00Z, with its zone' })
    .transform(inUtc)
    .optional(),
  /** Of what the files hold everything; the others are read where they stand, and nothing follows from their silence. */
  holds: z
    .array(z.enum(['build', 'test', 'deployment', 'approval']))
    .min(1, 'needs at least one kind: build, test, deployment or approval')
    .default(['build', 'test']),
  /** Whose signatures prove what they say; nobody's where it is left out. */
  trust: TrustSettings.optional(),
});
type Config = z.output<typeof Config>;

export default defineSource({
  id: 'records',
  title: 'Records of builds, tests and approvals in files: neutral lines, statements, metadata of builders',
  config: Config,
  asks: ['digests', 'commits', 'lines'],
  expects: (config) => config.holds.map((of) => ({ of, scope: placeOf(config) })),
  async *observe(config, wanted, edge) {
    // What is appended while they are read may be missed, so they are complete until the reading began.
    const until = edge.now().toISOString();
    const scope = placeOf(config);
    const proving = await openTrust(config.trust, edge);
    const open = new Set<string>();
    for await (const batch of readRecords(config.files, { filter: lineFilter(wanted), proving, holds: config.holds }, edge))
      for (const found of batch) {
        if ('left' in found) open.add(found.left.of);
        const fact = 'left' in found ? ({ kind: 'gap', scope, ...found.left } as const) : factOf(found);
        if (fact) yield fact;
      }
    const covered: Place = { ...scope, ...(config.since ? { since: config.since } : {}), until, only: 'wanted' };
    for (const of of config.holds) if (!open.has(of)) yield { kind: 'coverage', of, scope: covered, locator: config.files.join(', ') };
  },
});

function placeOf({ project }: Config): Place {
  return project === undefined ? {} : { project };
}

function factOf(kept: Kept): Seen | undefined {
  if ('fact' in kept) return { ...kept.fact, locator: kept.locator, ...(kept.bytes ? { bytes: kept.bytes } : {}) };
  const { record, locator } = kept;
  return record.kind === 'build' || record.kind === 'test' ? recordedFact(record, locator) : movedFact(record, locator);
}
