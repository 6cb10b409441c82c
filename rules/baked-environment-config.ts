import { defineRule } from 'selfsame';

export default defineRule({
  id: 'baked-environment-config',
  title: 'Settings of an environment are baked into the image, so that every environment has its own digest',
  severity: 'medium',
  explains: true,
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    baked: '{where} runs {running}, built from the same source as {tested}, rehearsed in {upstream}, and equal to it but for {settings}.',
    set: '{where} runs {running}: the layers of {tested}, rehearsed in {upstream}, with other settings put upon them: {settings}.',
    given:
      '{where} runs {running}, and {tested}, rehearsed in {upstream}, was built from the same source with other build arguments: {settings}.',
  },
  skips: {
    vendor: 'built outside this audit',
    notBaked: 'it differs from what was rehearsed in more than settings, or in none',
  },
  fix: 'Take {settings} out of the Dockerfile and the build job, and give them to the container instead (`env:` or a ConfigMap in the manifest of each environment). One build then serves all, and {tested} can be deployed as it is.',

  needs: (row, ledger) => ({ standing: ledger.standingOf(row), settings: ledger.bakedInto(row) }),

  check({ standing, settings }, row, say) {
    if (standing.is === 'vendor') return say.skip('vendor');
    if (standing.is === 'selfsame' || standing.is === 'equivalent') return say.pass();
    if (!settings) return say.skip('notBaked');

    const facts = {
      where: row.where,
      running: row.artifact?.digest ?? 'not known',
      tested: standing.counterpart?.digest ?? 'not known',
      upstream: standing.upstream ?? 'upstream',
      settings: settings.names.join(', '),
    };
    if (settings.by === 'arguments') return say.drift('given', facts);
    return say.drift(standing.reason === 'same-source' ? 'baked' : 'set', facts);
  },
});
