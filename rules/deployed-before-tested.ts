import { defineRule } from 'selfsame';

export default defineRule({
  id: 'deployed-before-tested',
  title: 'What runs reached the end of the path before its gate had passed',
  severity: 'medium',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    passedAfter: '{where} has run {running} since {there} or earlier, and {gate} first passed on it at {at}.',
    firstSeenAfter:
      '{where} ran {running} at {there}, when every test was listed and {gate} had no pass on it; the pass declares {at}, and was first seen at {seen}.',
  },
  skips: {
    vendor: 'built outside this audit',
    notLast: 'only what has reached the last environment must have been tested before',
    noGates: 'no gate is configured that has to pass before this environment',
    notPassed: 'a gate has not passed on it at all: see untested-digest',
  },
  fix: 'Nothing needs to be rolled back: {gate} has passed on {running} since. Let the deployment wait for it (`needs:` in the workflow, or an environment that requires the check), and find out who went round it.',
  mustTell: 'set the clock of the cluster right, or judge it together with a recording that has the pass and saw the place before',
  mustTellWhere: ['clocks-differ'],

  needs: (row, ledger) => ({ order: ledger.testOrderOf(row) }),

  check({ order }, row, say) {
    const running = row.artifact?.digest ?? 'not known';
    switch (order.state) {
      case 'before':
        return say.pass();
      case 'not-last':
        return say.skip('notLast');
      case 'no-gates':
        return say.skip('noGates');
      case 'not-passed':
        return say.skip('notPassed');
      case 'passed-after':
        return say.drift('passedAfter', { where: row.where, running, gate: order.gate, at: order.at, there: order.there });
      case 'first-seen-after': {
        const { gate, at, there, seen } = order;
        return say.drift('firstSeenAfter', { where: row.where, running, gate, at, there, seen });
      }
    }
  },
});
