import { didYouMean } from '../config/did-you-mean.ts';
import { compile } from './cel.ts';
import type { Expression } from './expression.ts';
import { FUNCTIONS, isOfTexts, WRITABLE } from './functions.ts';
import { ANYTHING, type Shape, tellShape } from './shape.ts';

/** What is wrong with an expression before it is run, and where in it. */
export type Mistake = Readonly<{ says: string; hint: string; at: number | undefined }>;

type Scope = Readonly<Record<string, Shape>>;
type Call = Extract<Expression, { kind: 'call' }>;
type Tell = (mistake: Mistake) => void;

/** Looks an expression through against what names stand for; gives the shape it comes to, and every mistake. */
export function inspect(tree: Expression, names: Scope): Readonly<{ shape: Shape; mistakes: readonly Mistake[] }> {
  const mistakes: Mistake[] = [];
  const shape = look(tree, names, (mistake) => mistakes.push(mistake));
  return { shape, mistakes };
}

function look(tree: Expression, scope: Scope, tell: Tell): Shape {
  switch (tree.kind) {
    case 'constant':
      return ofConstant(tree.value);
    case 'name':
      return Object.hasOwn(scope, tree.name) ? (scope[tree.name] ?? ANYTHING) : unnamed(tree, scope, tell);
    case 'field':
      return ofField(tree, look(tree.of, scope, tell), tell);
    case 'call':
      return ofCall(tree, scope, tell);
    case 'list':
      return { is: 'list', of: tree.items.map((item) => look(item, scope, tell))[0] ?? ANYTHING };
    case 'map':
      for (const entry of tree.entries.flat()) look(entry, scope, tell);
      return { is: 'map', of: ANYTHING };
    case 'fold':
      return ofFold(tree, scope, tell);
    default:
      tell({ at: tree.at, says: 'this cannot be said of a row', hint: '' });
      return ANYTHING;
  }
}

function ofConstant(value: unknown): Shape {
  if (typeof value === 'string') return { is: 'text' };
  if (typeof value === 'boolean') return { is: 'truth' };
  return typeof value === 'bigint' || typeof value === 'number' ? { is: 'number' } : ANYTHING;
}

/** The names of types stand for themselves, and nobody needs them here. */
function unnamed({ name, at }: Extract<Expression, { kind: 'name' }>, scope: Scope, tell: Tell): Shape {
  const names = Object.keys(scope).filter((one) => !one.startsWith('@'));
  tell({ at, says: `there is no "${name}"`, hint: `${didYouMean(name, names)} There are: ${names.join(', ')}.`.trim() });
  return ANYTHING;
}

function ofField({ name, at, isTest }: Extract<Expression, { kind: 'field' }>, of: Shape, tell: Tell): Shape {
  const found = fieldOf(of, name);
  if (found) return isTest ? { is: 'truth' } : found;
  const names = of.is === 'object' ? Object.keys(of.fields) : [];
  const hint = names.length > 0 ? `${didYouMean(name, names)} There are: ${names.join(', ')}.`.trim() : '';
  tell({ at, says: `${tellShape(of)} has no field "${name}"`, hint });
  return ANYTHING;
}

function fieldOf(of: Shape, name: string): Shape | undefined {
  if (of.is === 'object') return Object.hasOwn(of.fields, name) ? of.fields[name] : undefined;
  if (of.is === 'map') return of.of;
  return of.is === 'anything' ? ANYTHING : undefined;
}

/** What a macro was written out to: its steps see one item, and what came of those before it. */
function ofFold(tree: Extract<Expression, { kind: 'fold' }>, scope: Scope, tell: Tell): Shape {
  const over = look(tree.over, scope, tell);
  if (!['list', 'map', 'anything'].includes(over.is)) tell({ at: tree.at, says: `${tellShape(over)} cannot be gone through`, hint: '' });
  const item: Shape = over.is === 'list' ? over.of : over.is === 'map' ? { is: 'text' } : ANYTHING;
  const initial = look(tree.initial, scope, tell);
  const inside = { ...scope, [tree.item]: item, [tree.sum]: initial };
  const [, step = initial] = tree.steps.map((one) => look(one, inside, tell));
  return look(tree.result, { ...inside, [tree.sum]: step }, () => undefined);
}

function ofCall(tree: Call, scope: Scope, tell: Tell): Shape {
  const { function: name, at } = tree;
  const returns = FUNCTIONS.get(name);
  if (!returns) {
    tell({ at, says: `there is no function "${name}"`, hint: didYouMean(name, WRITABLE) });
    return ANYTHING;
  }
  const given = [...(tree.of ? [tree.of] : []), ...tree.arguments];
  const shapes = given.map((one) => look(one, scope, tell));
  const says = troubleOf(name, given, shapes);
  if (says) tell({ at, hint: '', ...says });
  return ofOperator(name, shapes) ?? returns;
}

function ofOperator(name: string, [a = ANYTHING, b = ANYTHING, c = ANYTHING]: readonly Shape[]): Shape | undefined {
  if (name === '_?_:_') return b.is === 'anything' || (b.is === 'list' && b.of.is === 'anything') ? c : b;
  if (name === '_[_]') return a.is === 'list' || a.is === 'map' ? a.of : undefined;
  if (name === '_+_' && a.is === 'list' && a.of.is === 'anything') return b;
  if (name === '_-_' && a.is === 'time') return b.is === 'time' ? { is: 'duration' } : a;
  if (['_+_', '_-_', '_*_', '_/_', '_%_', '-_'].includes(name)) return a.is === 'anything' ? b : a;
  return undefined;
}

type Says = Readonly<{ says: string; hint?: string }>;

const COMPARES: ReadonlySet<string> = new Set(['_==_', '_!=_', '_<_', '_<=_', '_>_', '_>=_']);
const JOINS: ReadonlySet<string> = new Set(['_&&_', '_||_', '!_']);

function troubleOf(name: string, given: readonly Expression[], shapes: readonly Shape[]): Says | undefined {
  if (COMPARES.has(name) || name === '@in') return ofComparison(name, given, shapes);
  if (JOINS.has(name) || name === '_?_:_') return ofTruths(name === '_?_:_' ? shapes.slice(0, 1) : shapes);
  const [a = ANYTHING] = shapes;
  if (isOfTexts(name) && a.is !== 'text' && a.is !== 'anything') return { says: `"${name}" is of a text, and this is ${tellShape(a)}` };
  return ofLiteral(name, given);
}

function ofTruths(shapes: readonly Shape[]): Says | undefined {
  const other = shapes.find(({ is }) => is !== 'truth' && is !== 'anything');
  return other && { says: `${tellShape(other)} stands where true or false must` };
}

/** In the language values of two kinds are never equal, and nobody is told. */
function ofComparison(
  name: string,
  [left, right]: readonly Expression[],
  [a = ANYTHING, b = ANYTHING]: readonly Shape[],
): Says | undefined {
  const other = name === '@in' && b.is === 'list' ? b.of : b;
  if (name !== '@in' && a.is !== other.is && a.is !== 'anything' && other.is !== 'anything')
    return { says: `${tellShape(a)} is compared with ${tellShape(other)}, which it can never be` };
  return wordTrouble(a, right) ?? wordTrouble(other, left);
}

/** A word that is none of those that there are. */
function wordTrouble(shape: Shape, other: Expression | undefined): Says | undefined {
  const among = shape.is === 'text' ? shape.among : undefined;
  if (!among || !other) return undefined;
  const words = (other.kind === 'list' ? other.items : [other]).flatMap((one) =>
    one.kind === 'constant' && typeof one.value === 'string' ? [one.value] : [],
  );
  const wrong = words.find((word) => !among.includes(word));
  return wrong === undefined
    ? undefined
    : { says: `it is never "${wrong}"`, hint: `${didYouMean(wrong, among)} It is one of: ${among.join(', ')}.`.trim() };
}

/** Patterns, times and durations that are written out are read at once: short-cuts might never come to them. */
function ofLiteral(name: string, given: readonly Expression[]): Says | undefined {
  const [literal] = given.slice(-1);
  if (!['matches', 'timestamp', 'duration'].includes(name) || literal?.kind !== 'constant' || typeof literal.value !== 'string')
    return undefined;
  const quoted = JSON.stringify(literal.value);
  const compiled = compile(name === 'matches' ? `"".matches(${quoted})` : `${name}(${quoted})`);
  const outcome = 'evaluate' in compiled ? compiled.evaluate(() => undefined) : { wrong: compiled.says };
  return 'wrong' in outcome ? { says: `${quoted} cannot be read by "${name}": ${outcome.wrong}` } : undefined;
}
