/** What names of namespaces and contexts call environments, upstream first. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  development: ['development', 'dev', 'sandbox'],
  test: ['test', 'testing', 'qa', 'int', 'integration'],
  staging: ['staging', 'stage', 'stg', 'uat', 'preprod'],
  production: ['production', 'prod', 'prd', 'live'],
};

/** The environments that names usually speak of, upstream first. */
export const USUAL_ENVIRONMENTS: readonly string[] = Object.keys(WORDS);

/** Words that mean other things too (`live-chat`, `int-tools`): they speak of an environment at the end of a name alone. */
const AMBIGUOUS: ReadonlySet<string> = new Set(['live', 'int']);

/** Every environment that a name speaks of: `shop-prd-2` of production, `nonprod` of none, `test-prod` of two. */
export function environmentsIn(name: string): readonly string[] {
  const all = wordsOf(name).filter((word) => word !== '');
  const words = all.filter((word, at) => !AMBIGUOUS.has(word) || at === all.length - 1);
  return USUAL_ENVIRONMENTS.filter((environment) => WORDS[environment]?.some((word) => words.includes(word)));
}

/** The pattern of the namespaces that are called like this one: `*-prd` for `shop-prd`. */
export function patternOf(namespace: string): string {
  const [first = '', ...rest] = namespace.split('-');
  const last = rest.at(-1);
  if (last !== undefined && isWord(last)) return `*-${last}`;
  return rest.length > 0 && isWord(first) ? `${first}-*` : namespace;
}

function isWord(word: string): boolean {
  return Object.values(WORDS).flat().includes(word);
}

function wordsOf(name: string): readonly string[] {
  const whole = name.toLowerCase().replaceAll(/pre[-_.]?prod(?:uction)?/g, 'preprod');
  // "nonprod" is everything but production, which may be several environments.
  const told = whole.replaceAll(/no[nt][-_.]?pro?d(?:uction)?/g, '');
  return told.split(/[^a-z0-9]+/).map((word) => word.replace(/\d+$/, ''));
}
