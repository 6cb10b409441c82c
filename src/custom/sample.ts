import type { Value } from './expression.ts';
import type { Shape } from './shape.ts';

const TIME = new Date('2026-03-02T09:00:00Z');

/** A value of a shape: full, with one of everything, or bare, with nothing that may be missing or empty. */
export function sampleOf(shape: Shape, how: 'full' | 'bare'): Value {
  switch (shape.is) {
    case 'text':
      return shape.among?.[0] ?? 'payments';
    case 'number':
      return 1;
    case 'truth':
      return how === 'full';
    case 'time':
      return TIME;
    case 'list':
      return how === 'full' ? [sampleOf(shape.of, how)] : [];
    case 'map':
      return how === 'full' ? { team: sampleOf(shape.of, how) } : {};
    case 'object':
      return Object.fromEntries(Object.entries(shape.fields).map(([name, field]) => [name, sampleOf(field, how)]));
    default:
      return 'payments';
  }
}
