import { tellYamlProblem } from '../domain/tell-yaml-problem.ts';
import { type Document, isNode, parseDocument } from '../domain/yaml.ts';
import { AuditError } from '../error.ts';

type Problem = Document['errors'][number];

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

function refusalOf(file: string, problem: Problem): AuditError {
  const [at] = problem.linePos ?? [];
  const where = at ? `, line ${at.line}, column ${at.col}` : '';
  const { says, step = 'Mend the YAML at that line.' } = tellYamlProblem(problem);
  return new AuditError('CONFIG_INVALID', `${file}${where}: ${says}`, { hint: step });
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
