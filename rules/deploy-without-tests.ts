import { defineRule } from 'selfsame';

export default defineRule({
  id: 'deploy-without-tests',
  title: 'A job deploys without waiting for tests',
  severity: 'medium',
  since: '0.1.0',
  judges: 'workflow-job',
  confidence: 'medium',
  messages: {
    untested: 'Job {job} deploys, and neither it nor a job that it waits for tests anything; nor does another workflow.',
    ignores: 'Job {job} deploys whether or not the jobs that it waits for succeeded: its condition is {condition}.',
  },
  skips: {
    'deploys-nothing': 'it deploys nothing',
  },
  fix: "Let {job} wait for the job that tests (`needs: [test]`), without a condition that runs it after a failure; to run it after a skipped job, ask for its result: `if: ${{ !failure() && needs.test.result == 'success' }}`.",

  needs: (subject, { workflows }) => ({ deploys: workflows.deployedBy(subject), tests: workflows.testsBefore(subject) }),

  check({ deploys, tests }, { job }, say) {
    const line = deploys[0]?.line;
    if (tests === 'deploys-nothing') return say.skip('deploys-nothing');
    if (tests === 'tested') return say.pass();
    if (tests === 'untested') return say.drift('untested', { job: job.id }, line);
    return say.drift('ignores', { job: job.id, condition: job.if ?? '' }, line);
  },
});
