import { certified } from '../../attestation/certified.ts';
import { gateResultsOf } from '../../attestation/gate-results.ts';
import { kindOf } from '../../attestation/predicate.ts';
import { provenanceOf } from '../../attestation/provenance.ts';
import type { Seen } from '../../collect/define-source.ts';
import type { Digest } from '../../domain/digest.ts';
import { type AuditError, unreadable } from '../../error.ts';
import { madeBy } from '../made-by.ts';
import type { Attached } from './attached.ts';
import type { Content } from './content.ts';

/** What a statement beside an image records: how it was made or, where that is proven, what gates said of it. */
export function toRecords(attached: Attached, contents: readonly Content[], registry: string): readonly Seen[] {
  return kindOf(attached.said.statement.predicateType) === 'provenance'
    ? [toBuildRecord(attached, contents, registry)]
    : toTestRecords(attached, registry);
}

/** Dated by what it says, else by the image's own time. Unless it is signed, it is a claim that lies beside the artifact. */
function toBuildRecord({ of, said, locator, bytes }: Attached, contents: readonly Content[], registry: string): Seen {
  const { digest, repository, role } = of;
  const told = provenanceOf(said.statement);
  if (!told) throw unreadable('internal', `${locator} was taken for provenance`);
  const provenance = certified(told, said.signer);
  const { platform, created } = imageOf(digest, contents);
  const at = provenance.at ?? created;
  if (at === undefined) throw undated(locator, `${registry}/${repository}`);
  return {
    kind: 'build',
    locator,
    ...(bytes ? { bytes } : {}),
    at,
    ...madeBy(provenance),
    outputs: [{ image: { registry, repository }, digest, role, ...(platform ? { platform } : {}) }],
    pushed: 'yes',
    trust: trustOf(said),
    ...(said.signature ? { signature: said.signature } : {}),
  };
}

function toTestRecords({ of, said, locator, bytes }: Attached, registry: string): readonly Seen[] {
  const { digest, repository } = of;
  const told = gateResultsOf(said.statement, said.gates);
  if ('unusable' in told)
    throw unreadable('malformed', `${locator}: ${told.unusable}`, { hint: `${locator} is no test result that counts: ${told.unusable}.` });
  const { results, at } = told;
  if (at === undefined && results.some(({ result }) => result !== 'failed')) throw undated(locator, `${registry}/${repository}`);
  return results.map((one) => ({
    kind: 'test',
    locator,
    ...(bytes ? { bytes } : {}),
    ...(at ? { at } : {}),
    ...one,
    ...(said.signer?.run ? { run: said.signer.run } : {}),
    subject: { image: { registry, repository }, digest },
    trust: trustOf(said),
    ...(said.signature ? { signature: said.signature } : {}),
  }));
}

/** What nobody has proven lies beside the artifact: whoever may push could have put it there, with a certificate of his own making. */
function trustOf({ trust }: Attached['said']): 'verified' | 'declared' {
  return trust === 'verified' ? 'verified' : 'declared';
}

function undated(locator: string, image: string): AuditError {
  return unreadable('unsupported', `${locator} says no time, and nor does its image`, {
    hint: `Nothing can be dated by it: have the builder of ${image} write when it built.`,
  });
}

function imageOf(digest: Digest, contents: readonly Content[]): Readonly<{ platform?: string; created?: string }> {
  const manifest = contents.find((content) => content.kind === 'manifest' && content.digest === digest);
  const config = contents.find(
    (content) => content.kind === 'config' && manifest?.kind === 'manifest' && content.digest === manifest.config,
  );
  if (config?.kind !== 'config') return {};
  return { platform: config.platform, ...(config.created ? { created: config.created } : {}) };
}
