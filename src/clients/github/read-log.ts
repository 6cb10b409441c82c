import { z } from 'zod';
import { Digest } from '../../domain/digest.ts';
import { parseJson } from '../../domain/parse-json.ts';
import { type AuditError, unreadable } from '../../error.ts';
import type { Github } from '../github.ts';
import { type LogDigests, type Lost, openLogReader, READER } from './log-reader.ts';
import { type Job, namesOf } from './runs.ts';
import type { Session } from './session.ts';

// Every line of a log begins with its time; what does not is the page of something between.
const LOG = /^\uFEFF?\d{4}-\d\d-\d\dT/;
const LARGEST_LOG = 256 * 1024 * 1024;

const Kept = z.object({
  pushed: z.array(
    z.object({
      digest: Digest,
      reference: z.string(),
      at: z.string().optional(),
      role: z.enum(['index', 'manifest', 'unknown']),
      members: z.array(Digest),
    }),
  ),
  named: z.array(z.string()),
  lost: z.enum(['line', 'digests']).optional(),
});

const LOST: Readonly<Record<Lost, string>> = {
  line: 'the log has a line that names digests and is longer than what is read',
  digests: 'the log names more digests than are read',
};

/** What of a log was not read, where it has more than is. */
export function lossIn({ lost }: LogDigests): AuditError | undefined {
  if (lost === undefined) return undefined;
  return unreadable('too-large', LOST[lost], {
    hint: 'Let the job print less, or each digest in a line of its own; or attest what it built or tested, or keep records of it.',
  });
}

/** The digests in the log of a job, which is read once and as it arrives; of a job that has ended long ago, once for all scans. */
export function digestsInLog({ github, logs }: Session, repository: string, job: Job): Promise<LogDigests> {
  const known = logs.get(job.id) ?? recallOrRead(github, repository, job);
  logs.set(job.id, known);
  return known;
}

async function recallOrRead(github: Github, repository: string, job: Job): Promise<LogDigests> {
  const kept = github.keptSince(job.completed_at);
  const key = ['log', READER, repository, job.id, job.completed_at ?? ''];
  const before = Kept.safeParse(parseJson((await kept.get(key))?.toString('utf8') ?? ''));
  if (before.success) {
    const { pushed, named, lost } = before.data;
    return { pushed: pushed.map((one) => ({ ...one, at: one.at })), named: new Set(named), lost };
  }
  const { isLog, ...digests } = await readLog(github, repository, job);
  if (isLog) await kept.put(key, Buffer.from(JSON.stringify({ ...digests, named: [...digests.named] })));
  return digests;
}

async function readLog(github: Github, repository: string, { id, name }: Job): Promise<LogDigests & Readonly<{ isLog: boolean }>> {
  const what = `the log of job ${id} of ${repository} (${name.slice(0, 80)})`;
  const address = await github.addressOf({
    what,
    permission: `Actions: read on ${repository}`,
    route: 'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs',
    parameters: { ...namesOf(repository), job_id: id },
  });
  let reader = openLogReader();
  let isLog = false;
  const receive = () => {
    const { push, end } = (reader = openLogReader());
    let isFirst = true;
    return {
      end,
      push(piece: Buffer) {
        if (isFirst) isLog = LOG.test(piece.toString('utf8', 0, 40));
        isFirst = false;
        push(piece);
      },
    };
  };
  await github.download(address, { what, capBytes: LARGEST_LOG, receive });
  return { ...reader.digests(), isLog };
}
