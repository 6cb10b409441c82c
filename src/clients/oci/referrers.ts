import { z } from 'zod';
import { Digest } from '../../domain/digest.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { AuditError, unreadable } from '../../error.ts';
import type { Answer } from '../http.ts';
import { checked } from './content.ts';

/** What says something of a digest: a manifest that has it as its subject. */
export type Referrer = Readonly<{ digest: Digest; artifactType: string; annotations: Readonly<Record<string, string>> }>;

/** One answer of the referrers API, and where the next one is. */
export type ReferrersPage = Readonly<{ referrers: readonly Referrer[]; next: string | undefined }>;

const MOST = 1000;
const Descriptor = z.object({
  digest: Digest,
  artifactType: z.string().nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
});
const List = z.object({ manifests: z.array(Descriptor) });

/**
 * Reads a list of referrers (OCI distribution-spec 1.1, "Listing Referrers": where nothing refers, the list is empty); that of the tag schema has
 * the same form. An answer without a list, as of an error that is served as success, says nothing of what refers.
 */
export function readReferrers(body: Uint8Array, locator: string): readonly Referrer[] {
  const { manifests } = listIn(body, locator);
  if (manifests.length > MOST)
    throw unreadable('too-large', `${locator} lists ${manifests.length}`, {
      hint: `Look at what refers to the image, and who attached it: no more than ${MOST} of a page are read of ${locator}.`,
    });
  return manifests.map(({ digest, artifactType, annotations }) => ({
    digest,
    artifactType: artifactType ?? '',
    annotations: annotations ?? {},
  }));
}

function listIn(body: Uint8Array, locator: string): z.output<typeof List> {
  try {
    return checked(List, parseStrictJson(body), 'a list of referrers');
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    throw unreadable(error.because ?? 'malformed', `${locator}: ${error.message}`, {
      hint: `See what ${locator} answers: it is not the list of what refers to the image, whatever stands before the registry.`,
      cause: error,
    });
  }
}

/** Where the next page of a list is; only the list itself, at its own host, is ever followed. */
export function nextPage({ headers }: Answer, url: URL): string | undefined {
  const [, target] = /^\s*<([^>]*)>\s*;\s*rel="?next"?\s*$/i.exec(headers['link'] ?? '') ?? [];
  if (target === undefined) return undefined;
  const next = URL.canParse(target, url.href) ? new URL(target, url) : undefined;
  if (next?.origin === url.origin && next.pathname === url.pathname && next.search !== url.search) return next.search;
  throw unreadable('untrusted', `${url.origin}${url.pathname} goes on elsewhere`, {
    hint: `${url.host} sends elsewhere for the rest of a list, which is not followed: tell whoever runs it.`,
  });
}
