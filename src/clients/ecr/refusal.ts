import type { GapReason } from '../../domain/statement.ts';
import { AuditError, unreadable } from '../../error.ts';
import { isOfCertificate } from '../http.ts';
import { UNANSWERED } from './answers.ts';

/** The permissions that reading takes; nothing that writes is ever called. */
const REASONS: Readonly<Record<string, readonly [GapReason, string]>> = {
  AccessDeniedException: [
    'forbidden',
    'Grant the action to the role of this scan, and in the policy of the repository where it is of another account.',
  ],
  RepositoryNotFoundException: ['not-found', 'There is no such repository, or it is hidden: check the account and the region in its name.'],
  ImageNotFoundException: ['not-found', 'The image is not there: see who deleted it, or which lifecycle rule expired it.'],
  LayerInaccessibleException: ['not-found', 'The layer is archived or of another account: restore the image, or push it again.'],
  LayersNotFoundException: ['not-found', 'The layer is not there: see who deleted the image.'],
  ThrottlingException: ['rate-limited', 'Scan later, or ask for less at once with perHost.'],
  TooManyRequestsException: ['rate-limited', 'Scan later, or ask for less at once with perHost.'],
  LimitExceededException: ['rate-limited', 'Scan later, or ask for less at once with perHost.'],
  ExpiredTokenException: ['unauthenticated', 'The credentials have expired: renew them.'],
  UnrecognizedClientException: ['unauthenticated', 'AWS does not know these credentials: check which are in use here.'],
  InvalidSignatureException: ['unauthenticated', 'AWS does not accept these credentials: check the secret, and the clock of this machine.'],
  CredentialsProviderError: [
    'unauthenticated',
    'Give this scan credentials: a role of its pod or runner, a profile, or AWS_ACCESS_KEY_ID.',
  ],
  UnableToGetUpstreamImageException: [
    'unreachable',
    'It is cached from elsewhere, and that does not answer: look at the pull-through rule.',
  ],
  UnableToGetUpstreamLayerException: [
    'unreachable',
    'It is cached from elsewhere, and that does not answer: look at the pull-through rule.',
  ],
  ServerException: ['unreachable', 'AWS fails: scan again when it is well.'],
};

/** What the SDK throws, as why it could not be read; a mistake of ours stays what it is. */
export function refusalOf(error: unknown, action: string, name: string): unknown {
  if (error instanceof AuditError || !(error instanceof Error)) return error;
  const [because, hint] = REASONS[error.name] ?? [];
  // A message of AWS may name an account's roles, and is not repeated.
  if (because !== undefined)
    return unreadable(because, `${name}: ${action} answers ${error.name}`, { hint: `${action}: ${hint}`, cause: causeOf(because) });
  const code = 'code' in error ? String(error.code) : error.name;
  if (isOfCertificate(code))
    return unreadable('untrusted', `${name}: ${action} answers ${code}`, {
      hint: `The certificate of the API of ECR is not trusted (${code}): find out what answers for it.`,
    });
  return unreadable('unreachable', `${name}: ${action} answers ${code}`, {
    hint: `Check that the API of ECR can be reached from here (${code}).`,
  });
}

// Failure codes of BatchGetImage where a pull-through rule fills the repository (ECR API reference, ImageFailure, 2026).
const UPSTREAM: Readonly<Record<string, readonly [GapReason, string]>> = {
  UpstreamAccessDenied: ['forbidden', 'that refuses ECR: renew the secret of the pull-through rule.'],
  UpstreamTooManyRequests: ['rate-limited', 'that answers no more for now: scan later.'],
  UpstreamUnavailable: ['unreachable', 'that does not answer: look at the pull-through rule.'],
};

/** What a batch says of one image that it does not hand out. */
export function failureOf(code: string, name: string): AuditError {
  if (code === 'ImageNotFound')
    return unreadable('not-found', `${name} is not there`, {
      hint: `${name} is not in its repository: see who deleted it, or which lifecycle rule expired it.`,
      cause: causeOf('not-found'),
    });
  if (code === UNANSWERED)
    return unreadable('malformed', `${name}: no answer`, { hint: `ECR answers, and says nothing of ${name}: see what stands before it.` });
  const upstream = Object.hasOwn(UPSTREAM, code) ? UPSTREAM[code] : undefined;
  if (upstream) return unreadable(upstream[0], `${name}: ${code}`, { hint: `${name} is cached from elsewhere, and ${upstream[1]}` });
  return unreadable('unsupported', `${name}: ${code}`, { hint: `${name} is not handed out (${code}): restore it, or push it again.` });
}

/** As a registry of the distribution spec would have answered. */
function causeOf(because: GapReason): object | undefined {
  return because === 'not-found' ? { status: 404 } : undefined;
}
