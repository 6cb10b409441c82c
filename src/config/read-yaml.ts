import { type Document, isNode, parseDocument } from '../domain/yaml.ts';
import { AuditError } from '../error.ts';

type Problem = Document['errors'][number];

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

/** Where in a file something stands that was read from it. */
export type LineOf = (place: readonly PropertyKey[]) => number;

/**
 * Reads YAML of one document, every scalar as text, with the line that each value stands on; of what is not there, the line of what it is
 * missing from. What is wrong is told with its line, in words for whoever wrote it.
 */
export function readYaml(file: string, text: string): Readonly<{ written: unknown; lineOf: LineOf }> {
  // Failsafe: every scalar is text, so that no commit or account id is ever read as a number.
  const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: true, prettyErrors: true });
  const [problem] = document.errors;
  if (problem) throw refusalOf(file, problem);
  return { written: expandAliases(file, document), lineOf: (place) => lineOf(document, text, place) };
}

function refusalOf(file: string, { code, message, linePos }: Problem): AuditError {
  const [at] = linePos ?? [];
  const where = at ? `, line ${at.line}, column ${at.col}` : '';
  const [first = ''] = message.split(/ at line \d|\n/);
  return new AuditError('CONFIG_INVALID', `${file}${where}: ${REASONS[code] ?? first}`, {
    hint: STEPS[code] ?? 'Mend the YAML at that line.',
  });
}

function lineOf(document: Document, text: string, place: readonly PropertyKey[]): number {
  const node = place.length > 0 ? document.getIn(place, true) : document.contents;
  if (isNode(node) && node.range) return text.slice(0, node.range[0]).split('\n').length;
  return place.length > 0 ? lineOf(document, text, place.slice(0, -1)) : 1;
}

function expandAliases(file: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 });
  } catch (cause) {
    const isUnknown = cause instanceof Error && cause.message.startsWith('Unresolved alias');
    throw new AuditError(
      'CONFIG_INVALID',
      `${file}: ${isUnknown ? 'an *alias names no &anchor before it' : 'its aliases expand too far'}`,
      {
        hint: 'Write the values out instead of using *aliases.',
        cause,
      },
    );
  }
}
