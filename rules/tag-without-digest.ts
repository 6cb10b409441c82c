import { defineRule, formatImageReference } from 'selfsame';

export default defineRule({
  id: 'tag-without-digest',
  title: 'A workload is declared by a tag that can move',
  severity: 'low',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    movable: '{where} is declared as {declared}: the next pull may bring something else.',
  },
  skips: {},
  fix: 'Pin it: declare the digest beside the tag, as in `{declared}@sha256:…` (`crane digest {declared}` prints it).',

  needs: () => ({}),

  check(_, row, say) {
    const movable = row.running.map(({ declared }) => declared.spec).find(({ digest }) => digest === undefined);
    return movable ? say.drift('movable', { where: row.where, declared: formatImageReference(movable) }) : say.pass();
  },
});
