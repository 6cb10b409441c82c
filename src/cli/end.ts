import type { Ended } from './edge.ts';

/** The exit code of a process that a signal ended; a deadline ends in gaps instead. */
export function exitCodeOfEnd(ended: Ended): 130 | 143 | undefined {
  if (ended === 'SIGINT') return 130;
  return ended === 'SIGTERM' ? 143 : undefined;
}
