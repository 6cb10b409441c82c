import { defineRule } from 'selfsame';
import { z } from 'zod';

export default defineRule({
  id: 'wrong-source',
  title: 'What runs was built from a repository that its image may not be built from',
  severity: 'high',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    other: '{where} runs {running} of {line}, built from {repository} as {record} says, which is not on the list of that image.',
  },
  skips: {
    vendor: 'built outside this audit',
    notAsked: 'no list speaks of its image line',
    noRecord: 'no build record names it: see unknown-origin and missing-provenance',
  },
  fix: 'Find out who pushed to {line} from {repository}: a fork, a copy, or somebody who should not be able to. Deploy what was built from the right one. If {repository} is right, add it to `repositories` in `selfsame.yaml`.',
  options: z.strictObject({ repositories: z.record(z.string().min(1), z.array(z.string().min(1))).default({}) }),
  awaits: 'repositories',

  needs: (row, ledger, { repositories }) => ({ repository: ledger.repositoryOf(row, repositories) }),

  check({ repository }, row, say) {
    if (repository === 'not-asked') return say.skip('notAsked');
    if (repository === 'none') return say.skip('noRecord');
    if (repository === 'listed') return say.pass();

    const { other, build } = repository;
    const running = row.artifact?.digest ?? 'not known';
    return say.drift('other', { where: row.where, running, line: row.line, repository: other, record: build.origin.locator });
  },
});
