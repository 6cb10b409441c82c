import { z } from 'zod';
import { parseStrictJson } from '../domain/strict-json.ts';
import { unreadable } from '../error.ts';

/** A statement's bytes as they were signed, in what they lie, and when a transparency log says it took them in; nothing of it is verified. */
export type Enclosed = Readonly<{ payload: Uint8Array; in: 'nothing' | 'envelope' | 'bundle'; loggedAt: string | undefined }>;

/** What in-toto statements are enclosed as (in-toto attestation framework, envelope.md). */
export const IN_TOTO = 'application/vnd.in-toto+json';
// Both alphabets are in use: Google Cloud Build writes that of URLs.
const BASE64 = /^[\w+/-]*={0,2}$/;

const Envelope = z.object({ payload: z.string(), payloadType: z.string() });
const Entry = z.object({ integratedTime: z.union([z.string(), z.number()]).nullish() });
const Document = z.looseObject({
  dsseEnvelope: Envelope.optional(),
  verificationMaterial: z.object({ tlogEntries: z.array(Entry).nullish() }).optional(),
  payload: z.string().optional(),
  payloadType: z.string().optional(),
  ['_type']: z.string().optional(),
});

/** Opens a DSSE envelope or a Sigstore bundle; a bare statement is its own payload. */
export function openEnvelope(bytes: Uint8Array, mostKeys?: number): Enclosed {
  const parsed = Document.safeParse(parseStrictJson(bytes, mostKeys));
  if (!parsed.success) throw unreadable('malformed', 'it is no statement and encloses none');
  const { dsseEnvelope, verificationMaterial, _type: type, ...bare } = parsed.data;
  if (type !== undefined) return { payload: bytes, in: 'nothing', loggedAt: undefined };
  const envelope = dsseEnvelope ?? Envelope.safeParse(bare).data;
  if (!envelope) throw unreadable('malformed', 'it is no statement and encloses none');
  if (envelope.payloadType !== IN_TOTO) throw unreadable('unsupported', `it encloses ${envelope.payloadType}`);
  if (!BASE64.test(envelope.payload)) throw unreadable('malformed', 'what it encloses is no base64');
  const loggedAt = timeOf(verificationMaterial?.tlogEntries?.[0]?.integratedTime);
  return { payload: Buffer.from(envelope.payload, 'base64'), in: dsseEnvelope ? 'bundle' : 'envelope', loggedAt };
}

const LATEST_SECONDS = 253_402_300_799;

function timeOf(seconds: string | number | null | undefined): string | undefined {
  const time = Number(seconds ?? Number.NaN);
  return Number.isInteger(time) && time > 0 && time <= LATEST_SECONDS ? new Date(time * 1000).toISOString() : undefined;
}
