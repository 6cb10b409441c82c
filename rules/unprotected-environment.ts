import { defineRule } from 'selfsame';

export default defineRule({
  id: 'unprotected-environment',
  title: 'A job deploys to production without naming an environment that could be protected',
  severity: 'medium',
  since: '0.1.0',
  judges: 'workflow-job',
  confidence: 'medium',
  messages: {
    unnamed: 'Job {job} deploys to {environment} and names no `environment:`: no approval, branch rule or record of it is possible.',
    unrecorded: 'Job {job} deploys to {environment} with `deployment: false`: nothing records what went there, and when.',
  },
  skips: {
    'deploys-nothing': 'it deploys nothing',
    upstream: 'it is for no environment that users meet',
  },
  fix: 'Name it in {job} (`environment: {environment}`), and protect that environment in the settings of the repository: required reviewers, no self-review, and only the branch that is released from.',

  needs: (subject, { workflows }) => ({ deploys: workflows.deployedBy(subject) }),

  check({ deploys }, { job, targets }, say) {
    if (deploys.length === 0) return say.skip('deploys-nothing');
    const last = targets.find(({ isLast }) => isLast);
    if (!last) return say.skip('upstream');
    const facts = { job: job.id, environment: last.environment };
    const unnamed = deploys.find(({ environment }) => !environment);
    if (unnamed) return say.drift('unnamed', facts, unnamed.line);
    const unrecorded = deploys.find(({ environment }) => environment?.deployment === false);
    return unrecorded ? say.drift('unrecorded', facts, job.environment?.line ?? unrecorded.line) : say.pass();
  },
});
