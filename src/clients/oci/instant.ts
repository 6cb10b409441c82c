const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;
/** Go's zero time: how Docker and BuildKit write that there is none. */
const NO_TIME = '0001-01-01T00:00:00.000Z';

/** A time of RFC 3339, any offset and precision, as an instant in UTC with milliseconds; undefined where it is none. */
export function instantOf(text: string | null | undefined): string | undefined {
  const time = RFC_3339.test(text ?? '') ? Date.parse(text ?? '') : Number.NaN;
  if (Number.isNaN(time)) return undefined;
  const instant = new Date(time).toISOString();
  return instant === NO_TIME || !/^\d{4}-/.test(instant) ? undefined : instant;
}
