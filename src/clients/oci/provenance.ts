import { z } from 'zod';
import { type Provenance, provenanceOf } from '../../attestation/provenance.ts';
import { parseStatement } from '../../attestation/statement.ts';
import { Digest } from '../../domain/digest.ts';
import { sortedBy } from '../../domain/order.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { AuditError, unreadable } from '../../error.ts';
import { type Content, checked } from './content.ts';
import type { Finder } from './find.ts';
import type { Referrer } from './referrers.ts';

/** Provenance as it lies in a registry, and what it speaks of. */
export type Attested = Readonly<{ of: Subject; provenance: Provenance; locator: string; bytes?: Digest }>;

/** An image or index that something may be said of. */
export type Subject = Readonly<{ digest: Digest; repository: string; role: 'index' | 'manifest' }>;

/** What could not be read of what is said of a subject. */
export type Unread = Readonly<{ of: Subject; reference: string; error: AuditError }>;

type Attachment = Readonly<{ digest: Digest; of: Subject }>;
export type Referrers = (repository: string, digest: Digest) => Promise<readonly Referrer[]>;

const MOST_LAYERS = 100;
const Layer = z.object({
  mediaType: z.string(),
  digest: Digest,
  annotations: z
    .record(z.string(), z.string())
    .nullish()
    .transform((found) => found ?? {}),
});
const Attestation = z.object({ subject: z.object({ digest: Digest }).nullish(), layers: z.array(Layer).max(MOST_LAYERS).nullish() });

/** Reads what registries hold of the origin of contents: BuildKit's members, and whatever refers to them. One that fails leaves the others alone. */
export async function readProvenance(
  contents: readonly Content[],
  finder: Pick<Finder, 'read' | 'keep'>,
  referrers: Referrers | undefined,
): Promise<Readonly<{ attested: readonly Attested[]; unread: readonly Unread[] }>> {
  const unread: Unread[] = [];
  const keep = async <T>(of: Subject, reference: string, job: () => Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await job();
    } catch (error) {
      if (!(error instanceof AuditError) || error.because === undefined) throw error;
      unread.push({ of, reference, error });
      return [];
    }
  };
  const listed = referrers
    ? await Promise.all(contents.flatMap(subjectOf).map((of) => keep(of, of.digest, () => attachmentsOf(of, referrers))))
    : [];
  const attachments = distinct([...contents.flatMap(membersOf), ...listed.flat()]);
  const found = await Promise.all(attachments.map((one) => keep(one.of, one.digest, () => readAttachment(one, finder))));
  return { attested: found.flat(), unread: sortedBy(unread, ({ of, reference }) => `${of.digest} ${reference}`) };
}

function subjectOf(content: Content): Subject[] {
  if (content.kind === 'config') return [];
  return [{ digest: Digest.parse(content.digest), repository: content.image.repository, role: content.kind }];
}

/** BuildKit's own members of an index (docs/attestations/attestation-storage.md, 2026: both of its forms are listed alike). */
function membersOf(content: Content): Attachment[] {
  if (content.kind !== 'index') return [];
  const { repository } = content.image;
  return content.members.flatMap(({ digest, attests }) =>
    attests ? [{ digest: Digest.parse(digest), of: { digest: Digest.parse(attests), repository, role: 'manifest' as const } }] : [],
  );
}

async function attachmentsOf(of: Subject, referrers: Referrers): Promise<readonly Attachment[]> {
  const found = await referrers(of.repository, of.digest);
  return found
    .filter(({ artifactType, annotations }) => mayBeStatement(artifactType, annotations['dev.sigstore.bundle.predicateType']))
    .map(({ digest }) => ({ digest, of }));
}

const PROVENANCE = /^https:\/\/slsa\.dev\/provenance\//;
const STATEMENTS = /^application\/vnd\.(?:in-toto|dsse|dev\.sigstore\.bundle|docker\.attestation)/;

/** Signatures, scans and packing lists are attached alike; what names its type is believed, so that they are not fetched. */
function mayBeStatement(type: string, predicateType: string | undefined): boolean {
  return (type === '' || STATEMENTS.test(type)) && (predicateType === undefined || PROVENANCE.test(predicateType));
}

function distinct(attachments: readonly Attachment[]): Attachment[] {
  return [...new Map(attachments.map((one) => [`${one.digest} ${one.of.digest}`, one])).values()];
}

async function readAttachment({ digest, of }: Attachment, finder: Pick<Finder, 'read' | 'keep'>): Promise<readonly Attested[]> {
  const { repository } = of;
  const held = await finder.read({ is: 'manifest', repository, digest });
  const { subject, layers } = checked(Attestation, parseStrictJson(held.body), 'an attestation');
  if (subject && subject.digest !== of.digest) throw ofAnother(held.locator, of);
  const statements = (layers ?? []).filter(
    ({ mediaType, annotations }) =>
      STATEMENTS.test(mediaType) && mayBeStatement(mediaType, annotations['in-toto.io/predicate-type'] ?? annotations['predicateType']),
  );
  const found: Attested[] = [];
  for (const { digest: blob } of statements) {
    const { body, locator } = await finder.read({ is: 'config', repository, digest: blob });
    const provenance = provenanceOf(parseStatement(body));
    if (!provenance) continue;
    if (!provenance.subjects.includes(of.digest)) throw ofAnother(locator, of);
    const bytes = finder.keep(body);
    found.push({ of, provenance, locator, ...(bytes ? { bytes } : {}) });
  }
  return found;
}

function ofAnother(locator: string, { repository, digest }: Subject): AuditError {
  return unreadable('untrusted', `${locator} is attached to ${digest} and speaks of another`, {
    hint: `Find out who attached it to ${repository}@${digest}: it says nothing of that image.`,
  });
}
