import { type Artifact, defineRule, type Row } from 'selfsame';

export default defineRule({
  id: 'rebuilt-after-test',
  title: 'Production runs a rebuild of what was tested, not the tested artifact',
  severity: 'high',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    rebuilt:
      '{where} runs {running}, built by {shippedBy}; {upstream} rehearsed {tested}, built by {testedBy} from commit {commit}: {difference}.',
    derived: '{where} runs {running}, which shares content with {tested}, rehearsed in {upstream}: {difference}.',
  },
  skips: {
    vendor: 'built outside this audit',
    otherStanding: 'no rebuild: see unknown-origin or untested-digest',
  },
  fix: 'Deploy the rehearsed digest instead, {into}: `{command}`. Then delete the build step from the production job.',

  needs: (row, ledger) => ({ standing: ledger.rebuildOf(row) }),

  check({ standing }, row, say) {
    if (standing.is === 'vendor') return say.skip('vendor');
    if (standing.is === 'selfsame' || standing.is === 'equivalent') return say.pass();
    if (standing.is !== 'rebuilt') return say.skip('otherStanding');

    const facts = {
      where: row.where,
      running: row.artifact?.digest ?? 'not known',
      tested: standing.counterpart?.digest ?? 'not known',
      command: commandFor(row, standing.counterpart),
      into: row.published ? 'to its channel' : `in the cluster ${row.workload.cluster}`,
      upstream: standing.upstream ?? 'upstream',
      difference: standing.difference?.says ?? 'the bytes differ; their content was not compared',
    };
    if (standing.reason === 'derived') return say.drift('derived', facts);
    return say.drift('rebuilt', {
      ...facts,
      shippedBy: nameOf(standing.shipped),
      testedBy: nameOf(standing.rehearsed),
      commit: standing.shipped?.source?.commit ?? standing.rehearsed?.source?.commit ?? 'claimed by its labels',
    });
  },
});

type Build = { run?: { platform: string; id: string; attempt: number } | undefined } | undefined;

const nameOf = (build: Build) =>
  build?.run ? `${build.run.platform} run ${build.run.id} attempt ${build.run.attempt}` : 'a build not recorded';

/** What a person types to run the rehearsed digest: a copy first, where it lies in another repository. */
function commandFor(row: Row, tested: Artifact | undefined): string {
  const { workload, container, line } = row;
  const held = tested?.manifest?.image ?? tested?.index?.image;
  const from = held ? `${held.registry}/${held.repository}` : line;
  const [published] = row.published ? row.running.map(({ declared }) => declared.spec.tag) : [];
  if (published !== undefined) return `crane copy ${from}@${tested?.digest} ${line}:${published}`;
  const copy = from === line ? '' : `crane copy ${from}@${tested?.digest} ${line}:promoted && `;
  return `${copy}kubectl -n ${workload.namespace} set image ${workload.kind.toLowerCase()}/${workload.name} ${container}=${line}@${tested?.digest}`;
}
