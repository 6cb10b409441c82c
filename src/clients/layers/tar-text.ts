import { unreadable } from '../../error.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes as text, each in one way: a byte that is no UTF-8 becomes the lone surrogate U+DC00 and its value, as no valid text has. */
export function textOf(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return String.fromCharCode(...[...bytes].map((byte) => (byte < 0x80 ? byte : 0xdc00 + byte)));
  }
}

/** The text of a field up to its first NUL. */
export function textIn(field: Uint8Array): string {
  const end = field.indexOf(0);
  return textOf(end < 0 ? field : field.subarray(0, end));
}

/** What is no tar file as every unpacker reads it: two that differ could be shown as one. */
export function unlikeTar(why: string): Error {
  return unreadable('malformed', `it ${why}`, { hint: 'Unpackers may read it in different ways: build the image again.' });
}
