import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/unapproved-promotion.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';
const c0ffee = { run: '41', commit: 'c0ffee' };
const byGrace = { for: 'prod', by: 'grace', requestedBy: 'ada' };

const asking = (production: object = { ci: ['prod'] }) =>
  scenario({ rules: { 'unapproved-promotion': { options: { approvals: { production } } } } });
const built = asking().at('09:00').built('payments@A', c0ffee);
/** Something else was approved, so that approvals are listed. */
const listed = built.approved('checkout@K', byGrace);

const cases = {
  passes: {
    'somebody else approved the digest before it was deployed': built
      .at('10:00')
      .approved('payments@A', byGrace)
      .at('14:00')
      .deployed('payments@A', API),
    'somebody else approved the run that built it and deployed it': built
      .at('10:00')
      .approvedRun({ ...byGrace, run: '41', attempt: 1 })
      .at('14:00')
      .deployed('payments@A', API),
    'somebody else approved the run that promoted the digest': built
      .at('10:00')
      .released('payments@A', { to: 'prod', run: '57' })
      .approvedRun({ ...byGrace, run: '57', attempt: 1 })
      .at('14:00')
      .deployed('payments@A', API),
    'who asked for it approved it too, and somebody else did': built
      .at('10:00')
      .approved('payments@A', { ...byGrace, by: 'ada' })
      .approved('payments@A', byGrace)
      .at('14:00')
      .deployed('payments@A', API),
    'one of those who may approved it, written in capitals': asking({ ci: ['prod'], by: ['Grace', 'linus'] })
      .at('09:00')
      .built('payments@A', c0ffee)
      .at('10:00')
      .approved('payments@A', byGrace)
      .at('14:00')
      .deployed('payments@A', API),
    'it was approved three minutes after it had started, by another clock': built
      .at('14:00')
      .deployed('payments@A', API)
      .at('14:03')
      .approved('payments@A', byGrace)
      .at('15:00'),
  },
  reports: {
    'it was deployed without anybody’s approval': {
      given: listed.at('14:00').deployed('payments@A', API),
      finds: [{ where: API, says: 'none', with: { running: 'payments@A', environment: 'prod' } }],
    },
    'a run deployed it that nobody approved, of which alone GitHub lists the approvals': {
      given: built
        .at('10:00')
        .listedApprovalsOf('57')
        .approvedRun({ ...byGrace, run: '12', attempt: 1 })
        .released('payments@A', { to: 'prod', run: '57' })
        .at('14:00')
        .deployed('payments@A', API),
      finds: [
        {
          where: API,
          says: 'unreviewed',
          with: {
            run: 'github-actions run 57',
            at: '2026-03-02T10:00:00Z',
            asks: 'Whether the environment asks for a review is not known.',
          },
        },
      ],
    },
    'another digest of the same commit was approved': {
      given: built
        .at('10:00')
        .approved('payments@A', byGrace)
        .at('13:00')
        .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
        .at('14:00')
        .deployed('payments@B', API),
      finds: [{ where: API, says: 'none', with: { running: 'payments@B' } }],
    },
    'it was approved for another environment': {
      given: built
        .at('10:00')
        .approved('payments@A', { ...byGrace, for: 'staging' })
        .at('14:00')
        .deployed('payments@A', API),
      finds: [{ where: API, says: 'none', with: { environment: 'prod' } }],
    },
    'who asked for it approved it himself': {
      given: built
        .at('10:00')
        .approved('payments@A', { ...byGrace, by: 'Ada' })
        .at('14:00')
        .deployed('payments@A', API),
      finds: [{ where: API, says: 'self', with: { running: 'payments@A', by: 'Ada', environment: 'prod' } }],
    },
    'somebody approved it who may not': {
      given: asking({ ci: ['prod'], by: ['linus'] })
        .at('09:00')
        .built('payments@A', c0ffee)
        .at('10:00')
        .approved('payments@A', byGrace)
        .at('14:00')
        .deployed('payments@A', API),
      finds: [{ where: API, says: 'stranger', with: { by: 'grace', allowed: 'linus' } }],
    },
    'it was approved an hour after it had been deployed': {
      given: built.at('13:00').deployed('payments@A', API).at('14:00').approved('payments@A', byGrace).at('15:00'),
      finds: [{ where: API, says: 'late', with: { at: '2026-03-02T14:00:00Z', by: 'grace', there: '2026-03-02T13:00:00Z' } }],
    },
    'an approval declares a time before the deployment, and was not there after it': {
      given: listed.at('09:30').deployed('payments@A', API).at('10:00').recorded().at('09:20').approved('payments@A', byGrace).at('11:00'),
      finds: [
        {
          where: API,
          says: 'seenLate',
          with: { at: '2026-03-02T09:20:00Z', there: '2026-03-02T10:00:00Z', seen: '2026-03-02T11:00:00Z' },
        },
      ],
    },
    'somebody rejected it, and it was deployed all the same': {
      given: built
        .at('10:00')
        .approved('payments@A', { ...byGrace, state: 'rejected' })
        .at('14:00')
        .deployed('payments@A', API),
      finds: [{ where: API, says: 'rejected', with: { by: 'grace', at: '2026-03-02T10:00:00Z' } }],
    },
    'who asked approved a run on its commit: whatever that was of, nobody else approved it': {
      given: built
        .at('10:00')
        .approvedRun({ ...byGrace, by: 'ada', run: '57', commit: 'c0ffee' })
        .at('14:00')
        .deployed('payments@A', API),
      finds: [{ where: API, says: 'none', with: { running: 'payments@A' } }],
    },
    'GitHub lists the approvals of the run that deployed it, and there is one of who started it': {
      given: built
        .at('10:00')
        .listedApprovalsOf('41')
        .approvedRun({ ...byGrace, by: 'ada', run: '41', attempt: 1, for: 'Prod' })
        .released('payments@A', { to: 'prod', run: '41' })
        .at('14:00')
        .deployed('payments@A', API),
      finds: [{ where: API, says: 'self', with: { by: 'ada', environment: 'Prod' } }],
    },
  },
  cannotTell: {
    'nobody said what is to be approved': {
      given: scenario().at('09:00').built('payments@A', c0ffee).deployed('payments@A', API),
      because: 'leave: not-configured',
    },
    'the environment it is said of is on no path': {
      given: scenario({ rules: { 'unapproved-promotion': { options: { approvals: { prodcution: { ci: ['prod'] } } } } } })
        .at('09:00')
        .built('payments@A', c0ffee)
        .deployed('payments@A', API),
      because: 'leave: no-such-environment',
    },
    'no source tells of approvals': {
      given: built.at('14:00').deployed('payments@A', API),
      because: 'leave: not-configured',
    },
    'the token may not read approvals': {
      given: listed.blindTo('approval', 'forbidden').at('14:00').deployed('payments@A', API),
      because: 'leave: approvals-not-covered',
    },
    'GitHub lists the approvals of another run than the one that deployed it': {
      given: built
        .at('10:00')
        .listedApprovalsOf('41')
        .released('payments@A', { to: 'prod', run: '57' })
        .at('14:00')
        .deployed('payments@A', API),
      because: 'leave: approvals-not-covered',
    },
    'nobody records that the run deployed it whose approvals are listed': {
      given: built
        .at('10:00')
        .listedApprovalsOf('57')
        .released('checkout@K', { to: 'prod', run: '57' })
        .at('14:00')
        .deployed('payments@A', API),
      because: 'leave: approvals-not-covered',
    },
    'the run that is known to have deployed it failed to': {
      given: built
        .at('10:00')
        .listedApprovalsOf('57')
        .released('payments@A', { to: 'prod', run: '57', result: 'failed' })
        .at('14:00')
        .deployed('payments@A', API),
      because: 'leave: approvals-not-covered',
    },
    'it ran in an earlier recording, which could not list approvals': {
      given: listed
        .blindTo('approval', 'forbidden')
        .at('09:30')
        .deployed('payments@A', API)
        .at('10:00')
        .recorded()
        .at('09:20')
        .approved('payments@A', byGrace)
        .at('11:00'),
      because: 'leave: order-not-known',
    },
    'the run was approved after it had started, and it may have been an earlier one that brought it': {
      given: built
        .at('10:00')
        .deployed('payments@A', API)
        .at('13:00')
        .listedApprovalsOf('57')
        .released('payments@A', { to: 'prod', run: '57' })
        .approvedRun({ ...byGrace, run: '57', attempt: 1 })
        .at('15:00'),
      because: 'leave: approvals-not-covered',
    },
    'approvals of that time are not kept any more': {
      given: listed.blindTo('approval', 'expired', { until: '2026-03-02T12:00:00Z' }).at('14:00').deployed('payments@A', API),
      because: 'leave: approvals-not-covered',
    },
    'a run on its commit was approved, which may have deployed something else': {
      given: built
        .at('10:00')
        .approvedRun({ ...byGrace, run: '57', attempt: 1, commit: 'c0ffee' })
        .at('14:00')
        .deployed('payments@A', API),
      because: 'leave: approval-names-only-its-commit',
    },
    'the run that was approved built another of its digests as well': {
      given: built
        .built('payments@B', { ...c0ffee, base: 'Y' })
        .at('10:00')
        .approvedRun({ ...byGrace, run: '41', attempt: 1 })
        .at('14:00')
        .deployed('payments@A', API),
      because: 'leave: run-made-several',
    },
    'its run was executed again, and it is not known which attempt was approved': {
      given: built
        .at('10:00')
        .approvedRun({ ...byGrace, run: '41' })
        .at('14:00')
        .deployed('payments@A', API),
      because: 'leave: attempt-not-known',
    },
    'the approval is only claimed': {
      given: built
        .at('10:00')
        .approved('payments@A', { ...byGrace, trust: 'declared' })
        .at('14:00')
        .deployed('payments@A', API),
      because: 'leave: approval-only-claimed',
    },
    'the account that approved it is gone': {
      given: built.at('10:00').approved('payments@A', { for: 'prod', requestedBy: 'ada' }).at('14:00').deployed('payments@A', API),
      because: 'leave: approver-not-recorded',
    },
    'who asked for it is not recorded: it may be who approved it': {
      given: built.at('10:00').approved('payments@A', { for: 'prod', by: 'grace' }).at('14:00').deployed('payments@A', API),
      because: 'leave: requester-not-recorded',
    },
    'it was given before or after the deployment: its run lasted longer than that took': {
      given: built
        .at('13:00')
        .deployed('payments@A', API)
        .at('14:00')
        .approvedRun({ ...byGrace, run: '41', attempt: 1, notBefore: '12:00' })
        .at('15:00'),
      because: 'leave: order-not-known',
    },
    'one approved it and another rejected it': {
      given: built
        .at('10:00')
        .approved('payments@A', byGrace)
        .approved('payments@A', { ...byGrace, by: 'linus', state: 'rejected' })
        .at('14:00')
        .deployed('payments@A', API),
      because: 'leave: approved-and-rejected',
    },
    'the node reported no digest': { given: listed.at('14:00').deployed('payments:1.4', API), because: 'leave: no-digest' },
    'nothing of it has started': {
      given: listed.at('14:00').deployed('payments@A', API, { phase: 'waiting' }),
      because: 'leave: not-started',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: asking().at('09:00').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'only production has to be approved': {
      given: scenario({
        promotion: [['staging'], ['production'], ['edge']],
        rules: { 'unapproved-promotion': { options: { approvals: { production: { ci: ['prod'] } } } } },
      })
        .at('09:00')
        .built('payments@A', c0ffee)
        .deployed('payments@A', 'edge/payments-api'),
      because: 'notAsked',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
