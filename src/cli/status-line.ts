import { printable } from '../report/printable.ts';

/** What of a terminal a line that is written over itself needs. */
export type Terminal = Readonly<{ isTTY?: boolean; columns?: number; write(text: string): unknown }>;

/** One line, written over itself and never wider than the terminal, in which nothing can be obeyed; nothing where it is no terminal. */
export function openStatusLine({ isTTY = false, columns = 80, write }: Terminal): { show(text: string): void; clear(): void } {
  if (!isTTY) return { show: () => undefined, clear: () => undefined };
  const fit = (text: string) => printable(text).slice(0, columns - 1);
  return { show: (text) => void write(`\r\u001b[K${fit(text)}`), clear: () => void write('\r\u001b[K') };
}
