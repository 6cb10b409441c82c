/** How a registry asks to be asked: with a password, or with a token that `realm` hands out. */
export type Challenge = Readonly<{ scheme: 'basic' }> | Readonly<{ scheme: 'bearer'; realm: string; service: string }>;

const LONGEST = 8 * 1024;
// RFC 9110, 11.2: a scheme, or a parameter of the scheme before it.
const PIECE = /[\s,]*([!#$%&'*+.^`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*)"|([!#$%&'*+.^`|~\w-]+)))?(?=[\s,]|$)/y;

type Parsed = { scheme: string; parameters: Map<string, string> };

/** The first challenge of a WWW-Authenticate header that is understood; undefined where there is none or the header is no list of challenges. */
export function parseChallenge(header: string): Challenge | undefined {
  const challenges = header.length > LONGEST ? undefined : challengesOf(header);
  for (const { scheme, parameters } of challenges ?? []) {
    if (scheme === 'basic') return { scheme };
    const realm = parameters.get('realm');
    if (scheme === 'bearer' && realm) return { scheme, realm, service: parameters.get('service') ?? '' };
  }
  return undefined;
}

function challengesOf(header: string): Parsed[] | undefined {
  const challenges: Parsed[] = [];
  let at = 0;
  while (header.slice(at).trim() !== '') {
    PIECE.lastIndex = at;
    const [piece, name = '', quoted, bare] = PIECE.exec(header) ?? [];
    if (piece === undefined) return undefined;
    at += piece.length;
    const value = quoted?.replace(/\\(.)/g, '$1') ?? bare;
    if (!add(challenges, name.toLowerCase(), value)) return undefined;
  }
  return challenges;
}

/** False where a parameter belongs to no challenge or is there twice: readers would differ in which they take. */
function add(challenges: Parsed[], name: string, value: string | undefined): boolean {
  if (value === undefined) return challenges.push({ scheme: name, parameters: new Map() }) > 0;
  const parameters = challenges.at(-1)?.parameters;
  if (!parameters || parameters.has(name)) return false;
  parameters.set(name, value);
  return true;
}
