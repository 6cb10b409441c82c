import { type Mistake, noDockerfile, tooLarge } from './mistake.ts';

/** One instruction of a Dockerfile: its name in capitals, the words behind it as they are written, and the line it begins on. */
export type Instruction = Readonly<{ line: number; name: string; text: string; words: readonly string[] }>;

const LARGEST = 512 * 1024;
const DIRECTIVE = /^#\s*(\w+)\s*=\s*(\S+)\s*$/;
// docs.docker.com/reference/dockerfile, 2026.
const NAMES: ReadonlySet<string> = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(' '),
);
const WITH_DOCUMENTS: ReadonlySet<string> = new Set(['RUN', 'COPY', 'ADD']);
// A word of its own, as BuildKit's parser has it: `cat <<EOF` opens a document, `1<<2` and `<<<` do not.
const OPENING = /^\d*<<(-?)(["']?)([^<"']+)\2$/;

/** Splits a Dockerfile into its instructions: lines that go on are joined, comments and here-documents left out. */
export function instructionsIn(text: string): Readonly<{ instructions: readonly Instruction[]; mistakes: readonly Mistake[] }> {
  if (text.length > LARGEST) return { instructions: [], mistakes: [tooLarge(1, 'it has more than 512 KiB')] };
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const escape = escapeIn(lines);
  const instructions: Instruction[] = [];
  const mistakes: Mistake[] = [];
  for (let at = 0; at < lines.length; ) {
    const { text: joined, next } = join(lines, at, escape);
    const instruction = instructionOf(at + 1, joined);
    at = next;
    if (!instruction) continue;
    if (!NAMES.has(instruction.name)) {
      mistakes.push(
        noDockerfile(
          instruction.line,
          `${/^[A-Z]{2,20}$/.test(instruction.name) ? instruction.name : 'this'} is no instruction of a Dockerfile`,
        ),
      );
      return { instructions, mistakes };
    }
    instructions.push(instruction);
    const end = afterDocuments(lines, at, instruction);
    if (end === undefined) {
      mistakes.push(noDockerfile(instruction.line, 'its here-document has no end'));
      return { instructions, mistakes };
    }
    at = end;
  }
  return { instructions, mistakes };
}

/** Directives stand before everything else, one a line. */
function escapeIn(lines: readonly string[]): string {
  for (const line of lines) {
    const [, name, value] = DIRECTIVE.exec(line) ?? [];
    if (name === undefined) return '\\';
    if (name.toLowerCase() === 'escape') return value === '`' ? '`' : '\\';
  }
  return '\\';
}

/** A line with those that it goes on in; comments and empty lines between them count for nothing. */
function join(lines: readonly string[], from: number, escape: string): Readonly<{ text: string; next: number }> {
  const parts: string[] = [];
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const isNone = /^\s*(?:#|$)/.test(line);
    if (isNone && at > from) continue;
    const goesOn = !isNone && line.trimEnd().endsWith(escape);
    if (!isNone) parts.push(goesOn ? line.trimEnd().slice(0, -1) : line);
    if (!goesOn) return { text: parts.join(' '), next: at + 1 };
  }
  return { text: parts.join(' '), next: lines.length };
}

function instructionOf(line: number, joined: string): Instruction | undefined {
  const [, name, text = ''] = /^\s*(\S+)([^]*)$/.exec(joined) ?? [];
  return name === undefined ? undefined : { line, name: name.toUpperCase(), text: text.trim(), words: wordsOf(text) };
}

/** Words between blanks; what is quoted is no end of a word. */
function wordsOf(text: string): readonly string[] {
  return text.match(/(?:[^\s"']|"[^"]*"|'[^']*'|["'])+/g) ?? [];
}

/** The line behind the documents that an instruction opens; undefined where one has no end. */
function afterDocuments(lines: readonly string[], from: number, { name, words }: Instruction): number | undefined {
  let at = from;
  for (const word of WITH_DOCUMENTS.has(name) ? words : []) {
    const [, chomps, , end] = OPENING.exec(word) ?? [];
    if (end === undefined) continue;
    const isEnd = (line: string) => (chomps === '' ? line : line.replace(/^\t+/, '')) === end;
    while (at < lines.length && !isEnd(lines[at] ?? '')) at++;
    if (at++ >= lines.length) return undefined;
  }
  return at;
}
