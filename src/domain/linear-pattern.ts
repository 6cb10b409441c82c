/** The places in a text that a part of a pattern can end at, given those that it can begin at. */
type Part = (text: string, from: ReadonlySet<number>) => ReadonlySet<number>;
type Cursor = { readonly pattern: string; at: number };

const ATOM = /^(?:\[\^?\]?(?:\\.|[^\]\\])*\]|\\[dwsDWS.\-/\\+*?()[\]{}^$|]|[^\\()[\]{}*+?|^$])/;
const QUANTIFIER = /^(?:[*+?]|\{(\d{1,3})(?:(,)(\d{0,3}))?\})/;

/**
 * A regular expression as a test of texts that takes no longer than the text times itself times the pattern: every way through it is
 * followed at once. Undefined where it is none, or uses what cannot be matched so (back-references, assertions, lazy quantifiers).
 */
export function parsePattern(pattern: string): ((text: string) => boolean) | undefined {
  const cursor: Cursor = { pattern, at: 0 };
  const whole = alternatives(cursor);
  if (!whole || cursor.at < pattern.length) return undefined;
  return (text) => whole(text, new Set(Array.from({ length: text.length + 1 }, (_, at) => at))).size > 0;
}

function alternatives(cursor: Cursor): Part | undefined {
  const parts: Part[] = [];
  do {
    const part = sequence(cursor);
    if (!part) return undefined;
    parts.push(part);
  } while (took(cursor, '|'));
  return (text, from) => new Set(parts.flatMap((part) => [...part(text, from)]));
}

function sequence(cursor: Cursor): Part | undefined {
  const parts: Part[] = [];
  while (cursor.at < cursor.pattern.length && !'|)'.includes(cursor.pattern[cursor.at] ?? '')) {
    const part = piece(cursor);
    if (!part) return undefined;
    parts.push(part);
  }
  return (text, from) => parts.reduce((places, part) => part(text, places), from);
}

function piece(cursor: Cursor): Part | undefined {
  if (took(cursor, '^')) return (_, from) => new Set([...from].filter((at) => at === 0));
  if (took(cursor, '$')) return (text, from) => new Set([...from].filter((at) => at === text.length));
  const part = took(cursor, '(') ? group(cursor) : atom(cursor);
  return part && quantified(part, cursor);
}

function group(cursor: Cursor): Part | undefined {
  took(cursor, '?:');
  const inside = alternatives(cursor);
  return inside && took(cursor, ')') ? inside : undefined;
}

/** One character: what JavaScript makes of it alone can take no time. */
function atom(cursor: Cursor): Part | undefined {
  const [found] = ATOM.exec(cursor.pattern.slice(cursor.at)) ?? [];
  const one = found === undefined ? undefined : single(found);
  if (found === undefined || !one) return undefined;
  cursor.at += found.length;
  return (text, from) => new Set([...from].filter((at) => at < text.length && one.test(text[at] ?? '')).map((at) => at + 1));
}

function single(text: string): RegExp | undefined {
  try {
    return new RegExp(`^${text}$`, 's');
  } catch {
    return undefined;
  }
}

function quantified(part: Part, cursor: Cursor): Part | undefined {
  const [found = '', least, comma, most] = QUANTIFIER.exec(cursor.pattern.slice(cursor.at)) ?? [];
  if (found === '') return cursor.pattern[cursor.at] === '{' ? undefined : part;
  cursor.at += found.length;
  // A second quantifier would be a lazy or possessive one.
  if (/[*+?{]/.test(cursor.pattern[cursor.at] ?? '')) return undefined;
  const from = least === undefined ? Number(found === '+') : Number(least);
  const to = least === undefined ? (found === '?' ? 1 : undefined) : comma === undefined ? from : most ? Number(most) : undefined;
  return to !== undefined && to < from ? undefined : repeated(part, from, to);
}

function repeated(part: Part, least: number, most: number | undefined): Part {
  return (text, from) => {
    let places = from;
    for (let round = 0; round < least; round++) places = part(text, places);
    const reached = new Set(places);
    for (let round = least; places.size > 0 && round < (most ?? Number.POSITIVE_INFINITY); round++) {
      places = new Set([...part(text, places)].filter((at) => !reached.has(at)));
      for (const at of places) reached.add(at);
    }
    return reached;
  };
}

function took(cursor: Cursor, text: string): boolean {
  if (!cursor.pattern.startsWith(text, cursor.at)) return false;
  cursor.at += text.length;
  return true;
}
