import { type CelInput, celEnv, celError as failed, isCelError as isFailure, parse, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { Known } from '../domain/known.ts';
import type { Expression, Outcome, Value } from './expression.ts';

/** An expression that was read: what it is made of, and what comes of it where names stand for these answers. */
export type Compiled = Readonly<{ tree: Expression; evaluate(read: (name: string) => Known<Value> | undefined): Outcome }>;

/** Text that grows with every use of these could grow without end. */
const GROWING: ReadonlySet<string> = new Set(['replace', 'join', 'format', 'strings.quote']);
const FUNCTIONS = strings.filter(({ name }) => !GROWING.has(name));

/** The functions on texts that are known beside those of the language. */
export const TEXT_FUNCTIONS: readonly string[] = [...new Set(FUNCTIONS.map(({ name }) => name))];

const ENVIRONMENT = celEnv({ funcs: FUNCTIONS });

/** Reads an expression; what is no expression is told with its place. */
export function compile(text: string): Compiled | Readonly<{ says: string; at: number | undefined }> {
  const parsed = parsedFrom(text);
  if ('says' in parsed) return parsed;
  const run = plan(ENVIRONMENT, parsed.expr);
  const { positions } = parsed.sourceInfo ?? {};
  return {
    tree: toExpression(parsed.expr, (id) => positions?.[String(id)]),
    evaluate(read) {
      const names = new Proxy<Record<string, CelInput>>(
        {},
        { get: (_, name) => (typeof name === 'string' ? inputFor(read(name)) : undefined) },
      );
      return outcomeOf(run(names));
    },
  };
}

type Parsed = ReturnType<typeof parse>;
type Node = Parsed['expr'];
type PlaceOf = (id: bigint) => number | undefined;

function parsedFrom(text: string): Parsed | Readonly<{ says: string; at: number | undefined }> {
  try {
    return parse(text);
  } catch (cause) {
    const [, says = String(cause)] = /<input>:\d+:\d+: (.*)$/s.exec(String(cause)) ?? [];
    return { says, at: offsetOf(cause) };
  }
}

function offsetOf(cause: unknown): number | undefined {
  const place: unknown = cause instanceof Error && 'location' in cause ? cause.location : undefined;
  const start: unknown = typeof place === 'object' && place !== null && 'start' in place ? place.start : undefined;
  return typeof start === 'object' && start !== null && 'offset' in start && typeof start.offset === 'number' ? start.offset : undefined;
}

// What begins so is not known; other errors of the language are mistakes. The package merges errors, and keeps only their texts.
const UNKNOWN = '\u0000unknown ';

/** An unknown goes through the expression as an error does: `true ||` and `false &&` do not ask for it, all else becomes it. */
function inputFor(answer: Known<Value> | undefined): CelInput | ReturnType<typeof failed> | undefined {
  if (!answer) return undefined;
  // The package takes an error for a value, as its own variables do.
  return answer.known ? toInput(answer.value) : failed(`${UNKNOWN}${answer.because}`);
}

function toInput(value: Value): CelInput {
  if (typeof value === 'number') return BigInt(value);
  if (value instanceof Date) return timestampFromDate(value);
  if (typeof value !== 'object') return value;
  if (isList(value)) return value.map(toInput);
  return new Map(Object.entries(value).flatMap(([name, one]) => (one === undefined ? [] : [[name, toInput(one)] as const])));
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** An unknown outweighs a mistake: with more known there might be none. */
function outcomeOf(result: unknown): Outcome {
  if (!isFailure(result)) return { value: result };
  const texts = textsIn(result);
  const unknown = texts.filter((text) => text.startsWith(UNKNOWN)).map((text) => text.slice(UNKNOWN.length));
  if (unknown.length > 0) return { unknown: [...new Set(unknown)] };
  const absent = texts.map((text) => /^field not found: (?<name>.*)$/.exec(text)?.groups?.name).find((name) => name !== undefined);
  return absent === undefined ? { wrong: texts[0] ?? 'it is wrong' } : { unknown: [`${absent}: not-recorded`] };
}

function textsIn(error: unknown): readonly string[] {
  if (Array.isArray(error)) return error.flatMap(textsIn);
  return error instanceof Error ? [error.message, ...textsIn(error.cause)] : [];
}

function toExpression({ id, exprKind }: Node, placeOf: PlaceOf): Expression {
  const at = placeOf(id);
  const from = (node: Node | undefined): Expression => (node ? toExpression(node, placeOf) : { kind: 'other', at });
  switch (exprKind.case) {
    case 'constExpr':
      return { kind: 'constant', at, value: exprKind.value.constantKind.value };
    case 'identExpr':
      return { kind: 'name', at, name: exprKind.value.name };
    case 'selectExpr':
      return { kind: 'field', at, of: from(exprKind.value.operand), name: exprKind.value.field, isTest: exprKind.value.testOnly };
    case 'callExpr': {
      const { target, args, function: name } = exprKind.value;
      return { kind: 'call', at, function: name, of: target && from(target), arguments: args.map(from) };
    }
    case 'listExpr':
      return { kind: 'list', at, items: exprKind.value.elements.map(from) };
    case 'structExpr':
      // A message of a protocol has no place here.
      if (exprKind.value.messageName !== '') return { kind: 'other', at };
      return {
        kind: 'map',
        at,
        entries: exprKind.value.entries.map(({ keyKind, value }) => [
          keyKind.case === 'mapKey' ? from(keyKind.value) : from(undefined),
          from(value),
        ]),
      };
    case 'comprehensionExpr': {
      const { iterRange, iterVar, accuVar, accuInit, loopCondition, loopStep, result } = exprKind.value;
      const steps = [from(loopCondition), from(loopStep)];
      return { kind: 'fold', at, over: from(iterRange), item: iterVar, sum: accuVar, initial: from(accuInit), steps, result: from(result) };
    }
    default:
      return { kind: 'other', at };
  }
}
