const DAY = '2026-03-02';

/** A time of day as an instant of the day that scenarios play on; an instant stays what it is. */
export function instant(clock: string): string {
  return clock.includes('T') ? clock : `${DAY}T${clock}:00Z`;
}
