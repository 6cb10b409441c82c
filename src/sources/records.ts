import { z } from 'zod';
import { TrustSettings } from '../attestation/policy.ts';
import { lineFilter } from '../clients/records/line-filter.ts';
import { type Kept, readRecords } from '../clients/records.ts';
import { redactRecord } from '../clients/redact.ts';
import { openTrust } from '../clients/trust.ts';
import { defineSource, type Place, type Seen } from '../collect/define-source.ts';
import { projectOf } from '../domain/project.ts';
import { type BuildLine, inUtc, type TestLine } from '../domain/record.ts';

const OF = ['build', 'test'] as const;

const Config = z.strictObject({
  /** Files, or folders of *.jsonl, *.ndjson and *.json; a path that is not absolute begins at the working directory. */
  files: z.array(z.string().min(1)).min(1, 'needs at least one file or folder'),
  /** The repository whose builds and tests the files hold; everybody's where it is left out. */
  project: z.string().min(1).transform(projectOf).optional(),
  /** The files hold every build and test since then; since ever where it is left out. */
  since: z.iso
    .datetime({ offset: true, error: 'is not an instant: write 2026-03-02T09:00:00Z, with its zone' })
    .transform(inUtc)
    .optional(),
  /** Whose signatures prove what they say; nobody's where it is left out. */
  trust: TrustSettings.optional(),
});
type Config = z.output<typeof Config>;

export default defineSource({
  id: 'records',
  title: 'Records of builds and tests in files: neutral lines, statements, metadata of builders',
  config: Config,
  asks: ['digests', 'commits', 'lines'],
  expects: (config) => OF.map((of) => ({ of, scope: placeOf(config) })),
  async *observe(config, wanted, edge) {
    // What is appended while they are read may be missed, so they are complete until the reading began.
    const until = edge.now().toISOString();
    const scope = placeOf(config);
    const proving = await openTrust(config.trust, edge);
    const open = new Set<string>();
    for await (const batch of readRecords(config.files, { filter: lineFilter(wanted), proving }, edge))
      for (const found of batch) {
        if ('left' in found) open.add(found.left.of);
        yield 'left' in found ? { kind: 'gap', scope, ...found.left } : factOf(found);
      }
    const covered: Place = { ...scope, ...(config.since ? { since: config.since } : {}), until, only: 'wanted' };
    for (const of of OF) if (!open.has(of)) yield { kind: 'coverage', of, scope: covered, locator: config.files.join(', ') };
  },
});

function placeOf({ project }: Config): Place {
  return project === undefined ? {} : { project };
}

type Build = Extract<Seen, { kind: 'build' }>;
type Test = Extract<Seen, { kind: 'test' }>;

function factOf(kept: Kept): Build | Test {
  if ('fact' in kept) return { ...kept.fact, locator: kept.locator, ...(kept.bytes ? { bytes: kept.bytes } : {}) };
  const { record, locator } = kept;
  return record.kind === 'build' ? buildOf(record, locator) : testOf(record, locator);
}

function buildOf(record: BuildLine, locator: string): Build {
  const { run, builder, image, digest, platforms = {}, base = [], arguments: given = {} } = record;
  const at = inUtc(record.at);
  const members = Object.entries(platforms).map(([platform, member]) => ({ image, digest: member, role: 'manifest' as const, platform }));
  return {
    kind: 'build',
    locator,
    at,
    ...(run ? { run: runOf(run) } : {}),
    ...sourceOf(record),
    // The digest that is named beside members is that of their index; alone it may be anything.
    outputs: [{ image, digest, role: members.length > 0 ? 'index' : 'unknown' }, ...members],
    pushed: 'yes',
    pushedAt: at,
    base,
    ...(builder ? { builder } : {}),
    // Redacted, but not concealed: whoever writes a record must not choose what is struck out of a report.
    arguments: redactRecord(given),
    trust: 'recorded',
  };
}

function testOf(record: TestLine, locator: string): Test {
  const { run, image, digest, commit, gate, result, startedAt } = record;
  return {
    kind: 'test',
    locator,
    at: inUtc(record.at),
    gate,
    ...(run ? { run: runOf(run) } : {}),
    subject: { digest, ...(image ? { image } : {}), ...(commit ? { commit } : {}) },
    result,
    ...(startedAt ? { startedAt: inUtc(startedAt) } : {}),
    trust: 'recorded',
  };
}

function runOf({ platform, id, attempt = 1, url, repository, workflow, job }: NonNullable<BuildLine['run']>): NonNullable<Build['run']> {
  const optional = { url: url && withoutSecrets(url), repository: repository && projectOf(repository), workflow, job };
  return { platform, id, attempt, ...optional };
}

/** An address as a person opens it: a credential in it, or in its query, is no part of it. */
function withoutSecrets(url: string): string {
  if (!/[?#@]/.test(url)) return url;
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

function sourceOf({ repository, run, commit, ref, ...record }: BuildLine): Pick<Build, 'source'> {
  const project = repository ?? run?.repository;
  if (project === undefined) return {};
  const tree = record.tree ? { tree: record.tree } : {};
  return { source: { repository: projectOf(project), ...(commit ? { commit } : {}), ...tree, ...(ref ? { ref } : {}) } };
}
