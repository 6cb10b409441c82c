const FIELD = /"((?:[^"]|"")*)"(,|\r\n)/y;

/** The fields of a CSV, read strictly: every one in quotes, every line ended by CR LF, nothing between or after. */
export function readCsv(text: string): string[][] {
  const table: string[][] = [[]];
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < text.length) {
    const from = FIELD.lastIndex;
    const [whole, field = '', end] = FIELD.exec(text) ?? [];
    if (whole === undefined) throw new TypeError(`no quoted field at ${from}: ${text.slice(from, from + 40)}`);
    table.at(-1)?.push(field.replaceAll('""', '"'));
    if (end === '\r\n') table.push([]);
  }
  if (table.pop()?.length !== 0) throw new TypeError('the last line has no end');
  return table;
}
