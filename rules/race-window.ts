import { defineRule } from 'selfsame';

export default defineRule({
  id: 'race-window',
  title: 'A push landed on the tag between what upstream and what downstream resolved',
  severity: 'medium',
  explains: true,
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    raced:
      '{where} got {running} by {tag} and runs it since {runningAt}; upstream got {rehearsed} by it and runs that since {rehearsedAt}. What runs was pushed in between, at {pushedAt}.',
  },
  skips: {
    pinned: 'it is declared by digest',
    otherName: 'upstream is declared by another name',
  },
  fix: 'Resolve {tag} once, in the pipeline (`crane digest {tag}`), test that digest and hand the same digest to every environment.',

  needs: (row, ledger) => ({ race: ledger.raceOf(row) }),

  check({ race }, row, say) {
    if (race === 'pinned') return say.skip('pinned');
    if (race === 'other-name') return say.skip('otherName');
    if (race === 'same' || race === 'not-between') return say.pass();
    const { tag, running, runningAt, rehearsed, rehearsedAt, pushedAt } = race;
    return say.drift('raced', { where: row.where, tag, running, runningAt, rehearsed, rehearsedAt, pushedAt });
  },
});
