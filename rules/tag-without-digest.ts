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
    unasked:
      '{where} is declared as {declared}, pulled {pullPolicy}, and runs {running}: a node that has another image under this tag runs that, and asks no registry.',
  },
  skips: {},
  fix: 'Declare what runs by its digest, `{declared}@sha256:…`: the digest of this finding. Where its node named none, `crane digest {declared}` prints what the tag names now; see that it is what was tested.',

  needs: (row, ledger) => ({ workload: ledger.workloadOf(row) }),

  check(_, row, say) {
    const images = row.running.filter(({ declared }) => declared.spec.digest === undefined);
    const image = images.find(({ pullPolicy = 'Always' }) => pullPolicy !== 'Always') ?? images[0];
    if (!image) return say.pass();
    const declared = formatImageReference(image.declared.spec);
    const running = pullable(image);
    const { pullPolicy = 'Always' } = image;
    if (pullPolicy !== 'Always')
      return say.drift('unasked', { where: row.where, declared, pullPolicy, running: running ?? 'what its node named no digest of' });
    return running
      ? say.drift('replaceable', { where: row.where, declared, running })
      : say.drift('movable', { where: row.where, declared });
  },
});

/** A bare image ID, and a config's digest, are names that no registry is asked by. */
function pullable({ digest, digestRole, reported }: Row['running'][number]): string | undefined {
  return digestRole !== 'config' && reported.includes('@') ? digest : undefined;
}
