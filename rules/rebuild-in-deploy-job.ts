import { defineRule } from 'selfsame';

export default defineRule({
  id: 'rebuild-in-deploy-job',
  title: 'The job that deploys builds the image, so that what it deploys was tested nowhere',
  severity: 'high',
  severities: { 'only-environment': 'medium', 'for-environment': 'medium' },
  since: '0.1.0',
  judges: 'workflow-job',
  messages: {
    builds: 'Job {job} builds {image} and deploys it to {environment}: what {environment} gets exists nowhere before.',
    'for-environment':
      'Job {job} builds {image} in the environment {environment}, and for it: what {environment} gets is a build of its own.',
    'only-environment': 'Job {job} builds {image} and deploys it in one go: nothing can have tested what it deploys.',
  },
  skips: {
    'builds-nothing': 'it builds no image that leaves it',
    upstream: 'it is for an environment where tests come after',
  },
  fix: 'Build {image} in one job, hand its digest on (`outputs: digest: ${{ steps.build.outputs.digest }}`), test that digest, and let {job} deploy it by digest; delete the step that builds from {job}.',

  needs: (subject, { workflows }) => ({ builds: workflows.shippedBy(subject), goal: workflows.goalOf(subject) }),

  check({ builds, goal }, { job }, say) {
    const [build] = builds;
    if (!build) return say.skip('builds-nothing');
    if (goal.is === 'none') return say.pass();
    if (goal.is === 'upstream') return say.skip('upstream');
    const image = build.repositories[0] ?? 'the image';
    if (goal.is === 'unnamed') return say.drift('only-environment', { job: job.id, image }, build.line);
    return say.drift(
      goal.is === 'deployed' ? 'builds' : 'for-environment',
      { job: job.id, image, environment: goal.environment },
      build.line,
    );
  },
});
