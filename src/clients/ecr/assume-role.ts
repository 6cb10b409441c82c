import { z } from 'zod';
import type { Edge } from '../../collect/define-source.ts';
import type { GapReason } from '../../domain/statement.ts';
import { AuditError, unreadable } from '../../error.ts';
import { ask } from '../http.ts';
import { isLoopback } from '../oci/host.ts';

/** A role as a source is configured to assume it (constraints of the STS API reference, AssumeRole, 2026). */
export const Role = z.strictObject({
  roleArn: z
    .string()
    .regex(/^arn:aws(?:-[a-z]+)*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, 'is no role: write its ARN, arn:aws:iam::ACCOUNT:role/NAME'),
  /** What the trust policy of the role wants to hear of whoever comes from another company. */
  externalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, 'is no external id')
    .optional(),
  sessionName: z
    .string()
    .regex(/^[\w+=,.@-]{2,64}$/, 'is no name of a session')
    .default('selfsame'),
});
export type Role = z.output<typeof Role>;

/** A request that is to be signed. */
export type Unsigned = Readonly<{
  method: 'POST';
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: string;
}>;

/** Whoever assumes the role: where, and by which signature. */
export type Assuming = Readonly<{ region: string; sign(request: Unsigned): Promise<Readonly<{ headers: Record<string, string> }>> }>;

/** What a role may use until it expires. */
export type RoleCredentials = Readonly<{ accessKeyId: string; secretAccessKey: string; sessionToken: string; expiration: Date }>;

const LARGEST_BYTES = 64 * 1024;

/** Asks STS for the credentials of a role; they are struck out of everything written. */
export async function assumeRole(role: Role, { region, sign }: Assuming, edge: Edge): Promise<RoleCredentials> {
  const url = endpointOf(region, edge);
  const wish = { Action: 'AssumeRole', Version: '2011-06-15', RoleArn: role.roleArn, RoleSessionName: role.sessionName };
  const body = new URLSearchParams({ ...wish, ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }) }).toString();
  const { headers } = await sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    path: url.pathname,
    query: {},
    headers: { host: url.host, 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
  const answer = await ask({ method: 'POST', url, headers, body, capBytes: LARGEST_BYTES }, edge);
  const text = answer.body.toString('utf8');
  if (answer.status !== 200) throw notAssumed(role, url, /<Code>(\w{1,100})<\/Code>/.exec(text)?.[1] ?? String(answer.status));
  return credentialsIn(text, url, edge);
}

/** The endpoint of the region, as every role may be assumed there; another where the environment names one, as SDKs have it. */
function endpointOf(region: string, edge: Edge): URL {
  const named = edge.variable('AWS_ENDPOINT_URL_STS');
  const url = new URL(named || `https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`);
  if (url.protocol === 'https:' || isLoopback(url.hostname)) return url;
  throw new AuditError('CONFIG_INVALID', `AWS_ENDPOINT_URL_STS is ${url.origin}`, {
    hint: 'Credentials are asked for over TLS alone: give it an https address.',
  });
}

/** Of XML that is documented only what is needed is read, and only as it can be. */
function credentialsIn(text: string, url: URL, edge: Edge): RoleCredentials {
  const read = (name: string) => new RegExp(`<${name}>([\\w/+=:.-]{1,8192})</${name}>`).exec(text)?.[1] ?? '';
  const [secretAccessKey, sessionToken] = [read('SecretAccessKey'), read('SessionToken')];
  for (const value of [secretAccessKey, sessionToken]) if (value !== '') edge.conceal(value);
  const found = { accessKeyId: read('AccessKeyId'), secretAccessKey, sessionToken, expiration: new Date(read('Expiration')) };
  if (found.accessKeyId !== '' && secretAccessKey !== '' && sessionToken !== '' && !Number.isNaN(found.expiration.getTime())) return found;
  throw unreadable('malformed', `${url.origin} answers with what are no credentials`, {
    hint: `Check that ${url.host} is the STS of AWS.`,
  });
}

// Codes of the STS API reference, "AssumeRole" and "Common Errors", 2026.
const REASONS: Readonly<Record<string, readonly [GapReason, (role: Role) => string]>> = {
  AccessDenied: [
    'forbidden',
    ({ roleArn, externalId }) =>
      `Allow sts:AssumeRole on ${roleArn} to the identity of this scan, and let the trust policy of the role name that identity${externalId === undefined ? ', and write its external id, if it wants one, as `externalId`' : ' and this external id'}.`,
  ],
  RegionDisabledException: ['forbidden', () => 'Enable STS in the region of the registry, in the account of the role.'],
  ExpiredToken: ['unauthenticated', () => 'The credentials have expired: renew them.'],
  InvalidClientTokenId: ['unauthenticated', () => 'AWS does not know these credentials: check which are in use here.'],
  SignatureDoesNotMatch: [
    'unauthenticated',
    () => 'AWS does not accept these credentials: check the secret, and the clock of this machine.',
  ],
  Throttling: ['rate-limited', () => 'Scan later.'],
};

/** A message of AWS names who asks, and is not repeated. */
function notAssumed(role: Role, { host }: URL, code: string): AuditError {
  const [because, hintOf] = (Object.hasOwn(REASONS, code) ? REASONS[code] : undefined) ?? [];
  const hint = hintOf?.(role) ?? `Check that ${host} is the STS of AWS, and that it can be reached from here (${code}).`;
  return unreadable(because ?? 'unreachable', `sts:AssumeRole of ${role.roleArn} answers ${code}`, { hint });
}
