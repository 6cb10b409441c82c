import { TEXT_FUNCTIONS } from './cel.ts';
import { ANYTHING, type Shape } from './shape.ts';

const TRUTH: Shape = { is: 'truth' };
const NUMBER: Shape = { is: 'number' };
const TEXT: Shape = { is: 'text' };

const OF_TEXTS: ReadonlySet<string> = new Set(['startsWith', 'endsWith', 'contains', 'matches', ...TEXT_FUNCTIONS]);
const OF_TIMES = [
  'getFullYear',
  'getMonth',
  'getDate',
  'getDayOfMonth',
  'getDayOfWeek',
  'getDayOfYear',
  'getHours',
  'getMinutes',
  'getSeconds',
  'getMilliseconds',
];

/** Every function by its name, with the shape of what it returns. */
export const FUNCTIONS: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ...['_<_', '_<=_', '_>_', '_>=_', '_==_', '_!=_', '_&&_', '_||_', '!_', '@in', '@not_strictly_false'].map(
    (name) => [name, TRUTH] as const,
  ),
  ...['startsWith', 'endsWith', 'contains', 'matches', 'bool'].map((name) => [name, TRUTH] as const),
  ...['size', 'int', 'uint', 'double', 'indexOf', 'lastIndexOf', ...OF_TIMES].map((name) => [name, NUMBER] as const),
  ...['string', 'charAt', 'lowerAscii', 'upperAscii', 'substring', 'trim'].map((name) => [name, TEXT] as const),
  ...['_+_', '_-_', '_*_', '_/_', '_%_', '-_', '_?_:_', '_[_]', 'dyn'].map((name) => [name, ANYTHING] as const),
  ['split', { is: 'list', of: TEXT }],
  ['timestamp', { is: 'time' }],
  ['duration', { is: 'duration' }],
]);

/** The words that a macro begins with, which are written out before anything is looked at. */
const MACROS: readonly string[] = ['all', 'exists', 'exists_one', 'filter', 'map', 'has'];

/** What somebody may have meant who wrote a function that there is not. */
export const WRITABLE: readonly string[] = [...[...FUNCTIONS.keys()].filter((name) => /^[a-z]/i.test(name)), ...MACROS];

/** Whether a function is of texts, and of nothing else. */
export function isOfTexts(name: string): boolean {
  return OF_TEXTS.has(name);
}
