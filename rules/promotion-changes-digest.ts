import { defineRule } from 'selfsame';

export default defineRule({
  id: 'promotion-changes-digest',
  title: 'A step that moves images on gives them another digest',
  severity: 'medium',
  since: '0.1.0',
  judges: 'workflow-job',
  confidence: 'medium',
  messages: {
    'pulled-and-pushed':
      'Job {job} pulls, tags and pushes: of an index only the member for its own platform arrives, under another digest.',
    'copied-in-part': 'Job {job} runs `skopeo copy` without `--all`: of an index only one member arrives, under another digest.',
    loaded: 'Job {job} loads an image from a file and pushes it: its manifest is written anew, with another digest.',
  },
  skips: {},
  fix: 'Copy byte by byte: `crane copy SOURCE@DIGEST TARGET:TAG`, `skopeo copy --all --preserve-digests`, or `docker buildx imagetools create --prefer-index=false`; and compare the digest of the target with the one that was tested.',

  needs: (subject, { workflows }) => ({ changing: workflows.changingIn(subject) }),

  check({ changing }, { job }, say) {
    return changing ? say.drift(changing.how, { job: job.id }, changing.line) : say.pass();
  },
});
