import { printable } from './printable.ts';

/** Text that is HTML already: only `markup` makes it. */
export type Markup = Readonly<{ html: string }>;
type Part = Markup | string | number | false | undefined | readonly Part[];

const REFERENCES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** HTML from a template: everything filled in is text or the value of a quoted attribute, whatever it says; only other markup stays markup. */
export function markup(template: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { html: template.map((text, at) => `${text}${toHtml(parts[at])}`).join('') };
}

/** The text as XML and HTML have it between tags and in quoted attributes; controls and what no viewer shows are written as escapes. */
export function escapeMarkup(text: string): string {
  return printable(text.toWellFormed())
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => REFERENCES[character] ?? '');
}

function toHtml(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeMarkup(String(part));
  return 'html' in part ? part.html : part.map(toHtml).join('');
}
