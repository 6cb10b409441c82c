import { defineRule } from 'selfsame';

export default defineRule({
  id: 'duplicate-build',
  title: 'Two jobs build the same image',
  severity: 'medium',
  severities: { 'per-environment': 'high' },
  since: '0.1.0',
  judges: 'workflow-job',
  confidence: 'medium',
  messages: {
    'per-environment': 'Job {job} builds {image} for {environment}, and {other} builds it again for {otherEnvironment}.',
    again: 'Job {job} builds {image}, and {other} builds it too: one of the two was not tested.',
  },
  skips: {
    'builds-nothing': 'it builds no image that leaves it',
    review: 'only pull requests start it: what it builds goes nowhere',
    'told-there': 'it is told at the other job',
  },
  fix: 'Build {image} in one of the two jobs, and let the other take its digest: by `needs` within a workflow, by `workflow_call` or an artifact between two, or from the registry by the commit’s tag resolved to a digest.',

  needs: (subject, { workflows }) => ({ builds: workflows.shippedBy(subject), others: workflows.secondBuildsOf(subject) }),

  check({ builds, others }, { job, isForReviewOnly, targets, where }, say) {
    if (builds.length === 0) return say.skip('builds-nothing');
    if (isForReviewOnly) return say.skip('review');
    const [second] = others;
    if (!second) return say.pass();
    // Told once, where the later of the two stands: in what is for users, else in what comes after by its place.
    const isLast = targets.some((target) => target.isLast);
    const isOtherLast = second.other.targets.some((target) => target.isLast);
    if (isLast === isOtherLast ? where < second.other.where : isOtherLast) return say.skip('told-there');

    const facts = { job: job.id, image: second.image, other: second.otherAt };
    if (!second.environments) return say.drift('again', facts, second.line);
    const [environment, otherEnvironment] = second.environments;
    return say.drift('per-environment', { ...facts, environment, otherEnvironment }, second.line);
  },
});
