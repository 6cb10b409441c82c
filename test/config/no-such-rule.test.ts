import { describe, expect, it } from 'vitest';
import { noSuchRule } from '../../src/config/no-such-rule.ts';

const RULES = ['base-outdated', 'image-gone', 'tag-moved', 'tags-moved', 'tag-moves', 'tag-move', 'unknown-origin'];

describe('a rule that is none', () => {
  it('is told with at most three that were probably meant, the nearest first, and not with all that there are', () => {
    const { message, hint } = noSuchRule('selfsame.yaml: rules', 'tag-moveds', RULES);

    expect(message).toContain('selfsame.yaml: rules: there is no rule "tag-moveds"');
    expect(hint).toBe('Did you mean "tag-moved" or "tag-moves" or "tags-moved"? `selfsame rules` lists them.');
  });

  it('is told with where all are listed, where none is near', () => {
    expect(noSuchRule('selfsame.yaml: rules', 'freshness', RULES).hint).toBe('`selfsame rules` lists them.');
  });
});
