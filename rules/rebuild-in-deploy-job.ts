import { defineRule } from 'selfsame';

export default defineRule({
  id: 'rebuild-in-deploy-job',
  title: 'The job that deploys builds the image, so that what it deploys was tested nowhere',
  severity: 'high',
  severities: { 'only-environment': 'medium' },
  since: '0.1.0',
  judges: 'workflow-job',
  messages: {
    builds: 'Job {job} builds {image} and deploys it to {environment}: what {environment} gets exists nowhere before.',
    'only-environment': 'Job {job} builds {image} and deploys it in one go: nothing can have tested what it deploys.',
  },
  skips: {
    'builds-nothing': 'it builds no image that leaves it',
    upstream: 'it is for an environment where tests come after',
  },
  fix: 'Build {image} in one job, hand its digest on (`outputs: digest: ${{ steps.build.outputs.digest }}`), test that digest, and let {job} deploy it by digest; delete the step that builds from {job}.',

  needs: (subject, { workflows }) => ({ builds: workflows.shippedBy(subject), deploys: workflows.deployedBy(subject) }),

  check({ builds, deploys }, { job, targets }, say) {
    const [build] = builds;
    if (!build) return say.skip('builds-nothing');
    if (deploys.length === 0 && !job.environment) return say.pass();
    const image = build.repositories[0] ?? 'the image';
    const last = targets.find(({ isLast }) => isLast);
    if (last) return say.drift('builds', { job: job.id, image, environment: last.environment }, build.line);
    return targets.length > 0 ? say.skip('upstream') : say.drift('only-environment', { job: job.id, image }, build.line);
  },
});
