import { escapeMarkdown } from './escape-markdown.ts';
import { printable } from './printable.ts';

/** What some reader of Markdown might still take for markup within code. */
const DOUBTFUL = /[<>[\]&|!\\~]|^\s*$/;

/** A sentence as `escapeMarkdown` writes it, with what stands between backquotes as code, so that it can be copied; unless it might be more than code. */
export function escapeMarkdownCode(text: string): string {
  const parts = text.split('`');
  if (parts.length % 2 === 0) return escapeMarkdown(text);
  return parts.map((part, at) => (at % 2 === 0 ? escapeMarkdown(part) : codeOf(part))).join('');
}

function codeOf(part: string): string {
  const told = printable(part);
  return DOUBTFUL.test(told) ? escapeMarkdown(`\`${part}\``) : `\`${told}\``;
}
