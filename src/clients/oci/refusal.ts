import type { GapReason } from '../../domain/statement.ts';
import { type AuditError, unreadable } from '../../error.ts';

/** What a registry's answer says where it is not what was asked for: why, and what to do about it. */
export function refusalOf(status: number, name: string, url: URL): AuditError {
  const [because, hint] = meaningOf(status, name, url.host);
  return unreadable(because, `${url.origin}${url.pathname} answers ${status}`, { hint, cause: { status } });
}

/** Whether a registry said in words of its own that it does not have what was asked for. */
export function isNotHeld({ cause }: AuditError): boolean {
  const status = typeof cause === 'object' && cause !== null && 'status' in cause ? cause.status : undefined;
  // distribution 2.8.2 answers 500 to a config's digest among its manifests (tried).
  return status === 404 || status === 500;
}

function meaningOf(status: number, name: string, host: string): [GapReason, string] {
  if (status === 403) return ['forbidden', `${name} may not be pulled: grant the login of this source read access to it.`];
  if (status === 404)
    return ['not-found', `${name} is not accessible or not there: grant read access to it, or see whether somebody deleted the image.`];
  if (status === 429) return ['rate-limited', `${host} answers no more requests for now: scan later, or log in for a higher limit.`];
  if (status >= 300 && status < 400)
    return ['untrusted', `${host} sends elsewhere for ${name}, which is not followed: name the registry itself in this source.`];
  if (status === 408 || status >= 500) return ['unreachable', `${host} fails with ${status} on ${name}: scan again when it is well.`];
  return ['malformed', `${host} answers ${status} on ${name}: check that "registry" names an OCI registry.`];
}
