/** What a query asks for of a thing: a field, or what is asked of it where it is of a type. */
export type Selection = Readonly<{
  alias: string;
  name: string;
  on?: string;
  args: Readonly<Record<string, string>>;
  inner: readonly Selection[];
}>;

/** As much of GraphQL as is asked here: fields with aliases and texts as arguments, and inline fragments. */
export function parse(query: string): readonly Selection[] {
  const tokens = query.match(/\.\.\.|[{}():]|[A-Za-z_]\w*|"(?:[^"\\]|\\.)*"/g) ?? [];
  const rest = query.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').replaceAll(/\.\.\.|[{}():,\s]|[A-Za-z_]\w*/g, '');
  if (rest !== '') throw new TypeError(`Parse error on ${rest}`);
  let at = 0;
  const take = (expected?: string) => {
    const token = tokens[at++];
    if (token === undefined || (expected !== undefined && token !== expected))
      throw new TypeError(`Expected ${expected}, actual: ${token}`);
    return token;
  };
  const selectionSet = (): Selection[] => {
    const found: Selection[] = [];
    take('{');
    while (tokens[at] !== '}') found.push(selection());
    take('}');
    return found;
  };
  const selection = (): Selection => {
    if (tokens[at] === '...') {
      take('...');
      take('on');
      return { alias: '', name: '', on: take(), args: {}, inner: selectionSet() };
    }
    const first = take();
    const isAliased = tokens[at] === ':';
    if (isAliased) take(':');
    const name = isAliased ? take() : first;
    const args: Record<string, string> = {};
    if (tokens[at] === '(') {
      take('(');
      while (tokens[at] !== ')') {
        const argument = take();
        take(':');
        args[argument] = JSON.parse(take()) as string;
      }
      take(')');
    }
    return { alias: first, name, args, inner: tokens[at] === '{' ? selectionSet() : [] };
  };
  take('query');
  return selectionSet();
}
