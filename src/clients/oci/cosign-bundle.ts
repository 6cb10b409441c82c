import { z } from 'zod';
import { parseStrictJson } from '../../domain/strict-json.ts';

type Annotations = Readonly<Record<string, string>>;

// What cosign 2 writes (github.com/sigstore/cosign, specs/SIGNATURE_SPEC.md and the annotations of its attestations, 2026).
const CERTIFICATE = 'dev.sigstore.cosign/certificate';
const PROMISE = 'dev.sigstore.cosign/bundle';
const MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle+json;version=0.1';

const Promised = z.object({
  ['SignedEntryTimestamp']: z.string(),
  ['Payload']: z.object({
    body: z.string(),
    integratedTime: z.int(),
    logIndex: z.int(),
    ['logID']: z.string().regex(/^[0-9a-f]{64}$/),
  }),
});
const Body = z.object({ kind: z.string(), apiVersion: z.string() });

/** The bundle that cosign 2 attached in pieces: an envelope as a layer, its certificate and the log's promise as annotations of it; without those, the layer as it is. */
export function bundled(layer: Uint8Array, annotations: Annotations): Uint8Array {
  const rawBytes = /^-----BEGIN CERTIFICATE-----([\sA-Za-z0-9+/=]+)-----END CERTIFICATE-----\s*$/.exec(annotations[CERTIFICATE] ?? '')?.[1];
  const tlogEntry = entryOf(annotations[PROMISE]);
  if (rawBytes === undefined || tlogEntry === undefined) return layer;
  const certificates = [{ rawBytes: rawBytes.replaceAll(/\s/g, '') }];
  const verificationMaterial = { x509CertificateChain: { certificates }, tlogEntries: [tlogEntry] };
  return Buffer.from(JSON.stringify({ mediaType: MEDIA_TYPE, dsseEnvelope: parseStrictJson(layer), verificationMaterial }));
}

function entryOf(text: string | undefined): object | undefined {
  const promised = Promised.safeParse(jsonOf(text ?? ''));
  if (!promised.success) return undefined;
  const { SignedEntryTimestamp: signedEntryTimestamp, Payload: entry } = promised.data;
  const body = Body.safeParse(jsonOf(Buffer.from(entry.body, 'base64').toString('utf8')));
  // The oldest entries (cosign before 2.2) hold no signature, so that none is bound to a promise by them.
  if (!body.success || (body.data.kind === 'intoto' && body.data.apiVersion === '0.0.1')) return undefined;
  return {
    logIndex: `${entry.logIndex}`,
    logId: { keyId: Buffer.from(entry.logID, 'hex').toString('base64') },
    kindVersion: { kind: body.data.kind, version: body.data.apiVersion },
    integratedTime: `${entry.integratedTime}`,
    inclusionPromise: { signedEntryTimestamp },
    canonicalizedBody: entry.body,
  };
}

function jsonOf(text: string): unknown {
  try {
    return parseStrictJson(Buffer.from(text));
  } catch {
    return undefined;
  }
}
