import type { Document } from './yaml.ts';

// Codes of the package `yaml`, 2.x; it has sentences of its own, which are made for programmers.
const REASONS: Readonly<Record<string, string>> = {
  BAD_INDENT: 'it is indented otherwise than what it belongs to, or what was opened before it is not closed',
  BAD_SCALAR_START: 'a value cannot begin with this character',
  BLOCK_AS_IMPLICIT_KEY: 'a second key stands on one line',
  DUPLICATE_KEY: 'this key stood there before',
  MISSING_CHAR: 'a colon after a key is missing, or the end of a quotation or list',
  MULTIPLE_DOCS: 'a second document begins here',
  TAB_AS_INDENT: 'a tab indents it',
  UNEXPECTED_TOKEN: 'this does not belong here',
};

const STEPS: Readonly<Record<string, string>> = {
  BAD_SCALAR_START: 'Put the value into quotes.',
  BLOCK_AS_IMPLICIT_KEY: 'Begin a new line for it, or put the whole value into quotes.',
  DUPLICATE_KEY: 'Put what both have under one of them.',
  MULTIPLE_DOCS: 'One file holds one configuration: take the line `---` away, or put what follows into a file of its own.',
  TAB_AS_INDENT: 'Indent with spaces.',
};

/** What is wrong with a line of YAML, in words for whoever wrote it, and what to do where one thing helps. */
export function tellYamlProblem({ code, message }: Document['errors'][number]): Readonly<{ says: string; step?: string | undefined }> {
  const [first = ''] = message.split(/ at line \d|\n/);
  return { says: REASONS[code] ?? first, step: STEPS[code] };
}
