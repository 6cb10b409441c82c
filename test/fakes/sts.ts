import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What was asked of STS: its parameters, and the key that signed, if any did. */
export type StsCall = Readonly<Record<string, string>> & Readonly<{ signedBy?: string }>;

export type FakeSts = Readonly<{
  endpoint: string;
  /** How long what it hands out from now on can be used; an hour until then. */
  lasting(ms: number): void;
  calls: StsCall[];
  /** Requests for the credentials of a pod, with the token that they bear. */
  podTokens: string[];
  /** Answers instead; undefined leaves it to what STS does. */
  reply(next: (call: StsCall) => Readonly<{ status: number; body: string }> | undefined): void;
  stop(): Promise<void>;
}>;

/** The key that STS hands out for a role: another for each, so that a test sees who signs what. */
export function keyOf(roleArn: string): string {
  return `ASIA${Buffer.from(roleArn).toString('hex').toUpperCase().slice(-16)}`;
}

/** What whoever has a key of his own signs with. */
export const OWN_SECRET = 'earl-grey-hot';
/** What a role signs with. */
export const ROLE_SECRET = 'lapsang/souchong+hot';
/** What shows that a signature is of a role. */
export const ROLE_TOKEN = 'session/token+of+the+role==';

/** What STS answers to whom it refuses. */
export function refusedBySts(code: string, status = 403): Readonly<{ status: number; body: string }> {
  const message = 'User: arn:aws:sts::210987654321:assumed-role/secret-name is not authorized';
  return {
    status,
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  };
}

/** Starts an STS on 127.0.0.1, in its XML, and the agent of Pod Identity beside it. */
export async function startSts(): Promise<FakeSts> {
  const calls: StsCall[] = [];
  const podTokens: string[] = [];
  let lifetimeMs = 3_600_000;
  let reply: Parameters<FakeSts['reply']>[0] = () => undefined;
  const answer = (call: StsCall) => reply(call) ?? { status: 200, body: answerTo(call, expiry()) };
  const expiry = () => new Date(Date.now() + lifetimeMs).toISOString();

  const server = http.createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      if (request.method === 'GET') {
        podTokens.push(String(request.headers.authorization));
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(podCredentials(expiry())));
        return;
      }
      const asked = Buffer.concat(pieces).toString();
      const [, signedBy] = /Credential=(\w+)\//.exec(request.headers.authorization ?? '') ?? [];
      const call = { ...Object.fromEntries(new URLSearchParams(asked)), ...(signedBy ? { signedBy } : {}) };
      calls.push(call);
      const isForged = signedBy !== undefined && ![OWN_SECRET, ROLE_SECRET].some((secret) => isSignedWith(secret, request, asked));
      const { status, body } = isForged ? refusedBySts('SignatureDoesNotMatch') : answer(call);
      response.writeHead(status, { 'content-type': 'text/xml' });
      response.end(body);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    podTokens,
    lasting(ms) {
      lifetimeMs = ms;
    },
    reply(next) {
      reply = next;
    },
    stop: () =>
      new Promise<void>((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}

function answerTo({ Action = '', RoleArn = '' }: Readonly<Record<string, string>>, expiration: string): string {
  const keys = `<AccessKeyId>${keyOf(RoleArn)}</AccessKeyId><SecretAccessKey>${ROLE_SECRET}</SecretAccessKey>`;
  const credentials = `<Credentials>${keys}<SessionToken>${ROLE_TOKEN}</SessionToken><Expiration>${expiration}</Expiration></Credentials>`;
  const user = `<AssumedRoleUser><AssumedRoleId>AROATEA:selfsame</AssumedRoleId><Arn>${RoleArn}</Arn></AssumedRoleUser>`;
  const namespace = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';
  return `<${Action}Response ${namespace}><${Action}Result>${credentials}${user}</${Action}Result></${Action}Response>`;
}

function podCredentials(expiration: string): object {
  return { AccessKeyId: keyOf('pod'), SecretAccessKey: ROLE_SECRET, Token: ROLE_TOKEN, Expiration: expiration };
}

const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();

/** Whether a request is signed for STS with that secret, as AWS checks it (Signature Version 4). */
function isSignedWith(secret: string, { headers }: http.IncomingMessage, body: string): boolean {
  const authorization = /Credential=\w+\/([\w-]+)\/([\w-]+)\/sts\/aws4_request, SignedHeaders=([\w;-]+), Signature=(\w+)$/;
  const [, day = '', region = '', signed = '', signature] = authorization.exec(headers.authorization ?? '') ?? [];
  const lines = signed.split(';').map((name) => `${name}:${String(headers[name])}\n`);
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const request = ['POST', '/', '', lines.join(''), signed, sha256(body)].join('\n');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], `${day}/${region}/sts/aws4_request`, sha256(request)].join('\n');
  const key = [region, 'sts', 'aws4_request'].reduce(hmac, hmac(`AWS4${secret}`, day));
  return ['host', 'x-amz-date'].every((name) => signed.split(';').includes(name)) && hmac(key, text).toString('hex') === signature;
}
