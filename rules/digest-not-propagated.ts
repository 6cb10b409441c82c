import { defineRule } from 'selfsame';

export default defineRule({
  id: 'digest-not-propagated',
  title: 'The digest of what was built is not handed on to the job that deploys',
  severity: 'medium',
  since: '0.1.0',
  judges: 'workflow-job',
  messages: {
    dropped: 'Job {job} builds {image} and hands its digest to nobody: the jobs after it deploy whatever its tag names by then.',
  },
  skips: {
    'none-deploys': 'no job after it deploys',
  },
  fix: 'Give the step that builds an `id`, hand its digest on (`outputs: digest: ${{ steps.build.outputs.digest }}` in {job}), and deploy `{image}@${{ needs.{job}.outputs.digest }}`.',

  needs: (subject, { workflows }) => ({ builds: workflows.shippedBy(subject), handing: workflows.handingOnOf(subject) }),

  check({ builds, handing }, { job }, say) {
    const [build] = builds;
    if (handing === 'none-deploys') return say.skip('none-deploys');
    if (handing !== 'not-handed-on' || !build) return say.pass();
    return say.drift('dropped', { job: job.id, image: build.repositories[0] ?? 'the image' }, build.line);
  },
});
