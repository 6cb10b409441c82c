import { z } from 'zod';
import { type Attested, attest, type Proving } from '../../attestation/attest.ts';
import { kindOf } from '../../attestation/predicate.ts';
import { parseStatement } from '../../attestation/statement.ts';
import { Digest } from '../../domain/digest.ts';
import { byText, sortedBy } from '../../domain/order.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { AuditError, unreadable } from '../../error.ts';
import { Annotations, type Content, checked } from './content.ts';
import { bundled } from './cosign-bundle.ts';
import type { Finder } from './find.ts';
import { instantOf } from './instant.ts';
import type { Referrer } from './referrers.ts';

/** A statement that lies in a registry, what it speaks of, and how far it can be trusted. */
export type Attached = Readonly<{ of: Subject; said: Attested; locator: string; bytes?: Digest }>;

/** An image or index that something may be said of. */
export type Subject = Readonly<{ digest: Digest; repository: string; role: 'index' | 'manifest' }>;

/** What could not be read of what is said of a subject, or is not believed: of its build, or of its tests. */
export type Unread = Readonly<{ of: Subject; about: 'build' | 'test'; reference: string; error: AuditError }>;

type Attachment = Readonly<{ digest: Digest; of: Subject }>;
export type Referrers = (repository: string, digest: Digest) => Promise<readonly Referrer[]>;

/** How many statements of one attachment are read. */
export const MOST_LAYERS = 100;
// Each costs two requests and, where it is verified, ten milliseconds, and whoever may push may attach: an image has a few of them.
export const MOST_ATTACHMENTS = 100;
const Layer = z.object({
  mediaType: z.string(),
  digest: Digest,
  annotations: Annotations,
});
const Attestation = z.object({ subject: z.object({ digest: Digest }).nullish(), layers: z.array(Layer).max(MOST_LAYERS).nullish() });

/** What reading attachments takes: contents by digest, what refers to them, and whose signatures count. */
export type Reading = Readonly<{
  finder: Pick<Finder, 'read' | 'keep'>;
  referrers: Referrers | undefined;
  proving?: Proving | undefined;
}>;

/** Reads what registries hold of builds and tests of contents: BuildKit's members, and whatever refers to them. One that fails leaves the others alone. */
export async function readAttached(
  contents: readonly Content[],
  reading: Reading,
): Promise<Readonly<{ attached: readonly Attached[]; unread: readonly Unread[] }>> {
  const { referrers } = reading;
  const unread: Unread[] = [];
  const keep: Keep = async ({ of, about, reference }, job) => {
    try {
      return await job();
    } catch (error) {
      if (!(error instanceof AuditError) || error.because === undefined) throw error;
      unread.push({ of, about, reference, error });
      return [];
    }
  };
  const listed = referrers
    ? await Promise.all(
        contents
          .flatMap(subjectOf)
          .map((of) => keep({ of, about: 'build', reference: of.digest }, () => attachmentsOf(of, referrers, reading.proving))),
      )
    : [];
  unread.push(...listed.flatMap((attachments) => beyondMost(attachments, reading.proving)));
  const attachments = distinct([...contents.flatMap(membersOf), ...listed.flatMap((of) => of.slice(0, MOST_ATTACHMENTS))]);
  const found = await Promise.all(
    attachments.map((one) => keep({ of: one.of, about: 'build', reference: one.digest }, () => readAttachment(one, reading, keep))),
  );
  return { attached: found.flat(), unread: sortedBy(unread, ({ of, reference, about }) => `${of.digest} ${reference} ${about}`) };
}

/** That there are more than are read; tests are looked for only where somebody is accepted. */
function beyondMost(attachments: readonly Attachment[], proving: Proving | undefined): readonly Unread[] {
  const beyond = attachments[MOST_ATTACHMENTS];
  if (!beyond) return [];
  const { of } = beyond;
  const kinds = proving ? (['build', 'test'] as const) : (['build'] as const);
  return kinds.map((about) => ({ of, about, reference: of.digest, error: tooMany(of) }));
}

type Keep = <T>(what: Omit<Unread, 'error'>, job: () => Promise<readonly T[]>) => Promise<readonly T[]>;

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

async function attachmentsOf(of: Subject, referrers: Referrers, proving: Proving | undefined): Promise<readonly Attachment[]> {
  const found = await referrers(of.repository, of.digest);
  return found
    .filter(({ artifactType, annotations }) => mayBeAsked(artifactType, annotations['dev.sigstore.bundle.predicateType'], proving))
    .toSorted(newestFirst)
    .map(({ digest }) => ({ digest, of }));
}

/** Of more than are read, the newest say most of an image; whoever attached it says when, and what says nothing comes last. */
function newestFirst(a: Referrer, b: Referrer): number {
  return byText(createdOf(b), createdOf(a));
}

function createdOf({ annotations }: Referrer): string {
  return instantOf(annotations['org.opencontainers.image.created']) ?? '';
}

/** The media types that statements and their envelopes are attached as. */
export const STATEMENTS = /^application\/vnd\.(?:in-toto|dsse|dev\.sigstore\.bundle|docker\.attestation)/;

/** Signatures, scans and packing lists are attached alike; what names its type is believed, so that they are not fetched. */
function mayBeAsked(type: string, predicateType: string | undefined, proving: Proving | undefined): boolean {
  return (type === '' || STATEMENTS.test(type)) && (predicateType === undefined || isAsked(predicateType, proving));
}

/** Whoever may push may attach that a test has passed: only proof of who says so makes a test of it. */
function isAsked(predicateType: string, proving: Proving | undefined): boolean {
  const kind = kindOf(predicateType);
  return kind === 'provenance' || (kind !== undefined && proving?.covers(predicateType, 'bundle') === true);
}

function distinct(attachments: readonly Attachment[]): Attachment[] {
  return [...new Map(attachments.map((one) => [`${one.digest} ${one.of.digest}`, one])).values()];
}

async function readAttachment(attachment: Attachment, reading: Reading, keep: Keep): Promise<readonly Attached[]> {
  const { digest, of } = attachment;
  const held = await reading.finder.read({ is: 'manifest', repository: of.repository, digest });
  const { subject, layers } = checked(Attestation, parseStrictJson(held.body), 'an attestation');
  if (subject && subject.digest !== of.digest) throw ofAnother(held.locator, of);
  const statements = (layers ?? []).filter(({ mediaType, annotations }) => {
    const type = annotations['in-toto.io/predicate-type'] ?? annotations['predicateType'];
    return STATEMENTS.test(mediaType) && mayBeAsked(mediaType, type, reading.proving);
  });
  const found: Attached[] = [];
  for (const layer of statements) found.push(...(await readLayer(layer, attachment, reading, keep)));
  return found;
}

type Stated = z.output<typeof Layer>;

async function readLayer(
  layer: Stated,
  { digest, of }: Attachment,
  { finder, proving }: Reading,
  keep: Keep,
): Promise<readonly Attached[]> {
  const { body, locator } = await finder.read({ is: 'config', repository: of.repository, digest: layer.digest });
  const claimed = parseStatement(body);
  if (!isAsked(claimed.predicateType, proving)) return [];
  if (!claimed.subjects.includes(of.digest)) throw ofAnother(locator, of);
  const about = kindOf(claimed.predicateType) === 'provenance' ? 'build' : 'test';
  return keep({ of, about, reference: digest }, () => {
    // What is kept has to verify again: an envelope without the certificate and the promise beside it does not.
    const whole = bundled(body, layer.annotations);
    const said = attest(whole, proving);
    const bytes = finder.keep(whole);
    return Promise.resolve([{ of, said, locator, ...(bytes ? { bytes } : {}) }]);
  });
}

function tooMany({ repository, digest }: Subject): AuditError {
  return unreadable('too-large', `more than ${MOST_ATTACHMENTS} attestations are attached to ${digest}`, {
    hint: `Look at what is attached to ${repository}@${digest}, and by whom: no more than ${MOST_ATTACHMENTS} attestations of an image are read.`,
  });
}

function ofAnother(locator: string, { repository, digest }: Subject): AuditError {
  return unreadable('untrusted', `${locator} is attached to ${digest} and speaks of another`, {
    hint: `Find out who attached it to ${repository}@${digest}: it says nothing of that image.`,
  });
}
