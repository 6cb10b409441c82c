import { defineRule } from 'selfsame';

export default defineRule({
  id: 'branch-per-environment',
  title: 'A branch stands for every environment, and each is built anew',
  severity: 'medium',
  since: '0.1.0',
  judges: 'workflow-job',
  confidence: 'medium',
  messages: {
    builds: 'Job {job} builds {image} on each of the branches {branches}: a merge makes a new commit, and {last} gets a new build of it.',
  },
  skips: {
    'one-branch': 'its workflow is not started by branches that stand for environments',
  },
  fix: 'Build on one branch only, and promote the digest: a change of the environment’s manifest, or a run by hand that takes the digest, replaces the merge to {last}.',

  needs: (subject, { workflows }) => ({ builds: workflows.shippedBy(subject) }),

  check({ builds }, { job, environmentBranches }, say) {
    const [build] = builds;
    if (environmentBranches.length === 0) return say.skip('one-branch');
    if (!build) return say.pass();
    const facts = { job: job.id, image: build.repositories[0] ?? 'the image', branches: environmentBranches.join(', ') };
    return say.drift('builds', { ...facts, last: environmentBranches.at(-1) ?? '' }, build.line);
  },
});
