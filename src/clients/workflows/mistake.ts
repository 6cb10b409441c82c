import type { GapReason } from '../../domain/statement.ts';

/** What of a file cannot be read, in which line and why, and what to do about it. */
export type Mistake = Readonly<{
  line: number;
  because: Extract<GapReason, 'malformed' | 'too-large' | 'unsupported'>;
  says: string;
  hint: string;
}>;

/** What a file tells, as far as it can be read. */
export type ReadFile<F> = Readonly<{ fact?: F; mistakes: readonly Mistake[] }>;

/** A mistake of whoever wrote the file: it is told what is wrong, and mended there. */
export function malformed(line: number, says: string): Mistake {
  return { line, because: 'malformed', says, hint: 'Mend it there: GitHub would not run it either.' };
}

/** A file of a size that no person writes. */
export function tooLarge(line: number, says: string): Mistake {
  return { line, because: 'too-large', says, hint: 'Look who wrote it: nobody writes so much by hand.' };
}
