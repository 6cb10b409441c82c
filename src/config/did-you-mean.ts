/** Offers the one of the names that was probably meant, in a sentence; none where no name is near. */
export function didYouMean(word: string, names: readonly string[]): string {
  const meant = nearest(word, names);
  return meant ? `Did you mean "${meant}"?` : '';
}

/** At most two letters off, or a third of a long one. */
function nearest(written: string, names: readonly string[]): string | undefined {
  const ranked = names.map((name) => ({ name, steps: stepsBetween(written.toLowerCase(), name.toLowerCase()) }));
  const [best] = ranked.toSorted((a, b) => a.steps - b.steps);
  return best && best.steps <= Math.max(2, written.length / 3) ? best.name : undefined;
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
