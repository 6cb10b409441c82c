import type { Seen } from '../../collect/define-source.ts';
import { projectOf } from '../../domain/project.ts';
import { type BuildLine, inUtc, type TestLine } from '../../domain/record.ts';
import { redactRecord } from '../redact.ts';

type Build = Extract<Seen, { kind: 'build' }>;
type Test = Extract<Seen, { kind: 'test' }>;

/** What a neutral record says, as a source yields it; worth as much as the right to write it down. */
export function recordedFact(record: BuildLine | TestLine, locator: string): Build | Test {
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

/** The run that a neutral line names, as facts name it. */
export function runOf({
  platform,
  id,
  attempt = 1,
  url,
  repository,
  workflow,
  job,
}: NonNullable<BuildLine['run']>): NonNullable<Build['run']> {
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
