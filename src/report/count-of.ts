/** A number with its noun, in the plural where there are several or none. */
export function countOf(number: number, noun: string): string {
  return `${number} ${number === 1 ? noun : pluralOf(noun)}`;
}

function pluralOf(noun: string): string {
  if (noun.endsWith('x')) return `${noun}es`;
  return noun.endsWith('s') ? noun : `${noun}s`;
}
