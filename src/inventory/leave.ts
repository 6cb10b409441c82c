import { matches } from '../domain/glob.ts';
import { identify } from '../domain/identify.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { ApprovalRecord, DeploymentRecord, Observation } from '../domain/observation.ts';
import { sortedBy } from '../domain/order.ts';
import { bindingOf } from './leave-binding.ts';
import { type LeaveListing, openLeaveListing } from './leave-listing.ts';
import { type LeaveTime, leaveTimeOf, type SeenApproval } from './leave-time.ts';
import { type Identified, isIdentified, type Row } from './row.ts';
import type { World } from './world.ts';

/** Under which names the CI system deploys to an environment of the path, and who may approve that; anybody but who asked, where nobody is named. */
export type LeavePolicy = Readonly<Record<string, Readonly<{ ci: readonly string[]; by?: readonly string[] | undefined }>>>;

/** Whether somebody approved what a row runs: what is wrong with the approval that comes closest, or that there is none. */
export type Leave = Readonly<
  | { is: 'not-asked' }
  | { is: 'approved' }
  | { is: 'none' }
  | { is: 'unreviewed'; deployment: DeploymentRecord }
  | { is: 'rejected' | 'stranger' | 'self'; approval: ApprovalRecord }
  | (Extract<LeaveTime, { at: string }> & { approval: ApprovalRecord })
>;

type Flaw = Extract<Leave, { approval: ApprovalRecord }>;

/** What an approval comes to: it is proper, it has a flaw, or it cannot be told. */
type Weighed = Readonly<
  { approval: ApprovalRecord } & ({ is: 'proper' } | { is: 'flawed'; flaw: Flaw } | { is: 'doubtful'; because: string })
>;

/** Opens what was approved; proof acquits, and that nobody else approved counts only where every approval was listed. */
export function openLeave(world: World): (row: Row, policy: LeavePolicy) => Known<Leave> {
  const approvals = approvalsIn(world);
  const deployments = distinct(world, 'deployment').map(({ seen }) => seen);
  const listing = openLeaveListing(world);
  return (row, policy) => {
    if (Object.keys(policy).length === 0) return unknown('not-configured');
    if (Object.keys(policy).some((environment) => !world.plan.promotion.flat().includes(environment)))
      return unknown('no-such-environment');
    const asked = policy[row.environment];
    if (!asked) return known({ is: 'not-asked' });
    if (row.published) return unknown('workloads-not-configured');
    if (!isIdentified(row)) return unknown(row.missing ?? 'no-digest');
    const isAsked = ({ environment }: ApprovalRecord | DeploymentRecord) => asked.ci.some((glob) => matches(glob, environment));
    const filed = { deployments: deployments.filter(isAsked), approvals: approvals.filter(({ approval }) => isAsked(approval)) };
    return leaveOf({ world, listing, ...filed }, row, asked.by);
  };
}

type Filed = Readonly<{
  world: World;
  listing: LeaveListing;
  approvals: readonly SeenApproval[];
  deployments: readonly DeploymentRecord[];
}>;

function leaveOf(filed: Filed, row: Identified, by: readonly string[] | undefined): Known<Leave> {
  const { world, approvals, deployments } = filed;
  const here = world.sightingsAt(row.artifact, row.where).filter(({ image }) => image.phase !== 'waiting');
  if (here.length === 0) return unknown('not-started');
  const weighed = approvals.flatMap((seen): Weighed[] => {
    const binding = bindingOf(world, row, seen.approval, deployments);
    if (!binding) return [];
    const time = leaveTimeOf(world, seen, { here, look: (recording) => filed.listing.lookIn(recording, row, seen.approval) });
    const weight = weigh(seen.approval, by, time);
    return [weight.is === 'proper' && binding !== 'sure' ? { is: 'doubtful', approval: seen.approval, because: binding } : weight];
  });
  return conclude(filed, row, weighed);
}

/** Names of accounts are told apart by no capitals. */
function weigh(approval: ApprovalRecord, allowed: readonly string[] | undefined, time: LeaveTime): Weighed {
  const { by, requestedBy, state } = approval;
  const isIn = (names: readonly string[]) => by !== undefined && names.some((name) => name.toLowerCase() === by.toLowerCase());
  const flawed = (flaw: Flaw): Weighed => ({ is: 'flawed', approval, flaw });
  const doubtful = (because: string): Weighed => ({ is: 'doubtful', approval, because });
  if (state === 'rejected') return flawed({ is: 'rejected', approval });
  if (isIn(requestedBy)) return flawed({ is: 'self', approval });
  if (by === undefined) return doubtful('approver-not-recorded');
  if (allowed && !isIn(allowed)) return flawed({ is: 'stranger', approval });
  if (time.is === 'late' || time.is === 'seen-late') return flawed({ ...time, approval });
  if (time.is === 'not-known') return doubtful('order-not-known');
  return requestedBy.length === 0 ? doubtful('requester-not-recorded') : { is: 'proper', approval };
}

/** The flaw that is told of several. */
const WORST: readonly Flaw['is'][] = ['rejected', 'self', 'stranger', 'late', 'seen-late'];

function conclude({ listing, deployments, world }: Filed, row: Identified, weighed: readonly Weighed[]): Known<Leave> {
  const proper = weighed.filter(({ is }) => is === 'proper').map(({ approval }) => approval);
  const flaws = weighed.flatMap((one) => (one.is === 'flawed' ? [one.flaw] : []));
  if (proper.length > 0)
    return flaws.some(({ is }) => is === 'rejected') ? unknown('approved-and-rejected') : known({ is: 'approved' }, proper);
  const doubt = weighed.find((one) => one.is === 'doubtful');
  if (doubt) return unknown(doubt.because);

  const cited: readonly Observation[] = weighed.map(({ approval }) => approval);
  const all = listing.everyApprovalOf(row);
  const deployed = deployments.filter((one) => one.result === 'succeeded' && bindingOf(world, row, one, deployments) === 'sure');
  const reviewed = deployed
    .map((deployment) => ({ deployment, silence: listing.approvalsOfRun(row, deployment) }))
    .find(({ silence }) => silence.covered);
  const evidence = all.covered ? all.evidence : reviewed?.silence.covered && [reviewed.deployment, ...reviewed.silence.evidence];
  if (!evidence) return unknown(all.covered || all.because !== 'not-configured' ? 'approvals-not-covered' : listing.because);
  const [worst] = WORST.flatMap((is) => flaws.find((flaw) => flaw.is === is) ?? []);
  const otherwise: Leave = all.covered || !reviewed ? { is: 'none' } : { is: 'unreviewed', deployment: reviewed.deployment };
  return known(worst ?? otherwise, [...cited, ...evidence]);
}

function approvalsIn(world: World): readonly SeenApproval[] {
  return distinct(world, 'approval').map(({ seen, seenIn }) => ({ approval: seen, seenIn }));
}

type Records = { approval: ApprovalRecord; deployment: DeploymentRecord };

/** Every record of a kind once, with the first recording that had it. */
function distinct<K extends keyof Records>({ recordings }: World, kind: K): readonly Readonly<{ seen: Records[K]; seenIn: number }>[] {
  const isOfKind = (one: Observation): one is Extract<Observation, { kind: K }> & Records[K] => one.kind === kind;
  const all = recordings.flatMap(({ observations }, seenIn) => observations.filter(isOfKind).map((seen) => ({ seen, seenIn })));
  const first = new Map(all.toReversed().map((one) => [`${one.seen.origin.source} ${identify(one.seen)}`, one]));
  return sortedBy([...first.values()], ({ seen }) => `${seen.at} ${identify(seen)} ${seen.origin.source}`);
}
