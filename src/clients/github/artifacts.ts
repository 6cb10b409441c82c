import { z } from 'zod';
import type { Seen } from '../../collect/define-source.ts';
import { AuditError, unreadable } from '../../error.ts';
import { buildsInRecord, type Recorded } from './dockerbuild.ts';
import type { Left } from './read-attested.ts';
import { Id, namesOf, pagesOf, type WorkflowRun } from './runs.ts';
import type { Session } from './session.ts';
import { unzip } from './zip.ts';

type Build = Extract<Seen, { kind: 'build' }>;

const Artifact = z.object({
  id: Id,
  name: z.string(),
  size_in_bytes: z.int().nonnegative(),
  expired: z.boolean().default(false),
  workflow_run: z.object({ id: Id.nullish() }).nullish(),
});
type Artifact = z.output<typeof Artifact>;

const RECORD = '.dockerbuild';
const MOST_ARTIFACTS = 2000;
const LARGEST_BYTES = 16 * 1024 * 1024;
const CAPS = { entries: 100, bytes: 2 * LARGEST_BYTES };
const ZIP = Buffer.from('PK\u0003\u0004');

/** The builds that the artifacts of a run tell of, where its builder has left its records there, and what of them could not be read. */
export async function builtInArtifacts(
  session: Session,
  repository: string,
  run: WorkflowRun,
): Promise<Readonly<{ facts: readonly Build[]; left: readonly Left[] }>> {
  const locator = `artifacts of run ${run.id} of ${repository}`;
  const left: Left[] = [];
  const orLeft = async <T>(where: string, job: () => Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await job();
    } catch (error) {
      if (!(error instanceof AuditError) || error.exitCode === 2) throw error;
      left.push({ of: 'build', locator: where, error });
      return [];
    }
  };
  const records = await orLeft(locator, async () =>
    (await artifactsOf(session, repository, run)).filter(({ name }) => name.endsWith(RECORD)),
  );
  const facts = await Promise.all(
    records.map((artifact) => {
      const where = `${locator}: ${artifact.name.slice(0, 200)} (${artifact.id})`;
      return orLeft(where, async () =>
        (await readRecord(session, repository, artifact)).map((fact) => placed(fact, where, { repository, run })),
      );
    }),
  );
  return { facts: facts.flat(), left };
}

async function artifactsOf({ github }: Session, repository: string, run: WorkflowRun): Promise<readonly Artifact[]> {
  const schema = z.object({ total_count: z.int(), artifacts: z.array(Artifact).max(100) });
  const what = `artifacts of run ${run.id} of ${repository}`;
  const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts';
  const found = await pagesOf(MOST_ARTIFACTS, what, async (page) => {
    const parameters = { ...namesOf(repository), run_id: run.id, per_page: 100, page };
    const answer = await github.ask({ what, permission: `Actions: read on ${repository}`, schema, parameters, route });
    return { total: answer.total_count, items: answer.artifacts };
  });
  const other = found.find(({ workflow_run: of }) => of?.id !== undefined && of.id !== null && of.id !== run.id);
  if (other) throw unreadable('untrusted', `GitHub answers with artifact ${other.id} of another run than ${run.id} of ${repository}`);
  return found;
}

async function readRecord(
  { github }: Session,
  repository: string,
  { id, name, size_in_bytes: size, expired }: Artifact,
): Promise<readonly Recorded[]> {
  const what = `artifact ${id} of ${repository}`;
  if (size > LARGEST_BYTES)
    throw unreadable('too-large', `${what} has ${size} bytes`, { hint: `See what ${name.slice(0, 100)} is: no record is that large.` });
  if (expired) throw expiredOne(what);
  const permission = `Actions: read on ${repository}`;
  const route = 'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/zip';
  const address = await github.addressOf({ what, permission, route, parameters: { ...namesOf(repository), artifact_id: id } });
  const bytes = await github.download(address, { what, capBytes: LARGEST_BYTES });
  // Since version 7 (2026) build-push-action uploads the file itself; before, a zip archive around it.
  if (!bytes.subarray(0, ZIP.length).equals(ZIP)) return buildsInRecord(bytes);
  return unzip(bytes, (entry) => entry.endsWith(RECORD), CAPS).flatMap((entry) => buildsInRecord(entry.bytes));
}

function expiredOne(what: string): Error {
  return unreadable('expired', `${what} is not kept any more`, {
    hint: 'Attest builds (actions/attest-build-provenance), or keep records: artifacts are deleted after their retention.',
  });
}

/** A record names its run itself, if at all; it has to be the one whose artifact it is. */
function placed(
  { run: own, source, ...fact }: Recorded,
  locator: string,
  { repository, run }: Readonly<{ repository: string; run: WorkflowRun }>,
): Build {
  if (own && (own.id !== run.id || own.repository?.toLowerCase() !== repository.toLowerCase()))
    throw unreadable('untrusted', 'a record of a build names another run than the one whose artifact it is', {
      hint: `Find out who uploaded it to run ${run.id} of ${repository}.`,
    });
  const [workflow] = run.path.split('@');
  const platform = 'github-actions';
  // Without its attempt a run is not told apart from its other attempts, unless there was but one.
  const attempt = own?.attempt ?? ((run.run_attempt ?? 1) === 1 ? 1 : undefined);
  const by = attempt === undefined ? {} : { run: { platform, repository, id: run.id, attempt, ...(workflow ? { workflow } : {}) } };
  return { ...fact, locator, ...by, ...(source ? { source } : {}) };
}
