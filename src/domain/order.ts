/** Orders text by UTF-16 code unit, the same on every machine and in every locale. */
export function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A comparison of two things by the text that `key` makes of each. */
export function byKey<T>(key: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => byText(key(a), key(b));
}

/** The things sorted by the text that `key` makes of each, computed once. */
export function sortedBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  if (items.length < 2) return [...items];
  return items
    .map((item) => ({ item, key: key(item) }))
    .toSorted((a, b) => byText(a.key, b.key))
    .map(({ item }) => item);
}

/** Sorts things into lists by a key, keeping the order they came in. */
export function groupBy<T>(items: Iterable<T>, key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const own = key(item);
    const group = groups.get(own);
    if (group) group.push(item);
    else groups.set(own, [item]);
  }
  return groups;
}

/** Like groupBy, for things that have several keys; a thing stands once under each. */
export function indexBy<T>(items: Iterable<T>, keys: (item: T) => string | readonly string[]): Map<string, T[]> {
  const index = new Map<string, T[]>();
  for (const item of items) {
    const own = keys(item);
    for (const key of typeof own === 'string' ? [own] : new Set(own)) {
      const found = index.get(key);
      if (found) found.push(item);
      else index.set(key, [item]);
    }
  }
  return index;
}

/** The function remembered: each key is computed once. */
export function remember<A, V>(key: (about: A) => unknown, compute: (about: A) => V): (about: A) => V {
  const found = new Map<unknown, V>();
  return (about) => {
    const name = key(about);
    const known = found.get(name);
    if (known !== undefined || found.has(name)) return known as V;
    const value = compute(about);
    found.set(name, value);
    return value;
  };
}

/** The function remembered by what a thing is, not by what it says: of each it is computed once, and forgotten with it. */
export function rememberOf<A extends object, V>(compute: (about: A) => V): (about: A) => V {
  const found = new WeakMap<A, Readonly<{ value: V }>>();
  return (about) => {
    const known = found.get(about);
    if (known) return known.value;
    const value = compute(about);
    found.set(about, { value });
    return value;
  };
}

/** The same of two things: each pair is computed once, and all are forgotten with the first of the two. */
export function rememberPair<A extends object, B, V>(compute: (about: A, of: B) => V): (about: A, of: B) => V {
  const answersTo = rememberOf((about: A) =>
    remember(
      (of: B) => of,
      (of: B) => compute(about, of),
    ),
  );
  return (about, of) => answersTo(about)(of);
}
