import { defineRule } from 'selfsame';

export default defineRule({
  id: 'test-evidence-on-other-digest',
  title: 'The gate passed on another digest of the same source, not on what runs',
  severity: 'medium',
  explains: true,
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    sibling:
      '{where} runs {running}, of which {gate} has no record: at {at} it passed on {tested}, another digest of commit {commit}, built by {testedBy}.',
    index:
      '{where} runs {running}, of which {gate} has no record: at {at} it passed on the index {tested} of commit {commit}, and what runs is not in it.',
  },
  skips: {
    vendor: 'built outside this audit',
    otherPlatform: 'another platform of its release was rehearsed: see platform-not-tested',
    noNearMiss: 'no gate passed on another digest of its source',
  },
  fix: 'Deploy {tested}, which {gate} passed, in place of {running}. To keep {running}, run {gate} against that very digest and record it: `selfsame record test --gate {gate} --result passed --digest {running}`.',

  needs: (row, ledger) => ({ standing: ledger.standingOf(row), miss: ledger.nearMissOf(row) }),

  check({ standing, miss }, row, say) {
    if (standing.is === 'vendor') return say.skip('vendor');
    if (standing.is === 'selfsame' || standing.is === 'equivalent') return say.pass();
    if (standing.reason === 'other-platform') return say.skip('otherPlatform');
    if (!miss) return say.skip('noNearMiss');

    const facts = {
      where: row.where,
      running: row.artifact?.digest ?? 'not known',
      gate: miss.test.gate,
      at: miss.test.at,
      tested: miss.digest,
      commit: miss.commit ?? 'not recorded',
    };
    return miss.isIndex ? say.drift('index', facts) : say.drift('sibling', { ...facts, testedBy: nameOf(miss.build) });
  },
});

type Build = { run?: { platform: string; id: string; attempt: number } | undefined } | undefined;

const nameOf = (build: Build) =>
  build?.run ? `${build.run.platform} run ${build.run.id} attempt ${build.run.attempt}` : 'a build not recorded';
