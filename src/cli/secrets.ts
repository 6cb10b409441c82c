const MARK = '[concealed]';
const SHORTEST = 4;
const values = new Set<string>();

/** Has a value struck out of everything that this process writes from now on; what is shorter than four characters is no secret. */
export function conceal(value: string): void {
  if (value.length >= SHORTEST) values.add(value);
}

/** The text without any concealed value, also where JSON wrote it with escapes. */
export function strike(text: string): string {
  let struck = text;
  for (const value of values) {
    struck = struck.replaceAll(value, MARK);
    struck = struck.replaceAll(JSON.stringify(value).slice(1, -1), MARK);
  }
  return struck;
}
