import { unreadable } from '../error.ts';

const DEEPEST = 64;
// Two million keys took six seconds and 600 MB to parse (measured); no image document has a thousandth of that.
const MOST_KEYS = 100_000;

/** Reads JSON that every reader understands alike: strict UTF-8, no key twice, no lone surrogate, and neither deep nor wide without end. */
export function parseStrictJson(bytes: Uint8Array, mostKeys: number = MOST_KEYS): unknown {
  const text = decode(bytes);
  inspect(text, mostKeys);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable('malformed', 'it is no JSON', { cause });
  }
}

function decode(bytes: Uint8Array): string {
  try {
    // A byte order mark is kept, so that it fails below as it fails in other readers.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw unreadable('malformed', 'it is no UTF-8', { cause });
  }
}

/** Looks at strings and brackets only: whether they make JSON is for the parser to say. */
function inspect(text: string, mostKeys: number): void {
  const open: Set<string>[] = [];
  let keys = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === '{' || letter === '[') open.push(new Set());
    if (letter === '}' || letter === ']') open.pop();
    if (open.length > DEEPEST) throw unreadable('too-large', `it is nested more than ${DEEPEST} deep`);
    if (letter !== '"') continue;
    const end = endOfString(text, at);
    const value = valueOf(text.slice(at, end + 1));
    at = end;
    if (!isKey(text, end)) continue;
    if (++keys > mostKeys) throw unreadable('too-large', `it has more than ${mostKeys} keys`);
    if (open.at(-1)?.has(value)) throw unreadable('malformed', 'it has one key twice, and readers differ in which they take');
    open.at(-1)?.add(value);
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function valueOf(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  let value = '';
  try {
    value = String(JSON.parse(literal));
  } catch (cause) {
    throw unreadable('malformed', 'it is no JSON', { cause });
  }
  if (!value.isWellFormed()) throw unreadable('malformed', 'it holds half a surrogate pair');
  return value;
}

function isKey(text: string, end: number): boolean {
  let at = end + 1;
  while (' \t\r\n'.includes(text[at] ?? ':')) at++;
  return text[at] === ':';
}
