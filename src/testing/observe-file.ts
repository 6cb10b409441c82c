import { readDockerfile } from '../clients/workflows/read-dockerfile.ts';
import { readWorkflow } from '../clients/workflows/read-workflow.ts';
import { Observation } from '../domain/observation.ts';
import type { Event } from './events.ts';
import { instant } from './instant.ts';

/** What a file of a repository says, as the source that reads it would tell it. */
export function observeFile({
  at,
  path,
  text,
  to: { repository = 'acme/payments', commit, ref },
}: Extract<Event, { did: 'write' }>): Observation {
  const file = { repository, path, ...(commit ? { commit } : {}), ...(ref ? { ref } : {}) };
  const { fact, mistakes } = /\.ya?ml$/.test(path) ? readWorkflow(text, file) : readDockerfile(text, file);
  if (!fact || mistakes.length > 0) throw new TypeError(`cannot read ${path}: ${mistakes.map(({ says }) => says).join('; ')}`);
  return Observation.parse({ at: instant(at), origin: { source: 'scenario', locator: path }, ...fact });
}
