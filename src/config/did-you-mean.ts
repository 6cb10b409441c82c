/** Offers those of the names that were probably meant, in a sentence: one, unless more are asked for; none where no name is near. */
export function didYouMean(word: string, names: readonly string[], most = 1): string {
  const meant = nearest(word, names).slice(0, most);
  return meant.length > 0 ? `Did you mean ${meant.map((name) => `"${name}"`).join(' or ')}?` : '';
}

/** What it is the beginning of, or at most two letters off, or a third of a long one; the nearest first. */
function nearest(written: string, names: readonly string[]): readonly string[] {
  const begins = (name: string) => written.length > 2 && name.toLowerCase().startsWith(written.toLowerCase());
  const steps = (name: string) => (begins(name) ? 0.5 : stepsBetween(written.toLowerCase(), name.toLowerCase()));
  const ranked = names.map((name) => ({ name, steps: steps(name) }));
  const near = ranked.filter(({ steps }) => steps <= Math.max(2, written.length / 3));
  return near.toSorted((a, b) => a.steps - b.steps).map(({ name }) => name);
}

/** How many letters must be put in, left out or changed to make one text the other. */
function stepsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of a.split('').entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(Math.min((row[j] ?? 0) + (letter === b[j] ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    row = next;
  }
  return row.at(-1) ?? 0;
}
