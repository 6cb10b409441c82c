import { printable } from './printable.ts';

// What Markdown or HTML would read; of an address what GFM makes a link of by itself (GFM 0.29, 6.9: `www.` and a scheme with `://`).
const READ = /[\\`*_{}[\]<>()#+!|&@~$]|:(?=\/\/)|(?<=www)\./gi;
// GitHub and GitLab look for accounts and numbers in what has become of the text: a reference is one of those characters again by then.
const CALLED = /(?<!\w)@(?=\w)|@(?=[\w-]+\.)|[#!](?=\d)/g;
const NOTHING = '\u200b';

/** Nothing of an image's name or label may become markup, a link or a call: what would be read is written as character references. */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(CALLED, (character) => `${character}${NOTHING}`)
    .replace(READ, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll(NOTHING, `&#${NOTHING.charCodeAt(0)};`);
}
