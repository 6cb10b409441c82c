import { shortDigest } from '../domain/digest.ts';
import { formatImageReference } from '../domain/image-reference.ts';
import type { AnyAttempt, ApprovalRecord, DeploymentRecord, Observation, Signature } from '../domain/observation.ts';
import { formatPlace, slotKey } from '../domain/place.ts';
import type { Protection } from '../domain/protection.ts';
import type { StandingReason } from '../domain/standing.ts';
import type { WorkflowFile } from '../domain/workflow.ts';
import type { Standing } from '../inventory/row.ts';
import type { UnheardGates } from '../inventory/unheard-gates.ts';

const REASONS: Readonly<Record<StandingReason, string>> = {
  'third-party': 'built outside this audit, by its name',
  'no-digest': 'the runtime reported no digest and none is pinned',
  'platform-unknown': 'the platform of its node is not known, and the digest may name several',
  'ambiguous-member': 'several members of its index can run on that platform, with unequal configs',
  'content-unknown': 'what a registry holds under its digest was not read',
  'declared-contradicts-reported': 'its pod declares one artifact and its runtime reports another',
  rehearsed: 'rehearsed upstream',
  'same-root-filesystem': 'another build with the same root filesystem and runtime configuration',
  'no-build-made-it': 'every build of its line was listed, and none made it',
  'same-source': 'another build of the source that was rehearsed',
  derived: 'made from the rehearsed artifact, by content',
  'other-platform': 'only another platform of the same release was rehearsed',
  'no-passed-gate': 'the tests were listed, and no gate passed on it',
  'never-upstream': 'the upstream history is covered, and it never ran there',
  'no-counterpart': 'nothing upstream plays its part',
  'skipped-rank': 'it ran further upstream, and never in the rank before this one',
  'history-younger-than-artifact': 'what is known of upstream begins after the artifact',
  'upstream-idle': 'its counterpart upstream runs nothing now, and no earlier recording saw what it ran',
  'other-line': 'the upstream history is covered, and its counterpart runs another image line',
  'tests-not-configured': 'gates are configured, and no source answers for every test record',
  'upstream-not-listed': 'upstream could not be listed',
  'not-published-upstream': 'its channel publishes it, no channel upstream does now, and nobody saw what ran there',
  'upstream-rebuilt-since': 'upstream runs a later build of the same source',
  'tests-not-covered': 'the test records could not be listed',
  'gate-names-no-digest': 'no configured gate names a digest of this line',
  'build-not-known': 'a gate may have passed on it under a digest that nobody read: its build, or what that made, is not known',
  'gate-younger-than-arrival': 'the gate first named a digest of this line after the artifact had arrived',
  'evidence-expired': 'the test records that are still kept begin after the artifact',
  'arrival-not-known': 'where it came to first is not known: an earlier recording could not see what ran in one of the places',
};

const STEPS: Readonly<Partial<Record<StandingReason, string>>> = {
  'no-digest': 'deploy it by digest, or collect again once its container has started',
  'platform-unknown': 'allow reading nodes (get, list on nodes), or pin a platform manifest',
  'ambiguous-member': 'pin the platform manifest instead of the index',
  'content-unknown': 'let the registry that holds it be read: add it to the sources, or see the gaps',
  'declared-contradicts-reported': 'restart the container, then collect again',
  'history-younger-than-artifact': 'keep recordings and judge them together, or pin upstream by digest',
  'upstream-idle': 'keep recordings from when it runs, and judge them together',
  'tests-not-configured':
    'add a source that answers for all of them, such as `use: records`; GitHub Actions alone cannot show that there is none',
  'not-published-upstream': 'keep recordings and judge them together, add records of tests, or let the upstream environment be read',
  'upstream-not-listed': 'allow reading the upstream environment: see the gaps',
  'upstream-rebuilt-since': 'keep recordings from before the upstream rebuild and judge them together',
  'tests-not-covered': 'allow reading the test records: see the gaps',
  'gate-names-no-digest': 'let the gate record the digest it tests',
  'build-not-known': 'add a source of build records, and the registry that holds what they name',
  'gate-younger-than-arrival': 'deploy again what the gate has passed since',
  'evidence-expired': 'judge it together with recordings that kept the pass, or let the gate run on it again',
  'arrival-not-known': 'deploy it again now that it has run upstream, or judge without the recordings that could not see it',
  'no-counterpart': 'name its counterpart under `pairs`, map its registry under `mirrors`, or judge it together with earlier recordings',
};

/** A standing in one line. */
export function formatStanding({ is, reason, tier, upstream, order, level, difference, parity, isPublication }: Standing): string {
  if (is === 'selfsame') {
    const doubt = order === 'not-established' ? ', order not established' : '';
    if (isPublication) return `published in ${upstream}${doubt}; what runs is not known`;
    return `${tier}${level === 'index' ? ' at index level' : ''} in ${upstream}${doubt}`;
  }
  if (is === 'vendor') return `${REASONS[reason]}, ${parity ?? 'not compared'}`;
  return difference && is !== 'equivalent' ? `${REASONS[reason]}: ${difference.says}` : REASONS[reason];
}

/** What a standing's reason means. */
export function formatReason(reason: StandingReason): string {
  return REASONS[reason];
}

/** The one step that would resolve it, where something is missing. */
export function nextStepFor(reason: StandingReason, unheard?: UnheardGates): string | undefined {
  return reason === 'gate-names-no-digest' && unheard ? formatUnheard(unheard) : STEPS[reason];
}

/** Which gates nobody heard of, beside those that are on record. */
export function formatUnheard({ configured, recorded }: UnheardGates): string {
  return `no record names a gate ${configured.join(' or ')}, and there are records of ${recorded.join(', ')}: mend the name in \`gates\`, or let the gate record the digest it tests`;
}

type Facts = Readonly<Record<string, string>>;

/** Fills a text's placeholders with the facts, whole, so that a command can be copied. */
export function fillWhole(text: string, facts: Facts): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => facts[name] ?? whole);
}

/** Fills a message's placeholders; digests and places are shortened, the facts keep them whole. */
export function fillMessage(message: string, facts: Facts): string {
  const short = Object.entries(facts).map(([name, value]) => {
    const text = name === 'where' ? formatPlace(value) : value;
    return [name, text.replace(/sha(?:256|512):[0-9a-f]{64,}/g, shortDigest)];
  });
  return fillWhole(message, Object.fromEntries(short));
}

/** The facts of a finding that are digests, whole. */
export function digestsAmong(facts: Facts): readonly (readonly [string, string])[] {
  return Object.entries(facts).filter(([, value]) => /^sha(?:256|512):/.test(value));
}

/** One observation as a sentence. */
export function tellObservation(seen: Observation): string {
  switch (seen.kind) {
    case 'running-image':
      if (seen.phase === 'published') return `${slotKey(seen)} publishes ${formatImageReference(seen.declared.spec)}`;
      return `${slotKey(seen)} runs ${seen.reported || formatImageReference(seen.declared.spec)}, ${seen.instances} ${seen.instances === 1 ? 'instance' : 'instances'}`;
    case 'declared-image':
      return `${slotKey(seen)} declares ${formatImageReference(seen.declared)}`;
    case 'build':
      return `${tellRun(seen.run)} built ${seen.outputs.map(({ digest }) => digest).join(', ')} from ${seen.source?.commit ?? 'a source not recorded'}${signedBy(seen)}`;
    case 'test':
      return `gate ${seen.gate} ${seen.result} on ${seen.subject.digest ?? seen.subject.commit ?? 'a subject not recorded'}${signedBy(seen)}`;
    case 'deployment':
      return `${tellRun(seen.run)} ${DEPLOYED[seen.result]} ${tellMoved(seen)} to ${seen.environment}`;
    case 'approval':
      return `${seen.by ?? 'an account that is gone'} ${seen.state} ${tellMoved(seen)} for ${seen.environment}`;
    case 'protection':
      return `environment ${seen.environment} of ${seen.repository} asks for ${tellReview(seen)}`;
    case 'index':
      return `index ${seen.digest} has ${seen.members.length} members`;
    case 'manifest':
      return `manifest ${seen.digest} has config ${seen.config}`;
    case 'config':
      return `config ${seen.digest} is for ${seen.platform}, ${seen.diffIds.length} layers`;
    case 'presence':
      return `${formatImageReference({ ...seen.image, digest: seen.digest })} is ${seen.is}`;
    case 'attachments':
      return `${formatImageReference({ ...seen.image, digest: seen.digest })} has ${seen.types.join(', ') || 'nothing'} attached`;
    case 'lifecycle-policy':
      return `${formatImageReference(seen.image)} has ${seen.rules.length} lifecycle ${seen.rules.length === 1 ? 'rule' : 'rules'}`;
    case 'tag':
      return `tag ${formatImageReference(seen.image)} names ${seen.digest}`;
    case 'cluster':
      return `cluster ${seen.cluster} has ${seen.pods} pods`;
    case 'registry':
      return `registry ${seen.registry} was asked ${seen.requests} times`;
    case 'outside-namespace':
      return `namespace ${seen.namespace} of ${seen.cluster} is in no environment`;
    case 'workflow-file':
      return `${seen.is} ${fileOf(seen)} has ${seen.jobs.length} ${seen.jobs.length === 1 ? 'job' : 'jobs'}`;
    case 'dockerfile':
      return `${fileOf(seen)} names ${seen.images.length} ${seen.images.length === 1 ? 'image' : 'images'}`;
    case 'expected':
      return `${seen.scope.source} is to answer for every ${seen.of}`;
    case 'coverage':
      return `${seen.scope.source} listed every ${seen.of}`;
    case 'gap':
      return `${seen.scope.source} could not list every ${seen.of}: ${seen.because}`;
  }
}

function fileOf({ repository, path, commit }: Pick<WorkflowFile, 'repository' | 'path' | 'commit'>): string {
  return `${repository}/${path}${commit ? ` at ${commit}` : ''}`;
}

const DEPLOYED = { succeeded: 'deployed', failed: 'failed to deploy', pending: 'was to deploy' } as const;

function tellRun(run: AnyAttempt | undefined): string {
  if (!run) return 'a run not recorded';
  return run.attempt === undefined ? `run ${run.id}` : `run ${run.id} attempt ${run.attempt}`;
}

function tellMoved({ subject: { digest, commit }, run }: DeploymentRecord | ApprovalRecord): string {
  return digest ?? (commit ? `commit ${commit}` : `what ${tellRun(run)} deploys`);
}

function tellReview({ reviewers, preventsSelfReview }: Protection): string {
  if (reviewers === 0) return 'no review';
  return preventsSelfReview ? 'a review by somebody else' : 'a review';
}

/** A signer is named where it is proven, and nowhere else. */
function signedBy({ signature }: Readonly<{ signature?: Signature | undefined }>): string {
  return signature ? `, signed by ${signature.by}` : '';
}
