import { z } from 'zod';
import { AuditError, unreadable } from '../../error.ts';
import { isLimitedBy, resetOf } from './rate-limit.ts';

/** What was asked for, in words, and the permission of a token that answers it. */
export type Asked = Readonly<{ what: string; permission: string }>;

const Headers = z.record(z.string(), z.coerce.string()).catch({});
/** As octokit throws it (@octokit/request-error 7). */
const Refusal = z.object({
  status: z.number(),
  message: z.string(),
  cause: z.unknown(),
  response: z.object({ headers: Headers }).optional(),
});

/** Why GitHub does not answer, with the very permission that would help; what is none of its refusals is returned as it is. */
export function refusalOf(error: unknown, asked: Asked): unknown {
  const parsed = Refusal.safeParse(error);
  if (!parsed.success) return error;
  const { status, message, response, cause } = parsed.data;
  // What failed before there was an answer is wrapped, and given a status that nobody has sent.
  if (!response && cause instanceof Error) return cause;
  const headers = response?.headers ?? {};
  if (status === 401)
    return unreadable('unauthenticated', `GitHub does not accept the token (${asked.what})`, {
      hint: 'Renew the token: it has expired, was revoked, or is of another server.',
      cause: error,
    });
  if (status === 403 || status === 429) return forbidden({ ...asked, headers, message, cause: error });
  if (status === 404)
    return unreadable('not-found', `GitHub shows no ${asked.what}`, {
      hint: `Check the name. GitHub hides what a token may not see: it needs ${asked.permission}.`,
      cause: error,
    });
  return otherwise(status, asked, error);
}

type Denied = Asked & Readonly<{ headers: Readonly<Record<string, string>>; message: string; cause: unknown }>;

function forbidden({ what, permission, headers, message, cause }: Denied): AuditError {
  if (headers['x-github-sso']?.startsWith('required'))
    return unreadable('forbidden', `${what}: the organization wants a token that is authorized for its single sign-on`, {
      hint: 'Authorize the token for the organization (Settings, Developer settings, the token, "Configure SSO").',
      cause,
    });
  if (isLimitedBy(headers, message)) return limited(what, headers, cause);
  if (/\bIP allow list\b/i.test(message))
    return unreadable('forbidden', `${what}: the organization does not let this address in`, {
      hint: 'Run where the IP allow list of the organization lets you in, or have this address added to it.',
      cause,
    });
  const accepted = headers['x-accepted-github-permissions'];
  const named = accepted !== undefined && /^[\w=;, ]{1,200}$/.test(accepted) ? ` (GitHub accepts: ${accepted})` : '';
  return unreadable('forbidden', `the token may not read ${what}`, { hint: `Grant the token ${permission}${named}.`, cause });
}

function limited(what: string, headers: Readonly<Record<string, string>>, cause: unknown): AuditError {
  const reset = resetOf(headers);
  const until = reset ? ` until ${reset.toISOString().slice(0, 16)}Z` : '';
  const limit = /^\d{1,9}$/.test(headers['x-ratelimit-limit'] ?? '') ? ` of ${headers['x-ratelimit-limit']} requests` : '';
  return unreadable('rate-limited', `${what}: the limit${limit} is reached${until}`, {
    hint: `Scan again${until === '' ? ' later' : ` after ${until.slice(7)}`}, with a token of a higher limit, or name fewer repositories.`,
    cause,
  });
}

function otherwise(status: number, { what }: Asked, cause: unknown): AuditError {
  if (status === 410)
    return unreadable('expired', `${what} is not kept any more`, {
      hint: 'Attest builds (actions/attest) or keep records: logs and artifacts are deleted after their retention, 90 days unless it is set.',
      cause,
    });
  if (status >= 500)
    return unreadable('unreachable', `${what}: GitHub answers ${status}`, {
      hint: 'Look at the status page of GitHub; scan later.',
      cause,
    });
  return unreadable('unsupported', `${what}: GitHub answers ${status}`, {
    hint: 'Check that the server is new enough for this endpoint, and that `apiUrl` is its API.',
    cause,
  });
}
