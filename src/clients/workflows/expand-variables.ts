/** The default of a variable; undefined where it has none. */
export type DefaultOf = (name: string) => string | undefined;

const VARIABLE = /\$(?:\w+|\{\w+(?::?[-+][^${}]*)?\})/g;
const PARTS = /^\$\{?(\w+)(:?[-+])?([^]*?)\}?$/;
const DEEPEST = 4;
// A reference to an image has a few hundred characters; defaults of defaults may double each time.
const LONGEST = 2048;

/** A text of a Dockerfile with the defaults of its variables; what has none, or expands too far, stays as it is written. */
export function expandVariables(text: string, defaultOf: DefaultOf): string {
  let expanded = text;
  for (let depth = 0; depth < DEEPEST && expanded.includes('$'); depth++) {
    const next = expanded.replace(VARIABLE, (variable) => valueOf(variable, defaultOf));
    if (next.length > LONGEST) return text;
    expanded = next;
  }
  return expanded;
}

function valueOf(variable: string, defaultOf: DefaultOf): string {
  const [, name = '', how, other = ''] = PARTS.exec(variable) ?? [];
  const value = defaultOf(name);
  const isThere = value !== undefined && (value !== '' || !how?.startsWith(':'));
  if (how?.endsWith('+')) return isThere ? other : '';
  if (isThere) return value;
  return how === undefined ? variable : other;
}
