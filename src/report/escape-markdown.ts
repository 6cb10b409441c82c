import { printable } from './printable.ts';

/** Nothing of an image's name or label may become markup: what Markdown or HTML would read is written as character references. */
export function escapeMarkdown(text: string): string {
  return printable(text).replace(/[\\`*_{}[\]<>()#+!|&@~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
