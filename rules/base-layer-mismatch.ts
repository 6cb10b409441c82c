import { defineRule } from 'selfsame';

export default defineRule({
  id: 'base-layer-mismatch',
  title: 'What runs stands on another base image than what was rehearsed',
  severity: 'medium',
  explains: true,
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    otherBase: '{where} runs {running} on another base image than {tested}: {shippedBase} against {testedBase}; {difference}.',
  },
  skips: {
    vendor: 'built outside this audit',
    sameBase: 'it differs from what was rehearsed elsewhere than in its base',
    nothingToCompare: 'no artifact that was rehearsed is known to compare it with',
  },
  fix: 'Pin the base by digest in the Dockerfile (`FROM IMAGE@sha256:…`), and let one build serve every environment: a base then moves only with a commit that is tested.',

  needs: (row, ledger) => ({ standing: ledger.standingOf(row), difference: ledger.differenceOf(row) }),

  check({ standing, difference }, row, say) {
    if (standing.is === 'vendor') return say.skip('vendor');
    if (standing.is === 'selfsame' || standing.is === 'equivalent') return say.pass();
    if (!standing.counterpart || !difference) return say.skip('nothingToCompare');
    if (difference.cause !== 'base-image') return say.skip('sameBase');

    return say.drift('otherBase', {
      where: row.where,
      running: row.artifact?.digest ?? 'not known',
      tested: standing.counterpart.digest,
      shippedBase: difference.bases?.shipped?.name ?? claimedBy(standing.shipped),
      testedBase: difference.bases?.rehearsed?.name ?? claimedBy(standing.rehearsed),
      difference: difference.says,
    });
  },
});

type Build = { base: readonly { image: { repository: string; tag?: string | undefined }; digest?: string | undefined }[] } | undefined;

/** As the build record names it: a claim, which the layers bear out. */
function claimedBy(build: Build): string {
  const [base] = build?.base ?? [];
  if (!base) return 'a base not recorded';
  return `${base.image.repository}${base.image.tag ? `:${base.image.tag}` : ''}${base.digest ? `@${base.digest}` : ''}`;
}
