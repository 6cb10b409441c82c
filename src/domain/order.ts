/** Orders text by UTF-16 code unit, the same on every machine and in every locale. */
export function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A comparison of two things by the text that `key` makes of each. */
export function byKey<T>(key: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => byText(key(a), key(b));
}

/** Sorts things into lists by a key, keeping the order they came in. */
export function groupBy<T>(items: Iterable<T>, key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
