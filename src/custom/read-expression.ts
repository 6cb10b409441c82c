import { known } from '../domain/known.ts';
import { type Compiled, compile } from './cel.ts';
import type { Value } from './expression.ts';
import { inspect, type Mistake } from './inspect.ts';
import { tooDear, tooLong } from './limits.ts';
import { sampleOf } from './sample.ts';
import { type Shape, shapeOf, tellShape } from './shape.ts';
import { Subject } from './subject.ts';

const SHAPE = shapeOf(Subject);

/** The names that an expression may ask, each with the shape of its answer. */
export const NAMES: Readonly<Record<string, Shape>> = SHAPE.is === 'object' ? SHAPE.fields : {};

/** Reads an expression that is to come to true or false of every row; what could go wrong is told before anything is judged. */
export function readExpression(text: string): Compiled | Mistake {
  const long = tooLong(text);
  if (long) return long;
  const compiled = compile(text);
  if (!('evaluate' in compiled)) return { ...compiled, hint: 'The language is CEL: https://cel.dev.' };
  const dear = tooDear(compiled.tree);
  if (dear) return dear;
  const { shape, mistakes } = inspect(compiled.tree, NAMES);
  const [mistake] = mistakes;
  if (mistake) return mistake;
  if (shape.is !== 'truth' && shape.is !== 'anything')
    return { at: undefined, says: `it comes to ${tellShape(shape)}`, hint: 'Let it come to true or false.' };
  return mistakeOnSamples(compiled) ?? compiled;
}

/** It is tried on a row of which everything is known, and on one whose lists are empty. */
function mistakeOnSamples({ evaluate }: Compiled): Mistake | undefined {
  for (const how of ['full', 'bare'] as const) {
    const sample = sampleOf(SHAPE, how);
    const outcome = evaluate((name) => (Object.hasOwn(NAMES, name) ? known(partOf(sample, name)) : undefined));
    const wrong =
      'wrong' in outcome
        ? outcome.wrong
        : 'value' in outcome && typeof outcome.value !== 'boolean'
          ? 'it does not come to true or false'
          : undefined;
    if (wrong === undefined) continue;
    const hint = how === 'bare' ? 'Ask for the size of a list before you take something out of it: `tests.size() > 0 && …`.' : '';
    return { at: undefined, says: `tried on a made-up row it fails: ${wrong}`, hint };
  }
  return undefined;
}

function partOf(sample: Value, name: string): Value {
  if (typeof sample !== 'object' || sample instanceof Date || Array.isArray(sample)) return '';
  return Object.entries(sample).find(([key]) => key === name)?.[1] ?? '';
}
