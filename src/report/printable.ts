// Of what a viewer obeys without showing it: C1 controls, soft hyphen, bidirectional marks, overrides and isolates, zero-width and tag characters.
const OBEYED = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;
const PLAIN = /^[\u0020-\u007e]*$/;
const CONTROLS = /[\u0000-\u001f]/g;

const writeCodePoint = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`;
const writeCodeUnits = (character: string) =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

// What a CI runner takes for a command: `::name` at the start of a line, which wrapping may make of any word, and `##[` anywhere.
const COMMANDS = /(?<=^|\s):(?=:)|(?<=#)#(?=\[)/g;

/** The text with everything that could move a cursor, turn text around or command a CI runner written as an escape. */
export function printable(text: string): string {
  return text.replace(CONTROLS, writeCodePoint).replace(OBEYED, writeCodePoint).replace(COMMANDS, writeCodePoint);
}

/** JSON text with the same characters written as JSON escapes: its value stays what it was. */
export function printableJson(json: string): string {
  // Nearly all of a report is plain ASCII: looking for the rare is slower than looking that there is none.
  return PLAIN.test(json) && !json.includes('##[') ? json : json.replace(OBEYED, writeCodeUnits).replaceAll('##[', '#\\u0023[');
}
