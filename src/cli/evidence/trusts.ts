import type { Proving } from '../../attestation/attest.ts';
import { TrustSettings } from '../../attestation/policy.ts';
import { openTrust } from '../../clients/trust.ts';
import { AuditError } from '../../error.ts';
import { configureUnjudged } from '../configure.ts';

/** Whom to trust, as the command line names him; where it names nobody, the configuration does. */
export type Trusting = Readonly<{
  config: string;
  root: readonly string[];
  issuer?: string;
  identity?: string;
  key: readonly string[];
  for: readonly string[];
}>;

const NAME_SOMEBODY =
  'Nothing can be verified by nobody: name --root, --issuer and --identity, or --key, or `trust` at a source of the configuration.';
const DEFAULT_KINDS = ['provenance', 'test-result'];

/** Opens every trust that there is to verify by: the one of the command line, else those of the sources. That there is none is a mistake. */
export async function trusts(trusting: Trusting): Promise<readonly Proving[]> {
  if (trusting.for.length > 0 && !isTyped(trusting))
    throw new AuditError('USAGE', '--for says what somebody may sign, and nobody is named', {
      hint: 'Name --root, --issuer and --identity, or --key; what those of the configuration may sign is said there.',
    });
  const settings = isTyped(trusting) ? [typed(trusting)] : await configured(trusting.config);
  const opened = await Promise.all(settings.map((one) => openTrust(one, { keep: () => undefined })));
  return opened.filter((one) => one !== undefined);
}

/** The options of the command line that name whom to trust, as they are typed. */
export function typedTrust({ root, issuer, identity, key, for: asked }: Trusting): readonly string[] {
  const typed = { root, issuer, identity, key, for: asked };
  return Object.entries(typed).flatMap(([option, value]) => (value === undefined || value.length === 0 ? [] : [`--${option}`]));
}

function isTyped({ root, issuer, identity, key }: Trusting): boolean {
  return root.length + key.length > 0 || (issuer ?? identity) !== undefined;
}

function typed({ root: roots, issuer, identity, key: keys, for: asked }: Trusting): TrustSettings {
  const kinds = asked.length > 0 ? asked : DEFAULT_KINDS;
  const signers = issuer === undefined && identity === undefined ? [] : [{ for: kinds, issuer, identity }];
  const parsed = TrustSettings.safeParse({ roots, accept: [...signers, ...keys.map((key) => ({ for: kinds, key }))] });
  const [issue] = parsed.error?.issues ?? [];
  if (parsed.success) return parsed.data;
  throw new AuditError('USAGE', `whom to trust: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`, {
    hint: 'Name --root, --issuer and --identity together, or --key; verifiers and policies are named in the configuration.',
  });
}

async function configured(config: string): Promise<readonly TrustSettings[]> {
  const { sources } = await configureUnjudged(config).catch((cause: unknown) => {
    if (!(cause instanceof AuditError) || cause.code !== 'CONFIG_NOT_FOUND') throw cause;
    throw new AuditError('USAGE', `nobody is named to trust, and there is no ${config}`, { hint: NAME_SOMEBODY, cause });
  });
  const written = sources.flatMap((source) => ('trust' in source ? [{ of: source.name ?? source.use, trust: source['trust'] }] : []));
  if (written.length === 0)
    throw new AuditError('CONFIG_INVALID', `${config}: no source has \`trust\``, {
      hint: NAME_SOMEBODY,
    });
  return written.map(({ of, trust }) => {
    const parsed = TrustSettings.safeParse(trust);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new AuditError('CONFIG_INVALID', `${config}: trust of ${of}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`, {
      hint: 'src/sources/records.md tells what `trust` holds.',
    });
  });
}
