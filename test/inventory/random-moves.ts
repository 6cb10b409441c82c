import fc from 'fast-check';
import type { Scenario } from 'selfsame/testing';
import type { Leave } from '../../src/testing/events.ts';
import { mostly, oneOf } from './random-plan.ts';

const leave: fc.Arbitrary<Leave> = fc
  .record({
    for: oneOf('prod', 'prod', 'Prod', 'staging'),
    by: mostly<string | undefined>('grace', oneOf('ada', undefined, 'linus')),
    requestedBy: mostly<string | undefined>('ada', oneOf('grace', undefined)),
    state: mostly<Leave['state']>('approved', fc.constant('rejected')),
    trust: mostly<Leave['trust']>('recorded', fc.constant('declared')),
  })
  .map(({ by, requestedBy, ...one }) => ({ ...one, ...(by ? { by } : {}), ...(requestedBy ? { requestedBy } : {}) }));
const run = oneOf('41', '42', '57');

/** An approval, a deployment that a run records, or the listing of what was approved of one run. */
export const move: fc.Arbitrary<(so: Scenario) => Scenario> = fc.oneof(
  fc.tuple(oneOf('payments@A', 'payments@B', 'payments@I', 'refunds@A'), leave).map(
    ([image, by]) =>
      (so: Scenario) =>
        so.approved(image, by),
  ),
  fc
    .tuple(run, mostly<number | undefined>(1, oneOf(2, undefined)), mostly<string | undefined>(undefined, fc.constant('c0ffee')), leave)
    .map(
      ([by, attempt, commit, given]) =>
        (so: Scenario) =>
          so.approvedRun({ ...given, run: by, ...(attempt ? { attempt } : {}), ...(commit ? { commit } : {}) }),
    ),
  fc.tuple(oneOf('payments@A', 'payments@B', 'payments@I'), run, oneOf<'succeeded' | 'failed'>('succeeded', 'succeeded', 'failed')).map(
    ([image, by, result]) =>
      (so: Scenario) =>
        so.released(image, { to: 'prod', run: by, result }),
  ),
  run.map((by) => (so: Scenario) => so.listedApprovalsOf(by)),
);
