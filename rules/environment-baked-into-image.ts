import { defineRule } from 'selfsame';

export default defineRule({
  id: 'environment-baked-into-image',
  title: 'What is built depends on the environment that it is for',
  severity: 'medium',
  since: '0.1.0',
  judges: 'workflow-job',
  messages: {
    argument: 'Job {job} hands {argument} to the build, and its value, {value}, is another in every environment.',
  },
  skips: {
    'builds-nothing': 'it builds no image that leaves it',
  },
  fix: 'Take {argument} out of the build, and give it to the container where it is deployed (`env:` or a ConfigMap); what a browser loads can read it from a file that the container writes when it starts.',

  needs: (subject, { workflows }) => ({ builds: workflows.shippedBy(subject), baked: workflows.bakedBy(subject) }),

  check({ builds, baked }, { job }, say) {
    if (builds.length === 0) return say.skip('builds-nothing');
    const [first] = baked;
    return first ? say.drift('argument', { job: job.id, argument: first.name, value: first.value }, first.line) : say.pass();
  },
});
