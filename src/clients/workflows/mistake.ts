import type { GapReason } from '../../domain/statement.ts';
import { redactText } from '../redact.ts';

/** What of a file cannot be read, in which line and why, and what to do about it. */
export type Mistake = Readonly<{
  line: number;
  because: Extract<GapReason, 'malformed' | 'too-large' | 'unsupported'>;
  says: string;
  hint: string;
}>;

/** What a file tells, as far as it can be read. */
export type ReadFile<F> = Readonly<{ fact?: F; mistakes: readonly Mistake[] }>;

/** A name out of a file as it may be told: as long as names are, and no credential. */
export function nameOf(name: string): string {
  return name.length <= 60 ? redactText(name) : '…';
}

/** A mistake of whoever wrote the file: it is told what is wrong, and mended there. */
export function malformed(line: number, says: string, hint = 'Mend it there: GitHub would not run it either.'): Mistake {
  return { line, because: 'malformed', says, hint };
}

/** What is wrong with a Dockerfile, which may be none: whoever looks for them goes by their names. */
export function noDockerfile(line: number, says: string): Mistake {
  return malformed(line, says, 'Mend it there; where no image is built by it, give it another name or `exclude` it.');
}

/** A file of a size that no person writes. */
export function tooLarge(line: number, says: string): Mistake {
  return { line, because: 'too-large', says, hint: 'Look who wrote it: nobody writes so much by hand.' };
}
