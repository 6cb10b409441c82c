import { textOf, unlikeTar } from './tar-text.ts';

/** The records of an extended header (POSIX pax); of one key the last one counts, as for every unpacker. */
export function readPaxRecords(body: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  let at = 0;
  while (at < body.length) {
    const space = body.indexOf(0x20, at);
    const digits = body.toString('latin1', at, space < 0 ? at : Math.min(space, at + 12));
    const end = at + Number(digits);
    if (!/^[1-9]\d*$/.test(digits) || end > body.length || end <= space || body[end - 1] !== 0x0a)
      throw unlikeTar('has a broken extended header');
    const equals = body.indexOf(0x3d, space);
    if (equals < 0 || equals >= end) throw unlikeTar('has a broken extended header');
    keep(records, textOf(body.subarray(space + 1, equals)), textOf(body.subarray(equals + 1, end - 1)));
    at = end;
  }
  return records;
}

function keep(records: Map<string, string>, key: string, value: string): void {
  // A sparse file is written in pieces; which bytes it has depends on who puts them together.
  if (key.startsWith('GNU.sparse.')) throw unlikeTar('has a sparse file');
  if ((key === 'path' || key === 'linkpath') && value.includes('\0')) throw unlikeTar('has a name with a NUL in it');
  if (value === '') records.delete(key);
  else records.set(key, value);
}
