/** The list of those that have nothing in it: pods have many. */
export const NONE: never[] = [];
Object.freeze(NONE);

/** The list with one item more. */
export function append<T>(list: T[], item: T): T[] {
  if (list.length === 0) return [item];
  list.push(item);
  return list;
}
