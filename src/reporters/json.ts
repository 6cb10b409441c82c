import { defineReporter } from 'selfsame';

// JSON allows these raw, and a terminal or a viewer obeys them: written as escapes, the value stays the same.
const OBEYED = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export default defineReporter({
  id: 'json',
  title: 'The whole report for machines, selfsame/report/v1',
  mediaType: 'application/json',
  render: (report) => [JSON.stringify(report, null, 2).replace(OBEYED, escapeCharacter), '\n'],
});

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
