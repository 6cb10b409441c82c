import type { Digest } from '../domain/digest.ts';
import { Observation } from '../domain/observation.ts';
import type { Event } from './events.ts';
import { instant } from './instant.ts';

type Moving = Extract<Event, { did: 'approve' | 'release' }>;

/** The observation that an approval or a deployment of a timeline leaves behind. */
export function observeMoved(event: Moving, digest: Digest | undefined): Observation {
  const repository = 'acme/payments';
  const runOf = (id: string | undefined, attempt?: number) =>
    id === undefined ? {} : { run: { platform: 'github-actions', repository, id, ...(attempt ? { attempt } : {}) } };
  const seen = { at: instant(event.at), origin: { source: 'scenario', locator: `${event.did} ${event.at}` }, repository };
  if (event.did === 'release') {
    const { to: environment, run, result = 'succeeded', trust = 'recorded' } = event.by;
    return Observation.parse({ ...seen, kind: 'deployment', environment, ...runOf(run, 1), subject: { digest }, result, trust });
  }
  const { for: environment, by, requestedBy, state = 'approved', run, attempt, commit, notBefore, trust = 'recorded' } = event.by;
  return Observation.parse({
    ...seen,
    kind: 'approval',
    environment,
    ...runOf(run, attempt),
    subject: { ...(digest ? { digest } : {}), ...(commit ? { commit } : {}) },
    state,
    ...(by ? { by } : {}),
    requestedBy: requestedBy ? [requestedBy] : [],
    ...(notBefore ? { notBefore: instant(notBefore) } : {}),
    trust,
  });
}
