import { z } from 'zod';
import { attest } from '../../attestation/attest.ts';
import { billOf, isBill } from '../../attestation/bill.ts';
import type { BlobTaker, ReadBlob } from '../../collect/define-source.ts';
import type { AttachedBill, BillSubject, BillsRead } from '../../domain/bill.ts';
import { Digest } from '../../domain/digest.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { AuditError, unreadable } from '../../error.ts';
import { MOST_ATTACHMENTS, MOST_LAYERS, type Reading, STATEMENTS } from './attached.ts';
import { Annotations, checked } from './content.ts';
import { bundled } from './cosign-bundle.ts';
import { verify } from './verify.ts';

/** What reading bills takes: manifests by digest, blobs piece by piece, what refers to an image, and whose signatures count. */
export type BillReading = Pick<Reading, 'referrers' | 'proving'> &
  Readonly<{ finder: Pick<Reading['finder'], 'read'>; download: ReadBlob }>;

const MIB = 1024 * 1024;
const LARGEST_BYTES = 32 * MIB;
/** Whoever may push may attach: an image has one bill, or one for each stage of its build. */
const MOST_BILLS = 10;
// Files, and what contains what, take most of a bill. One of 21 MiB, with 70,000 files and 700,000 keys, took 1.5 s and 340 MB (measured).
const MOST_KEYS = 1_000_000;

const Layer = z.object({
  mediaType: z.string(),
  digest: Digest,
  size: z.int().nonnegative(),
  annotations: Annotations,
});
type Layer = z.output<typeof Layer>;
const Attestation = z.object({ subject: z.object({ digest: Digest }).nullish(), layers: z.array(Layer).max(MOST_LAYERS).nullish() });

/** Reads the bills of materials that are attached to an image, as far as the caps on their number and size go; one that fails leaves the others alone. */
export async function readBills(of: BillSubject, reading: BillReading): Promise<BillsRead> {
  const unread: string[] = [];
  const keep: Keep = async (what, job) => {
    try {
      return await job();
    } catch (error) {
      if (!(error instanceof AuditError) || error.because === undefined) throw error;
      unread.push(
        `${what}: ${error.because}: ${error.message.replace(/^it could not be read: /, '')}${error.hint ? ` (${error.hint})` : ''}`,
      );
      return [];
    }
  };
  const layers: Layer[] = [];
  for (const attachment of await attachmentsOf(of, reading, keep))
    layers.push(...(await keep(attachment, () => layersOf(attachment, of, reading))));
  const distinct = [...new Map(layers.map((layer) => [layer.digest, layer])).values()];
  if (distinct.length > MOST_BILLS) unread.push(`more than ${MOST_BILLS} SBOMs are attached, and no more are read: see who attached them`);
  const bills: AttachedBill[] = [];
  for (const layer of distinct.slice(0, MOST_BILLS)) bills.push(...(await keep(layer.digest, () => readBill(layer, of, reading))));
  return { bills, unread };
}

type Keep = <T>(what: string, job: () => Promise<readonly T[]>) => Promise<readonly T[]>;

async function attachmentsOf({ repository, digests, members }: BillSubject, { referrers }: BillReading, keep: Keep) {
  const listed: Digest[] = [];
  for (const digest of referrers ? digests : []) {
    const found = (await keep(digest, async () => (await referrers?.(repository, digest)) ?? [])).filter(({ artifactType, annotations }) =>
      mayHold(artifactType, annotations['dev.sigstore.bundle.predicateType']),
    );
    if (found.length > MOST_ATTACHMENTS) await keep(digest, () => Promise.reject(tooMany(digest)));
    listed.push(...found.slice(0, MOST_ATTACHMENTS).map((one) => one.digest));
  }
  return new Set([...members, ...listed]);
}

/** What names another type is believed, so that it is not fetched. */
function mayHold(type: string, predicateType: string | undefined): boolean {
  return (type === '' || STATEMENTS.test(type)) && (predicateType === undefined || isBill(predicateType));
}

async function layersOf(digest: Digest, { repository, digests }: BillSubject, { finder }: BillReading): Promise<readonly Layer[]> {
  const { body, locator } = await finder.read({ is: 'manifest', repository, digest });
  const { subject, layers } = checked(Attestation, parseStrictJson(body), 'an attestation');
  if (subject && !digests.includes(subject.digest)) throw ofAnother(locator);
  return (layers ?? []).filter(({ mediaType, annotations }) =>
    mayHold(mediaType, annotations['in-toto.io/predicate-type'] ?? annotations['predicateType']),
  );
}

async function readBill(layer: Layer, { repository, digests }: BillSubject, reading: BillReading): Promise<readonly AttachedBill[]> {
  const bytes = bundled(await download(layer, repository, reading.download), layer.annotations);
  const { statement, trust, signature } = attest(bytes, reading.proving, MOST_KEYS);
  if (!isBill(statement.predicateType)) return [];
  if (!statement.subjects.some((digest) => digests.includes(digest))) throw ofAnother(layer.digest);
  return [{ ...billOf(statement), digest: layer.digest, trust, ...(signature ? { by: signature.by } : {}) }];
}

async function download({ digest, size }: Layer, repository: string, read: ReadBlob): Promise<Buffer> {
  if (size > LARGEST_BYTES) throw tooLarge(digest);
  let pieces: Buffer[] = [];
  const open = (): BlobTaker => {
    // An attempt before this one was cut off.
    pieces = [];
    let taken = 0;
    return {
      push(piece) {
        taken += piece.length;
        if (taken > size) throw tooLarge(digest);
        pieces.push(piece);
      },
      end: () => undefined,
    };
  };
  await read({ repository, digest, size }, open);
  const body = Buffer.concat(pieces);
  verify(digest, body, digest);
  return body;
}

function tooLarge(digest: Digest): AuditError {
  return unreadable('too-large', `${digest} is larger than ${LARGEST_BYTES / MIB} MiB, or than its manifest says`, {
    hint: `SBOMs of up to ${LARGEST_BYTES / MIB} MiB are read: have the generator list packages, and not their files.`,
  });
}

function tooMany(digest: Digest): AuditError {
  return unreadable('too-large', `more than ${MOST_ATTACHMENTS} attestations are attached to ${digest}`, {
    hint: `Look at what is attached, and by whom: no more than ${MOST_ATTACHMENTS} are read.`,
  });
}

function ofAnother(what: string): AuditError {
  return unreadable('untrusted', `${what} is attached to the image and speaks of another`, {
    hint: 'Find out who attached it: it says nothing of that image.',
  });
}
