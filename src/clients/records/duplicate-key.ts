/**
 * The first key that one object of a JSON text holds twice; JSON.parse keeps the last of them in silence, other readers the first.
 * The text is valid JSON.
 */
export function duplicateKeyIn(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    if (character !== '"') continue;
    const end = endOfString(json, at);
    const keys = open.at(-1);
    const key = keys && isKey(json, end) ? String(JSON.parse(json.slice(at, end))) : undefined;
    if (key !== undefined && keys?.has(key)) return key;
    if (key !== undefined) keys?.add(key);
    at = end - 1;
  }
  return undefined;
}

function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isKey(json: string, after: number): boolean {
  let at = after;
  while (json[at] === ' ' || json[at] === '\t' || json[at] === '\r') at++;
  return json[at] === ':';
}
