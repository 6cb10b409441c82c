import type { Command } from './subject.ts';

/** What stands before a command and is none of it. */
const BEFORE = new Set(['sudo', 'time', 'exec', 'command', 'nohup', 'if', 'then', 'else', 'elif', 'do', 'while', 'until', '!', '{', '}']);
const ASSIGNMENT = /^[A-Za-z_]\w*=/;
const SHELLS = new Set(['bash', 'sh', 'zsh', 'ash']);
/** The last word of a command whose failure its script passes over. */
export const PASSED_OVER = '|| true';
const PASSING_OVER = /^\|\|\s{0,9}(?:true|:)(?=[\s;)]|$)/;
const SEPARATORS = new Set([';', '|', '&', '(', ')', '\r', '`']);

/** A script within a script within a script is deep enough to look. */
const DEEPEST = 3;

/**
 * The commands of a shell script, as far as they can be told without running it: quotes, comments, continued lines, pipes and lists;
 * what is substituted, or handed to a shell here or elsewhere, is a command of its own as well. Text of a here-document is none.
 */
export function commandsOf(script: string, depth = 0): readonly Command[] {
  if (depth >= DEEPEST) return [];
  return withoutDocuments(script.replaceAll(/\\\r?\n/g, ' '))
    .flatMap(splitLine)
    .flatMap(({ words, nested }) => [...bare(words), ...nested.flatMap((inner) => commandsOf(inner, depth + 1))])
    .flatMap((command) => [command, ...handedOn(command).flatMap((inner) => commandsOf(inner, depth + 1))]);
}

function bare(words: readonly string[]): Command[] {
  const from = words.findIndex((word) => !BEFORE.has(word) && !ASSIGNMENT.test(word));
  return from < 0 ? [] : [words.slice(from)];
}

/** The script that a command hands to a shell. */
function handedOn(command: Command): string[] {
  const [name = '', ...rest] = command;
  if (SHELLS.has(name)) return command[1] === '-c' ? command.slice(2, 3) : [];
  return name === 'ssh' ? rest.slice(-1).filter((word) => word.includes(' ')) : [];
}

/** What follows `<<WORD` up to WORD is fed to a command. */
function withoutDocuments(script: string): readonly string[] {
  const kept: string[] = [];
  let until: string | undefined;
  for (const line of script.split('\n')) {
    if (until !== undefined) {
      if (line.trim() === until) until = undefined;
      continue;
    }
    until = /<<-?\s{0,9}["']?(?<word>\w{1,99})/.exec(line)?.groups?.word;
    kept.push(line);
  }
  return kept;
}

type Split = Readonly<{ words: readonly string[]; nested: readonly string[] }>;
type Reading = { readonly found: Split[]; readonly nested: string[]; words: string[]; word: string | undefined };

function splitLine(line: string): readonly Split[] {
  const reading: Reading = { found: [], nested: [], words: [], word: undefined };
  for (let at = 0; at < line.length; ) {
    if (line[at] === '#' && reading.word === undefined) break;
    at = readOne(line, at, reading);
  }
  endCommand(reading);
  return [...reading.found, { words: [], nested: reading.nested }];
}

/** Reads what begins at a place of the line, and gives the place after it. */
function readOne(line: string, at: number, reading: Reading): number {
  const sign = line[at] ?? '';
  if (line.startsWith('${{', at)) return take({ line, from: at, end: endOf(line, '}}', at) }, reading);
  if (sign === "'" || sign === '"') return quoted({ line, at, sign }, reading);
  const passed = sign === '|' ? PASSING_OVER.exec(line.slice(at, at + 20))?.[0] : undefined;
  if (passed !== undefined) {
    endWord(reading);
    reading.words.push(PASSED_OVER);
    return at + passed.length;
  }
  if (sign === '$' && line[at + 1] === '(') endCommand(reading);
  else if (sign === ' ' || sign === '\t') endWord(reading);
  else if (SEPARATORS.has(sign)) endCommand(reading);
  else take({ line, from: at, end: at + 1 }, reading);
  return at + 1;
}

/** What double quotes hold is a word, and what they substitute a command. */
function quoted({ line, at, sign }: { line: string; at: number; sign: string }, reading: Reading): number {
  const closing = line.indexOf(sign, at + 1);
  const end = closing < 0 ? line.length : closing;
  take({ line, from: at + 1, end }, reading);
  const inside = line.slice(at + 1, end);
  const inner = sign === '"' ? inside.indexOf('$(') : -1;
  if (inner >= 0) reading.nested.push(inside.slice(inner + 2));
  return end + 1;
}

function take({ line, from, end }: { line: string; from: number; end: number }, reading: Reading): number {
  reading.word = `${reading.word ?? ''}${line.slice(from, end)}`;
  return end;
}

function endOf(line: string, mark: string, at: number): number {
  const found = line.indexOf(mark, at);
  return found < 0 ? line.length : found + mark.length;
}

function endWord(reading: Reading): void {
  if (reading.word) reading.words.push(reading.word);
  reading.word = undefined;
}

function endCommand(reading: Reading): void {
  endWord(reading);
  if (reading.words.length > 0) reading.found.push({ words: reading.words, nested: [] });
  reading.words = [];
}
