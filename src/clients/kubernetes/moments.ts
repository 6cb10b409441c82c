import { byText } from '../../domain/order.ts';

/** The first of two texts in their order, of which one or both may be missing; so the earlier of two instants of one form. */
export function firstOf(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return byText(a, b) <= 0 ? a : b;
}

/** The last of two texts likewise. */
export function lastOf(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return byText(a, b) >= 0 ? a : b;
}
