import { readEnd, readTag, readText, skipField, type Wire } from './wire.ts';

/** The one text that is asked for of a message, by the number of its field; empty where there is none. */
export function readInnerText(wire: Wire, outerTag: number, outer: number, number: number): string {
  const end = readEnd(wire, outerTag, outer);
  let text = '';
  while (wire.at < end) {
    const tag = readTag(wire, end);
    if (tag >>> 3 === number) text = readText(wire, tag, end);
    else skipField(wire, tag, end);
  }
  return text;
}
