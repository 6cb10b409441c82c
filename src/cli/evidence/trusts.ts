import type { Proving } from '../../attestation/attest.ts';
import { TrustSettings } from '../../attestation/policy.ts';
import { openTrust } from '../../clients/trust.ts';
import { AuditError, unreadable } from '../../error.ts';
import { configureUnjudged } from '../configure.ts';
import { whyOf } from './checked.ts';

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
const NAME_THEM = 'Name --root, --issuer and --identity together, or --key; verifiers and policies are named in the configuration.';
const DEFAULT_KINDS = ['provenance', 'test-result'];

/** Opens every trust that there is to verify by: the one of the command line, else those of the sources. That there is none is a mistake. */
export async function trusts(trusting: Trusting): Promise<readonly Proving[]> {
  if (trusting.for.length > 0 && !isTyped(trusting))
    throw new AuditError('USAGE', '--for says what somebody may sign, and nobody is named', {
      hint: 'Name --root, --issuer and --identity, or --key; what those of the configuration may sign is said there.',
    });
  if (isTyped(trusting)) return [saidOfOptions(await openTyped(typed(trusting)))];
  const settings = await configured(trusting.config);
  return openAll(settings);
}

async function openAll(settings: readonly TrustSettings[]): Promise<readonly Proving[]> {
  const opened = await Promise.all(settings.map((one) => openTrust(one, { keep: () => undefined })));
  return opened.filter((one) => one !== undefined);
}

/** Whoever typed an option has no configuration to look at. */
async function openTyped(settings: TrustSettings): Promise<readonly Proving[]> {
  return openAll([settings]).catch((cause: unknown) => {
    if (!(cause instanceof AuditError) || cause.code !== 'CONFIG_INVALID') throw cause;
    throw new AuditError('USAGE', whyOf(cause), {
      hint: 'Give --root trusted roots, as `gh attestation trusted-root` or `cosign trusted-root create` write them, and --key a public key in PEM (P-256, P-384, P-521, Ed25519 or RSA).',
      cause,
    });
  });
}

/** What a refusal says of the configuration, in the words of the command line. */
const IN_OPTIONS = [
  ['name its signer under `trust.accept`', 'name its signer with --issuer and --identity'],
  ['name it under `trust.accept`', 'name it under `trust.accept` of a configuration'],
  ['give that key a file under `trust.accept`', 'give --key the file of that key'],
  ['whether `trust.roots` names', 'whether --root names'],
  ['change what `trust` accepts', 'name another signer'],
] as const;

function saidOfOptions([proving]: readonly Proving[]): Proving {
  if (!proving) throw new AuditError('USAGE', 'nobody is named to trust', { hint: NAME_SOMEBODY });
  const verify: Proving['verify'] = (bytes) => {
    try {
      return proving.verify(bytes);
    } catch (cause) {
      if (!(cause instanceof AuditError) || !cause.because || cause.hint === undefined) throw cause;
      const hint = IN_OPTIONS.reduce((said, [from, to]) => said.replace(from, to), cause.hint);
      throw unreadable(cause.because, whyOf(cause), { hint, cause });
    }
  };
  return { ...proving, verify };
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
  if ((issuer === undefined) !== (identity === undefined)) {
    const [given, missing] = issuer === undefined ? ['identity', 'issuer'] : ['issuer', 'identity'];
    throw new AuditError('USAGE', `--${given} without --${missing}`, { hint: NAME_THEM });
  }
  const kinds = asked.length > 0 ? asked : DEFAULT_KINDS;
  const signers = issuer === undefined && identity === undefined ? [] : [{ for: kinds, issuer, identity }];
  const parsed = TrustSettings.safeParse({ roots, accept: [...signers, ...keys.map((key) => ({ for: kinds, key }))] });
  const [issue] = parsed.error?.issues ?? [];
  if (parsed.success) return parsed.data;
  const [list, , named] = issue?.path ?? [];
  const option = list === 'roots' ? 'root' : (named ?? 'for');
  // A union says in words which key of the configuration it refuses.
  throw new AuditError('USAGE', `--${String(option)}: ${(issue?.message ?? '').replace(/^[a-z]+(?:\.\d+)?: /, '')}`, { hint: NAME_THEM });
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
