import { hash } from 'node:crypto';

/** Whether no text before was the same, byte for byte; what was told is remembered by its hash, since it may be a million records. */
export function isNew(text: string | Uint8Array, told: Set<string>): boolean {
  const before = told.size;
  return told.add(hash('sha256', text, 'binary')).size > before;
}
