import { defineRule, formatImageReference } from 'selfsame';

export default defineRule({
  id: 'ephemeral-debug-container',
  title: 'Somebody put a debug container into running pods',
  severity: 'medium',
  severities: { ended: 'low' },
  vendors: true,
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    running:
      '{where}: in the pods of {workload} in {namespace} runs a debug container, {container} of {image}, since {since}; they do not run only what was deployed.',
    ended:
      '{where}: in the pods of {workload} in {namespace} ran a debug container, {container} of {image}, since {since}; it has ended, and what it changed there may remain.',
  },
  skips: {
    otherRow: 'told on another container of the workload',
    injected: 'told on the workloads that it was injected into',
  },
  fix: 'Ask who is debugging (`kubectl describe pod` names the container, the audit log of the cluster who attached it). When they are done, replace the pods: `kubectl -n {namespace} rollout restart {workload}`. An ephemeral container cannot be removed from a pod.',

  needs: (row, ledger) => ({ debugging: ledger.debuggingOf(row) }),

  check({ debugging }, row, say) {
    if (debugging === 'other-row') return say.skip('otherRow');
    if (debugging === 'injected') return say.skip('injected');
    const [first] = debugging;
    if (!first) return say.pass();

    const told = debugging.find(({ phase }) => phase === 'running') ?? first;
    return say.drift(told.phase === 'running' ? 'running' : 'ended', {
      where: row.where,
      container: told.container,
      image: formatImageReference(told.declared.spec),
      since: told.since ?? 'a time not known',
      namespace: row.workload.namespace,
      workload: `${row.workload.kind.toLowerCase()}/${row.workload.name}`,
    });
  },
});
