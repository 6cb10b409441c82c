import { defineRule } from 'selfsame';

export default defineRule({
  id: 'reversed-promotion',
  title: 'This environment is ahead of the one before it',
  severity: 'medium',
  explains: true,
  countsAlone: true,
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    ahead: '{where} runs {running}, made {made}; {place} runs {other}, made before it, {otherMade}.',
    withdrawn: '{where} runs {running}, made {made}; {place} ran it, and has gone back to {other}, made {otherMade}.',
  },
  skips: {
    vendor: 'built outside this audit',
    noCounterpart: 'nothing upstream plays its part',
    idle: 'its counterpart upstream runs nothing now',
    otherStanding: 'it was rebuilt, or nobody known built it: when that was says nothing of what it holds',
    sameSource: 'both were built from one source',
  },
  fix: 'If {other} is upstream because something was wrong with {running}, roll back here too. Else let it go the whole way: deploy {running} to {place} as well, let it pass there, and find out what let it go past.',

  needs: (row, ledger) => ({ standing: ledger.standingOf(row), lead: ledger.leadOf(row) }),

  check({ standing, lead }, row, say) {
    if (standing.is === 'rebuilt' || standing.is === 'foreign') return say.skip('otherStanding');
    if (lead === 'no-counterpart') return say.skip('noCounterpart');
    if (lead === 'idle') return say.skip('idle');
    if (lead === 'same-source') return say.skip('sameSource');
    if (lead === 'same' || lead.is === 'older') return say.pass();

    const { place, other, made, otherMade, ranUpstream } = lead;
    const facts = { where: row.where, running: row.artifact?.digest ?? 'not known', made, place, other: other.digest, otherMade };
    return say.drift(ranUpstream ? 'withdrawn' : 'ahead', facts);
  },
});
