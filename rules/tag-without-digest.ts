import { defineRule, formatImageReference, type Row } from 'selfsame';

export default defineRule({
  id: 'tag-without-digest',
  title: 'A workload is declared by a tag that can move',
  severity: 'low',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    movable: '{where} is declared as {declared}: the next pull may bring something else, and its node named no digest.',
    replaceable: '{where} is declared as {declared} and runs {running}: the next pull may bring something else.',
  },
  skips: {},
  fix: 'Declare what runs by its digest, `{declared}@sha256:…`: the digest of this finding. Where its node named none, `crane digest {declared}` prints what the tag names now; see that it is what was tested.',

  needs: (row, ledger) => ({ workload: ledger.workloadOf(row) }),

  check(_, row, say) {
    const image = row.running.find(({ declared }) => declared.spec.digest === undefined);
    if (!image) return say.pass();
    const declared = formatImageReference(image.declared.spec);
    const running = pullable(image);
    return running
      ? say.drift('replaceable', { where: row.where, declared, running })
      : say.drift('movable', { where: row.where, declared });
  },
});

/** A bare image ID, and a config's digest, are names that no registry is asked by. */
function pullable({ digest, digestRole, reported }: Row['running'][number]): string | undefined {
  return digestRole !== 'config' && reported.includes('@') ? digest : undefined;
}
