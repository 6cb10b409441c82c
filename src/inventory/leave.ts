import { matches } from '../domain/glob.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { ApprovalRecord, DeploymentRecord } from '../domain/observation.ts';
import { type AskedReview, openAskedReview } from './asked-review.ts';
import { bindingOf, isOneRun } from './leave-binding.ts';
import { openLeaveFiles } from './leave-files.ts';
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
  | { is: 'unreviewed'; deployment: DeploymentRecord; asked: AskedReview['is'] }
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
  const files = openLeaveFiles(world);
  const listing = openLeaveListing(world);
  const askedReviewOf = openAskedReview(world);
  return (row, policy) => {
    if (Object.keys(policy).length === 0) return unknown('not-configured');
    if (Object.keys(policy).some((environment) => !world.plan.promotion.flat().includes(environment)))
      return unknown('no-such-environment');
    const asked = policy[row.environment];
    if (!asked) return known({ is: 'not-asked' });
    if (row.published) return unknown('workloads-not-configured');
    if (!isIdentified(row)) return unknown(row.missing ?? 'no-digest');
    // Names of environments are not case sensitive on GitHub (docs.github.com, managing environments, 2026): a workflow may write one otherwise than its settings.
    const isAsked = ({ environment }: ApprovalRecord | DeploymentRecord) =>
      asked.ci.some((glob) => matches(glob.toLowerCase(), environment.toLowerCase()));
    const { approvals, deployments } = files.of(row);
    const filed = { deployments: deployments.filter(isAsked), approvals: approvals.filter(({ approval }) => isAsked(approval)) };
    return leaveOf({ world, listing, askedReviewOf, ...filed }, row, asked.by);
  };
}

type Filed = Readonly<{
  world: World;
  listing: LeaveListing;
  askedReviewOf: (deployment: DeploymentRecord) => AskedReview;
  approvals: readonly SeenApproval[];
  deployments: readonly DeploymentRecord[];
}>;

function leaveOf(filed: Filed, row: Identified, by: readonly string[] | undefined): Known<Leave> {
  const { world, approvals, deployments } = filed;
  const [first, ...more] = world.sightingsAt(row.artifact, row.where).filter(({ image }) => image.phase !== 'waiting');
  if (!first) return unknown('not-started');
  const weighed = approvals.flatMap((seen): Weighed[] => {
    const binding = bindingOf(world, row, seen.approval, deployments);
    if (!binding) return [];
    const time = leaveTimeOf(world, seen, {
      here: [first, ...more],
      look: (recording) => filed.listing.lookIn(recording, row, seen.approval),
    });
    const weight = weigh(seen.approval, by, time);
    if (binding === 'sure') return [weight];
    // What would acquit if it were of it leaves a doubt; what would not is as good as none.
    return weight.is === 'flawed' ? [] : [{ is: 'doubtful', approval: seen.approval, because: binding }];
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

function conclude(filed: Filed, row: Identified, weighed: readonly Weighed[]): Known<Leave> {
  const proper = weighed.filter(({ is }) => is === 'proper').map(({ approval }) => approval);
  const flaws = weighed.flatMap((one) => (one.is === 'flawed' ? [one.flaw] : []));
  if (proper.length > 0)
    return flaws.some(({ is }) => is === 'rejected') ? unknown('approved-and-rejected') : known({ is: 'approved' }, proper);
  const doubt = weighed.find((one) => one.is === 'doubtful');
  if (doubt) return unknown(doubt.because);
  const all = filed.listing.everyApprovalOf(row);
  if (all.covered) return known(worstOf(flaws) ?? { is: 'none' }, [...weighed.map(({ approval }) => approval), ...all.evidence]);
  return ofDeployment(filed, row, flaws) ?? unknown(all.because === 'not-configured' ? filed.listing.because : 'approvals-not-covered');
}

/** The flaw that is told of several. */
const WORST: readonly Flaw['is'][] = ['rejected', 'self', 'stranger', 'late', 'seen-late'];

function worstOf(flaws: readonly Flaw[]): Flaw | undefined {
  return WORST.flatMap((is) => flaws.find((flaw) => flaw.is === is) ?? [])[0];
}

/** What is wrong with the run that is known to have deployed it. That it was approved late does not follow: what came before may have been another run. */
function ofDeployment(
  { world, listing, deployments, askedReviewOf }: Filed,
  row: Identified,
  flaws: readonly Flaw[],
): Known<Leave> | undefined {
  const deployed = deployments.filter((one) => one.result === 'succeeded' && bindingOf(world, row, one, deployments) === 'sure');
  for (const deployment of deployed) {
    const silence = listing.approvalsOfRun(row, deployment);
    if (!silence.covered) continue;
    const ofIt = flaws.filter(({ approval }) => approval.run && deployment.run && isOneRun(approval.run, deployment.run));
    const asked = askedReviewOf(deployment);
    const worst = worstOf(ofIt) ?? ({ is: 'unreviewed', deployment, asked: asked.is } as const);
    const evidence = [deployment, ...ofIt.map(({ approval }) => approval), ...silence.evidence, ...asked.evidence];
    if (worst.is !== 'late' && worst.is !== 'seen-late') return known(worst, evidence);
  }
  return undefined;
}
