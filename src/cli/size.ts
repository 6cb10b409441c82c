import { AuditError } from '../error.ts';

const SIZE = /^(?<count>\d{1,6})(?<unit>KiB|MiB|GiB)$/;
const UNITS: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** Reads a size as the command line has it, `500KiB`, `200MiB` or `2GiB`, in bytes. */
export function parseSize(text: string): number {
  const { count, unit } = SIZE.exec(text)?.groups ?? {};
  if (!count || !unit) throw new AuditError('USAGE', `"${text}" is no size`, { hint: 'Write it as 500KiB, 200MiB or 2GiB.' });
  return Number(count) * (UNITS[unit] ?? 0);
}

/** A size in the unit that people would take, rounded up: what it says suffices. */
export function formatSize(bytes: number): string {
  const unit = (['GiB', 'MiB', 'KiB'] as const).find((one) => bytes >= 10 * (UNITS[one] ?? 1)) ?? 'KiB';
  return `${Math.ceil(bytes / (UNITS[unit] ?? 1))}${unit}`;
}

/** Takes what follows `--layers` for a size, and refuses an operand that was meant for something else. */
export function sizeOfLayers(text: string): string {
  if (SIZE.test(text)) return text;
  throw new AuditError('USAGE', `--layers: "${text}" is no size`, {
    hint: 'Write the size as 500KiB, 200MiB or 2GiB; before an image write it as --layers=200MiB.',
  });
}
