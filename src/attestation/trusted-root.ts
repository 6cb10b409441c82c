import { TrustedRoot } from '@sigstore/protobuf-specs';
import { z } from 'zod';
import { Digest } from '../domain/digest.ts';
import { sha256 } from '../domain/identify.ts';
import { parseStrictJson } from '../domain/strict-json.ts';
import { unreadable } from '../error.ts';

/** Whom signatures are traced back to, the digest of the bytes that say so, and how much of each kind of witness it can ask for. */
export type Root = Readonly<{ digest: Digest; material: TrustedRoot; logs: number; certificateLogs: number }>;

// Without a beginning an authority would be trusted for all times; the library takes it so (sigstore-conformance, 2026).
const Since = z.object({ start: z.iso.datetime({ offset: true }), end: z.iso.datetime({ offset: true }).nullish() });
const Log = z.object({ publicKey: z.object({ rawBytes: z.string().min(1), validFor: Since }), logId: z.object({ keyId: z.string() }) });
const Authority = z.object({
  certChain: z.object({ certificates: z.array(z.object({ rawBytes: z.string().min(1) })).min(1) }),
  validFor: Since,
});
const Shape = z.object({
  mediaType: z.string().regex(/^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.[12]|\.v0\.[12]\+json)$/),
  certificateAuthorities: z.array(Authority).min(1),
  tlogs: z.array(Log).default([]),
  ctlogs: z.array(Log).default([]),
  timestampAuthorities: z.array(Authority).default([]),
});

/** The root of nobody: what a key alone signed leads to none. */
export const NO_ROOT: Pick<Root, 'material'> = { material: TrustedRoot.fromJSON({}) };

/** Reads a trusted root: every authority and log in it has a key, and a time since when it is trusted. */
export function readRoot(bytes: Uint8Array): Root {
  const value = parseStrictJson(bytes);
  const parsed = Shape.safeParse(value);
  const issue = parsed.error?.issues[0];
  if (!parsed.success) throw unreadable('malformed', `it is no trusted root: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  const { tlogs, ctlogs, timestampAuthorities } = parsed.data;
  if (tlogs.length + timestampAuthorities.length === 0)
    throw unreadable('malformed', 'it is no trusted root: it knows no log and no timestamp authority, so that nothing can be dated');
  return {
    digest: Digest.parse(`sha256:${sha256(bytes)}`),
    material: TrustedRoot.fromJSON(value),
    logs: Math.min(tlogs.length, 1),
    certificateLogs: Math.min(ctlogs.length, 1),
  };
}
