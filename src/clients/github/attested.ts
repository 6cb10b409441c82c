import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { attest, type Proving } from '../../attestation/attest.ts';
import { kindOf } from '../../attestation/predicate.ts';
import type { Statement, Subject } from '../../attestation/statement.ts';
import { formatImageReference, type ImageReference } from '../../domain/image-reference.ts';
import { projectOf } from '../../domain/project.ts';
import { unreadable } from '../../error.ts';
import type { Facts } from '../records/formats/format.ts';
import { factsOf } from '../records/formats/statement.ts';
import { outputOf } from '../records/formats/subject.ts';

/** Where an attestation was found: for which digest, by which names that is known as an image, if it is, and in the store of whom. */
export type Found = Readonly<{ digest: string; names: readonly ImageReference[] | undefined; owner: string; repositoryId: string }>;

/**
 * The builds and tests that an attestation in GitHub's store records. It has to speak of the digest that it is stored under, and of the repository
 * that GitHub says stored it, by number where the statement has one: names can be taken over.
 */
export function factsIn(bundle: Uint8Array, found: Found, proving: Proving | undefined): Facts {
  const said = attest(bundle, proving);
  const { statement } = said;
  if (!statement.subjects.some((digest) => digest === found.digest)) throw speaksOfAnother('digest', found);
  const loggedAt = statement.loggedAt ?? said.signature?.at ?? signedAt(bundle);
  const named = statement.named.flatMap((subject) => namedOf(subject, found));
  const { facts, left } = factsOf({ ...said, statement: { ...statement, named, loggedAt } });
  // What a log only mentions may be a file; what somebody runs is an image.
  const isBuild = kindOf(statement.predicateType) === 'provenance';
  if (isBuild && facts.length + left.length === 0 && found.names) throw unnamed(found);
  refuseAnotherRepository(statement, facts, found);
  return { facts: facts.map(asTrusted), left };
}

/** Whoever may attest in a repository could have made up a test: it counts where its signer is one that is accepted. */
function asTrusted(fact: Facts['facts'][number]): Facts['facts'][number] {
  return fact.kind === 'test' && fact.trust !== 'verified' ? { ...fact, trust: 'declared' } : fact;
}

/** A subject that says no registry is called as the digest was seen: the store has it by its digest alone. */
function namedOf(subject: Subject, { digest, names = [] }: Found): readonly Subject[] {
  const isUnnamed = `sha256:${subject.digest['sha256']}` === digest && outputOf(subject) === undefined;
  return isUnnamed ? names.map((name) => ({ ...subject, name: formatImageReference({ ...name, digest: undefined }) })) : [subject];
}

const Numbered = z.object({
  buildDefinition: z.object({ internalParameters: z.object({ github: z.object({ repository_id: z.coerce.string() }) }) }),
});

function refuseAnotherRepository({ predicate }: Statement, facts: Facts['facts'], found: Found): void {
  const numbered = Numbered.safeParse(predicate);
  if (numbered.success) {
    const { repository_id: id } = numbered.data.buildDefinition.internalParameters.github;
    if (id !== found.repositoryId) throw speaksOfAnother('repository', found);
    return;
  }
  const projects = facts.flatMap((fact) => (fact.kind === 'build' && fact.source ? [projectOf(fact.source.repository)] : []));
  const isOfOwner = (project: string) => project.toLowerCase().startsWith(`${found.owner.toLowerCase()}/`);
  if (!projects.every(isOfOwner)) throw speaksOfAnother('owner', found);
}

function unnamed({ digest, owner }: Found): Error {
  return unreadable('unsupported', `an attestation that ${owner} stored of ${digest} names no image`, {
    hint: 'Attest with `subject-name: registry/repository`, as actions/attest-build-provenance is documented.',
  });
}

function speaksOfAnother(what: string, { digest, owner }: Found): Error {
  return unreadable('untrusted', `an attestation that ${owner} stored of ${digest} speaks of another ${what}`, {
    hint: `Find out who attested ${digest}: what it says counts for nothing.`,
  });
}

const Certificate = z.object({ rawBytes: z.string() });
const Bundle = z.object({
  verificationMaterial: z.object({
    certificate: Certificate.nullish(),
    x509CertificateChain: z.object({ certificates: z.array(Certificate).min(1) }).nullish(),
  }),
});

/** Private repositories log nothing in public: their certificates are made for one signature, and are valid from then on. */
function signedAt(bundle: Uint8Array): string | undefined {
  const { certificate, x509CertificateChain: chain } =
    Bundle.safeParse(JSON.parse(Buffer.from(bundle).toString('utf8'))).data?.verificationMaterial ?? {};
  const der = (certificate ?? chain?.certificates[0])?.rawBytes;
  if (der === undefined) return undefined;
  try {
    return new X509Certificate(Buffer.from(der, 'base64')).validFromDate.toISOString();
  } catch {
    return undefined;
  }
}
