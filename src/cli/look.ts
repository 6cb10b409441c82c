import type { Look } from '../report/define-reporter.ts';

const NARROWEST = 60;
const OF_A_PIPE = 80;

/** How wide standard output is and whether it shows colour; a pipe is as wide as a terminal once was. */
export function lookOfTerminal(): Look {
  const { isTTY, columns } = process.stdout;
  return { width: isTTY ? Math.max(NARROWEST, columns) : OF_A_PIPE, color: isTTY && !process.env.NO_COLOR };
}
