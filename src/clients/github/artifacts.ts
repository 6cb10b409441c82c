import { z } from 'zod';
import type { Seen } from '../../collect/define-source.ts';
import { matches } from '../../domain/glob.ts';
import { inUtc } from '../../domain/record.ts';
import { AuditError, unreadable } from '../../error.ts';
import { Artifact, artifactBytes, CAPS, isArchive } from './artifact-bytes.ts';
import { buildsInRecord, type Recorded } from './dockerbuild.ts';
import type { Left } from './read-attested.ts';
import { type Kept, recordsIn } from './records-in-file.ts';
import { namesOf, pagesOf, type WorkflowRun } from './runs.ts';
import type { Session } from './session.ts';
import { unzip } from './zip.ts';

type Build = Extract<Seen, { kind: 'build' }>;

/** A run, in whose artifacts it is looked. */
export type OfRun = Readonly<{ repository: string; run: WorkflowRun }>;

/** What artifacts tell, and what of them could not be read. */
export type InArtifacts<F> = Readonly<{ facts: readonly F[]; left: readonly Left[] }>;

const RECORD = '.dockerbuild';
const RECORDS = /\.(?:json|jsonl|ndjson)$/;
const MOST_ARTIFACTS = 2000;

/** The builds that the artifacts of a run tell of, where its builder has left its own records there. */
export function builtInArtifacts(session: Session, of: OfRun): Promise<InArtifacts<Build>> {
  const isWanted = (name: string) => name.endsWith(RECORD);
  return readEach(session, of, { isWanted, kinds: ['build'] }, async (artifact, locator) => {
    const files = await filesOf(session, of, artifact, isWanted);
    return { facts: files.flatMap(buildsInRecord).map((fact) => ({ ...placed(fact, locator, of), ...endOf(artifact) })), left: [] };
  });
}

/** The builds, tests and deployments that jobs of a run recorded in artifacts of these names. */
export function recordedInArtifacts(session: Session, of: OfRun, patterns: readonly string[]): Promise<InArtifacts<Kept>> {
  const isWanted = (name: string) => patterns.some((pattern) => matches(pattern, name));
  const { repository, run } = of;
  const own = { platform: 'github-actions', repository, id: run.id, attempt: 1 };
  return readEach(session, of, { isWanted, kinds: ['build', 'test'] }, async (artifact, locator) => {
    const since = artifact.created_at ? inUtc(artifact.created_at) : undefined;
    const files = await filesOf(session, of, artifact, (name) => RECORDS.test(name));
    const read = files.map((bytes) => recordsIn(bytes, { run: own, isOnlyAttempt: hasOneAttempt(run), since, locator }));
    return {
      facts: read.flatMap(({ facts }) => facts).map((fact) => (fact.kind === 'build' ? { ...fact, ...endOf(artifact) } : fact)),
      left: read.flatMap(({ left }) => left).map((one) => ({ ...one, locator })),
    };
  });
}

/** Which artifacts are read, and what is not known where one cannot be. */
type Which = Readonly<{ isWanted: (name: string) => boolean; kinds: readonly Left['of'][] }>;

type Reader<F> = (artifact: Artifact, locator: string) => Promise<InArtifacts<F>>;

/** One that cannot be read leaves the others alone. */
async function readEach<F>(session: Session, of: OfRun, { isWanted, kinds }: Which, read: Reader<F>): Promise<InArtifacts<F>> {
  const place = `artifacts of run ${of.run.id} of ${of.repository}`;
  const orLeft = async <T>(locator: string, job: () => Promise<T>, otherwise: (left: readonly Left[]) => T): Promise<T> => {
    try {
      return await job();
    } catch (error) {
      if (!(error instanceof AuditError) || error.exitCode === 2) throw error;
      return otherwise(kinds.map((kind) => ({ of: kind, locator, error })));
    }
  };
  const nothing = (left: readonly Left[]): InArtifacts<F> => ({ facts: [], left });
  return orLeft(
    place,
    async () => {
      const artifacts = (await artifactsOf(session, of)).filter(({ name }) => isWanted(name));
      const found = await Promise.all(
        artifacts.map((artifact) => {
          const locator = `${place}: ${artifact.name.slice(0, 200)} (${artifact.id})`;
          return orLeft(locator, () => read(artifact, locator), nothing);
        }),
      );
      return { facts: found.flatMap(({ facts }) => facts), left: found.flatMap(({ left }) => left) };
    },
    nothing,
  );
}

async function artifactsOf({ github }: Session, { repository, run }: OfRun): Promise<readonly Artifact[]> {
  const schema = z.object({ total_count: z.int(), artifacts: z.array(Artifact).max(100) });
  const what = `artifacts of run ${run.id} of ${repository}`;
  const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts';
  const found = await pagesOf(MOST_ARTIFACTS, what, async (page) => {
    const parameters = { ...namesOf(repository), run_id: run.id, per_page: 100, page };
    const answer = await github.ask({ what, permission: `Actions: read on ${repository}`, schema, parameters, route });
    return { total: answer.total_count, items: answer.artifacts };
  });
  const other = found.find(({ workflow_run: by }) => by?.id !== undefined && by.id !== null && by.id !== run.id);
  if (other) throw unreadable('untrusted', `GitHub answers with artifact ${other.id} of another run than ${run.id} of ${repository}`);
  return found;
}

/** Since version 7 (2026) build-push-action uploads the file itself; what others upload is a zip archive. */
async function filesOf(
  { github }: Session,
  { repository }: OfRun,
  artifact: Artifact,
  isWanted: (name: string) => boolean,
): Promise<readonly Buffer[]> {
  const bytes = await artifactBytes(github, repository, artifact);
  return isArchive(bytes) ? unzip(bytes, isWanted, CAPS).map((entry) => entry.bytes) : [bytes];
}

/** A record names its run itself, if at all; it has to be the one whose artifact it is. */
function placed({ run: own, source, ...fact }: Recorded, locator: string, { repository, run }: OfRun): Build {
  if (own && (own.id !== run.id || own.repository?.toLowerCase() !== repository.toLowerCase()))
    throw unreadable('untrusted', 'a record of a build names another run than the one whose artifact it is', {
      hint: `Find out who uploaded it to run ${run.id} of ${repository}.`,
    });
  const [workflow] = run.path.split('@');
  const platform = 'github-actions';
  const attempt = own?.attempt ?? (hasOneAttempt(run) ? 1 : undefined);
  const by = attempt === undefined ? {} : { run: { platform, repository, id: run.id, attempt, ...(workflow ? { workflow } : {}) } };
  return { ...fact, locator, ...by, ...(source ? { source } : {}) };
}

/** What an artifact tells is gone with it. */
function endOf({ expires_at: end }: Artifact): Pick<Build, 'expiresAt'> {
  return end ? { expiresAt: inUtc(end) } : {};
}

/** Artifacts do not say of which attempt they are: that is known only where there was but one. */
function hasOneAttempt({ run_attempt: last }: WorkflowRun): boolean {
  return (last ?? 1) === 1;
}
