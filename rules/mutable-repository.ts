import { defineRule } from 'selfsame';

export default defineRule({
  id: 'mutable-repository',
  title: 'The repository lets the tag be overwritten that a workload is declared by',
  severity: 'low',
  explains: true,
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    movable: '{repository} lets {declared} be overwritten: whoever may push there decides what the next pull of {where} brings.',
  },
  skips: {
    pinned: 'it is declared by digest',
  },
  fix: 'Make the tags of {repository} immutable and exclude only those that nobody deploys (ECR: `aws ecr put-image-tag-mutability --image-tag-mutability IMMUTABLE_WITH_EXCLUSION`), or declare the digest.',

  needs: (row, ledger) => ({ mobility: ledger.mobilityOf(row) }),

  check({ mobility }, row, say) {
    const { is, repository, declared } = mobility;
    if (is === 'pinned') return say.skip('pinned');
    return is === 'immutable' ? say.pass() : say.drift('movable', { where: row.where, repository, declared });
  },
});
