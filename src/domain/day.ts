/** A day, in milliseconds: of 24 hours, whatever a calendar does with it. */
export const DAY_MS = 24 * 60 * 60 * 1000;
