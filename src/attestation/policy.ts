import { z } from 'zod';
import { Digest } from '../domain/digest.ts';
import { projectOf } from '../domain/project.ts';
import { isVerification, KINDS_OF_STATEMENT, kindOf } from './predicate.ts';

const text = z.string().min(1);
const exact = text.refine((written) => !written.includes('*'), {
  error: 'is compared letter by letter: write it out, once for each that is accepted',
});
const SAID = `is ${KINDS_OF_STATEMENT.join(', ')} or the type of a predicate`;
const what = z
  .array(z.union([z.enum(KINDS_OF_STATEMENT), z.url({ error: SAID })], { error: SAID }))
  .min(1, `says for what it is accepted: ${KINDS_OF_STATEMENT.join(', ')}`);
const time = z.iso.datetime({ offset: true, error: 'is not an instant: write 2026-03-02T09:00:00Z, with its zone' });

const verification = {
  /** As whom its signer may say that something was verified: nobody speaks for another's verifier. */
  verifier: exact.optional(),
  /** The policies that count, as a summary names its own and a simple result its properties. */
  policies: z.array(exact).min(1).optional(),
  /** Globs over what a summary says that it verified. */
  resources: z.array(text).min(1).optional(),
};
type AcceptedFor = Readonly<{ for: readonly string[] }> & AcceptedVerification;

/** What a verification has to say of itself to count. */
export type AcceptedVerification = Readonly<
  Partial<{ verifier: string | undefined; policies: readonly string[] | undefined; resources: readonly string[] | undefined }>
>;

/** Whoever may say that something was verified is asked for by name; of nobody else is that said. */
function mistakeOf({ for: kinds, verifier, policies, resources }: AcceptedFor): string | undefined {
  const forVerifications = kinds.filter((kind) => kind === 'verification' || kindOf(kind) === 'verification');
  const isNamed = (verifier ?? policies ?? resources) !== undefined;
  if (forVerifications.length === 0) return isNamed ? 'names a verifier, and is accepted for no verification' : undefined;
  if (verifier === undefined || policies === undefined)
    return 'is accepted for verifications: name its `verifier` and the `policies` that count';
  const isSimple = forVerifications.every((kind) => isVerification(kind, 'simple'));
  return resources === undefined && !isSimple ? 'is accepted for verifications: name the `resources` that it may speak of' : undefined;
}

function refuseMistake(one: AcceptedFor, { addIssue }: Pick<z.RefinementCtx<AcceptedFor>, 'addIssue'>): void {
  const message = mistakeOf(one);
  if (message !== undefined) addIssue({ code: 'custom', path: ['for'], message });
}

/** Somebody whose signature is accepted: whom an issuer says it is, both letter by letter, and for what. */
export const AcceptedIdentity = z.strictObject({
  for: what,
  /** `none` for certificates that name no issuer. */
  issuer: exact,
  identity: exact,
  /** Globs over the ref that the certificate claims; then the name is the identity, @ and that ref. */
  refs: z.array(text).min(1).optional(),
  repository: text.transform(projectOf).optional(),
  workflow: text.optional(),
  runner: text.optional(),
  triggers: z.array(text).min(1).optional(),
  ...verification,
});
export type AcceptedIdentity = z.output<typeof AcceptedIdentity>;

/** A key whose signature is accepted, for what, and within which time. */
export const AcceptedKey = z.strictObject({
  for: what,
  key: text,
  keyId: text.optional(),
  from: time.optional(),
  until: time.optional(),
  ...verification,
});
export type AcceptedKey = z.output<typeof AcceptedKey>;

/** A union would only say that neither form fits; what is written decides which of them is meant. */
const Accepted = z.union([AcceptedIdentity.superRefine(refuseMistake), AcceptedKey.superRefine(refuseMistake)], {
  error({ code, input, errors }) {
    if (code !== 'invalid_union' || typeof input !== 'object' || input === null) return 'is { for, issuer, identity } or { for, key }';
    const [first] = errors['key' in input ? 1 : 0] ?? [];
    return `${first?.path.join('.') ?? ''}: ${first?.message ?? 'is neither a signer nor a key'}`;
  },
});

const RootFile = z.union([text.transform((file) => ({ file, digest: undefined })), z.strictObject({ file: text, digest: Digest })], {
  error: 'is the path of a trusted root, or { file, digest }',
});

/** Which signatures count: trusted roots in files, and whose signatures are accepted. */
export const TrustSettings = z
  .strictObject({
    roots: z.array(RootFile).max(10).default([]),
    accept: z.array(Accepted).min(1, 'accepts nobody: name an issuer and an identity, or a key'),
  })
  .refine(({ roots, accept }) => roots.length > 0 || accept.every((one) => 'key' in one), {
    path: ['roots'],
    error: 'an identity is proven by a certificate: name the trusted root that it leads to',
  });
export type TrustSettings = z.output<typeof TrustSettings>;
