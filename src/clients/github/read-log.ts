import { type LogDigests, openLogReader } from './log-reader.ts';
import { type Job, namesOf } from './runs.ts';
import type { Session } from './session.ts';

const LARGEST_LOG = 256 * 1024 * 1024;

/** The digests in the log of a job, which is read once and as it arrives. */
export function digestsInLog({ github, logs }: Session, repository: string, { id, name }: Job): Promise<LogDigests> {
  const read = async (): Promise<LogDigests> => {
    const what = `the log of job ${id} of ${repository} (${name.slice(0, 80)})`;
    const address = await github.addressOf({
      what,
      permission: `Actions: read on ${repository}`,
      route: 'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs',
      parameters: { ...namesOf(repository), job_id: id },
    });
    let reader = openLogReader();
    const receive = () => {
      reader = openLogReader();
      return reader;
    };
    await github.download(address, { what, capBytes: LARGEST_LOG, receive });
    return reader.digests();
  };
  const known = logs.get(id) ?? read();
  logs.set(id, known);
  return known;
}
