import { defineRule } from 'selfsame';

export default defineRule({
  id: 'evidence-lost-in-promotion',
  title: 'Attestations and signatures stayed behind when the digest was copied to where it runs from',
  severity: 'medium',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    lost: '{where} runs {running} from {repository}, where nothing hangs on it; in {upstream} it has {types}.',
  },
  skips: {
    oneRepository: 'it is pulled from the repository that it was rehearsed from',
    notPromoted: 'upstream does not run this digest',
  },
  fix: 'Copy what hangs on {running} from {upstream} to {repository}: by `cosign copy`, `oras cp -r` or `regctl image copy --referrers --digest-tags`, in the job that promotes.',

  needs: (row, ledger) => ({ evidence: ledger.evidenceOf(row) }),

  check({ evidence }, row, say) {
    if (evidence === 'one-repository') return say.skip('oneRepository');
    if (evidence === 'not-promoted') return say.skip('notPromoted');
    const { digest: running, repository, upstream, before, now } = evidence;
    if (before.length === 0 || now.length > 0) return say.pass();
    return say.drift('lost', { where: row.where, running, repository, upstream, types: before.join(', ') });
  },
});
