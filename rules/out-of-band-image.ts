import { defineRule, formatImageReference } from 'selfsame';

export default defineRule({
  id: 'out-of-band-image',
  title: 'What runs was set past its declaration: the manifests say another image',
  severity: 'medium',
  severities: { injected: 'info' },
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    pod: '{where} runs {runs}, and the template of its workload declares {declared}: something changed the pod on its way in ({at}).',
    workload: '{where} is deployed as {runs}, and its manifest declares {declared} ({at}).',
    injected: '{where} runs {runs}, which the template of its workload does not have: something injects it into pods.',
  },
  skips: {
    vendor: 'built outside this audit',
    rolling: 'a rollout is under way',
    notDeclared: 'neither a template nor a manifest is known to compare it with',
  },
  fix: 'Find out who set {runs}: `kubectl get -o yaml --show-managed-fields` names the client that wrote the image, the audit log of the cluster the person, the webhooks of the cluster (`kubectl get mutatingwebhookconfigurations`) what changes pods. Then declare what should run, and apply that.',

  needs: (row, ledger) => ({ found: ledger.outOfBandOf(row) }),

  check({ found }, row, say) {
    if (found === 'as-declared') return say.pass();
    if (found === 'not-declared') return say.skip('notDeclared');
    if (found === 'rolling') return say.skip('rolling');
    if (found === 'injected') return say.drift('injected', { where: row.where, runs: tell(row.running[0]?.declared.spec) });

    const facts = { where: row.where, runs: tell(found.runs), declared: tell(found.declared), at: found.at };
    return say.drift(found.by, facts);
  },
});

const tell = (image: Parameters<typeof formatImageReference>[0] | undefined) =>
  image ? formatImageReference(image) : 'an image not known';
