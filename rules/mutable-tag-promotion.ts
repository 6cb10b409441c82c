import { defineRule } from 'selfsame';

export default defineRule({
  id: 'mutable-tag-promotion',
  title: 'What is deployed or moved on is named by a tag that moves',
  severity: 'medium',
  since: '0.1.0',
  judges: 'workflow-job',
  messages: {
    takes: 'Job {job} takes {image}: a push between the test and this job changes what it gets.',
  },
  skips: {},
  fix: 'Hand {job} the digest that was tested (`name@sha256:…`) instead of {image}: from the output of the job that built it, or resolved once (`crane digest`) before the tests.',

  needs: (subject, { workflows }) => ({ taken: workflows.movingTagOf(subject) }),

  check({ taken }, { job }, say) {
    return taken ? say.drift('takes', { job: job.id, image: taken.image }, taken.line) : say.pass();
  },
});
