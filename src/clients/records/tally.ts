import type { GapReason } from '../../domain/statement.ts';
import type { RecordKind, Unread } from './unread.ts';

/** What was not read, of one kind, where, why, and what to do. */
export type Left = Readonly<{ of: RecordKind; because: GapReason; locator: string; hint: string }>;

/** Counts the lines of one file that could not be read, so that a million of them are told as one. */
export type Tally = Readonly<{ add(line: number, unread: Unread): void; left(): readonly Left[] }>;

type Counted = { of: RecordKind; unread: Unread; first: number; lines: number };

/** An empty tally of a file. */
export function tallyOf(file: string): Tally {
  const counted = new Map<string, Counted>();
  return {
    add(line, unread) {
      for (const of of unread.of) {
        const found = counted.get(`${of} ${unread.because}`);
        if (found) found.lines++;
        else counted.set(`${of} ${unread.because}`, { of, unread, first: line, lines: 1 });
      }
    },
    left: () =>
      [...counted.values()].map(({ of, unread, first, lines }) => ({
        of,
        because: unread.because,
        locator: `${file}:${first}`,
        hint: hintFor(unread, first, lines),
      })),
  };
}

function hintFor({ because, says }: Unread, first: number, lines: number): string {
  const more = lines === 1 ? '' : ` (and ${lines - 1} more)`;
  // What is not trusted needs no mending: its reason says what to do.
  if (because === 'untrusted') return `Line ${first}${more}: ${says}`;
  return because === 'unsupported' ? `Upgrade for line ${first}${more}: ${says}.` : `Mend line ${first}${more}: ${says}.`;
}
