import { describe, expect, it } from 'vitest';
import { escapeMarkdownCode } from '../../src/report/escape-markdown-code.ts';

describe('a sentence with code, in Markdown', () => {
  it('keeps commands to be copied, and everything else from becoming markup', () => {
    expect(escapeMarkdownCode('Run `crane digest ghcr.io/acme/payments@sha256:c0ffee`, then [look](x).')).toBe(
      'Run `crane digest ghcr.io/acme/payments@sha256:c0ffee`, then &#91;look&#93;&#40;x&#41;.',
    );
  });

  it.each([
    ['what might be more than code', 'Run `docker run <img>`.', 'Run &#96;docker run &#60;img&#62;&#96;.'],
    ['a backquote that is left open', 'Look at payments`: it moved.', 'Look at payments&#96;: it moved.'],
    ['a backquote in a name, which would turn sides', 'Run `a`<img>`b`.', 'Run `a`&#60;img&#62;`b`.'],
    ['nothing between backquotes', 'Look at ``.', 'Look at &#96;&#96;.'],
    ['a dollar before code, which GitHub takes for mathematics', 'It is $`x`$.', 'It is &#36;`x`&#36;.'],
    ['a control character', 'Run `a\u001b[31m`.', String.raw`Run &#96;a&#92;u&#123;1b&#125;&#91;31m&#96;.`],
  ])('writes %s out', (_, text, written) => {
    expect(escapeMarkdownCode(text)).toBe(written);
  });
});
