import { defineRule } from 'selfsame';

export default defineRule({
  id: 'rebuild-per-environment-matrix',
  title: 'A matrix builds the image once for every environment',
  severity: 'high',
  since: '0.1.0',
  judges: 'workflow-job',
  messages: {
    builds: 'Job {job} builds {image} once for each of {environments}: what {last} gets is another build than what was tested.',
  },
  skips: {
    'no-environments': 'its matrix has no environments',
  },
  fix: 'Move the build of {image} out of the matrix into a job of its own, and let the matrix deploy the one digest to {environments}; hand what differs to the container as configuration.',

  needs: (subject, { workflows }) => ({ builds: workflows.shippedBy(subject) }),

  check({ builds }, { job, environmentAxis }, say) {
    if (environmentAxis.length === 0) return say.skip('no-environments');
    const [build] = builds;
    if (!build) return say.pass();
    const facts = { job: job.id, image: build.repositories[0] ?? 'the image', environments: environmentAxis.join(', ') };
    return say.drift('builds', { ...facts, last: environmentAxis.at(-1) ?? '' }, build.line);
  },
});
