import { type AuditError, unreadable } from '../error.ts';
import type { Provenance } from './provenance.ts';
import type { Signer } from './verify.ts';

/** Provenance with the commit, the repository and the run that the certificate names: a job writes its statement itself, its certificate it does not. */
export function certified(said: Provenance, signer: Signer | undefined): Provenance {
  if (!signer) return said;
  refuseContradictions(said, signer);
  const { repository, commit, ref, run } = signer;
  const named = repository === undefined ? undefined : { repository, ...(commit ? { commit } : {}), ...(ref ? { ref } : {}) };
  return { ...said, source: named ?? said.source, run: run ? { ...run, ...workflowOf(signer) } : said.run };
}

function refuseContradictions({ source, run }: Provenance, signer: Signer): void {
  const { repository, commit, run: proven } = signer;
  if (source && repository && source.repository.toLowerCase() !== repository.toLowerCase())
    throw contradiction('repository', source.repository, repository);
  if (source?.commit && commit && source.commit !== commit) throw contradiction('commit', source.commit, commit);
  if (!run || !proven) return;
  if (run.id !== proven.id) throw contradiction('run', run.id, proven.id);
  // Where nobody wrote an attempt down, it was read as the first.
  const isWritten = run.url?.includes('/attempts/') ?? false;
  if (isWritten && run.attempt !== proven.attempt) throw contradiction('attempt', `${run.attempt}`, `${proven.attempt}`);
}

function workflowOf({ workflow }: Signer): Readonly<{ workflow?: string }> {
  return workflow ? { workflow } : {};
}

function contradiction(what: string, said: string, proven: string): AuditError {
  const detail = `it names the ${what} ${said.slice(0, 100)}, and its certificate ${proven.slice(0, 100)}`;
  return unreadable('untrusted', detail, {
    hint: `It names the ${what} ${said.slice(0, 100)}, and its certificate ${proven.slice(0, 100)}: attest in the job that builds, from the commit that it runs on.`,
  });
}
