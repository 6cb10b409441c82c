import { defineRule } from 'selfsame';

export default defineRule({
  id: 'unpinned-base-image',
  title: 'An image is built on a base that is named by a tag, so that the same commit builds differently tomorrow',
  severity: 'medium',
  since: '0.1.0',
  judges: 'dockerfile',
  messages: {
    stage: '{file} builds on {image}: the same commit gives another image once that tag names another.',
    copied: '{file} copies from {image}: the same commit gives another image once that tag names another.',
  },
  skips: {},
  fix: 'Name the digest beside the tag (`FROM {image}@sha256:…`; `crane digest {image}` tells it), and let Renovate or Dependabot move both.',

  needs: (subject, { workflows }) => ({ unpinned: workflows.unpinnedIn(subject) }),

  check({ unpinned }, { file }, say) {
    if (!unpinned) return say.pass();
    return say.drift(unpinned.as === 'stage' ? 'stage' : 'copied', { file: file.path, image: unpinned.image }, unpinned.line);
  },
});
