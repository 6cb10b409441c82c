import { defineRule } from 'selfsame';

export default defineRule({
  id: 'free-text-image-input',
  title: 'Whoever starts the workflow types which image is deployed',
  severity: 'low',
  since: '0.1.0',
  judges: 'workflow-job',
  confidence: 'medium',
  messages: {
    typed: 'Job {job} deploys what a person typed into {input}: anything may stand there, tested or not.',
  },
  skips: {},
  fix: 'Let {input} be a digest that the workflow checks before it deploys (`selfsame check IMAGE@DIGEST --to production`), or a choice of what was tested.',

  needs: (subject, { workflows }) => ({ typed: workflows.freeTextIn(subject) }),

  check({ typed }, { job }, say) {
    return typed ? say.drift('typed', { job: job.id, input: typed.input }, typed.line) : say.pass();
  },
});
