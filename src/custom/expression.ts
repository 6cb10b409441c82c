/** An expression as it was read, macros written out; `at` is where it begins in its text. */
export type Expression = Readonly<{ at: number | undefined }> &
  Readonly<
    | { kind: 'constant'; value: unknown }
    | { kind: 'name'; name: string }
    | { kind: 'field'; of: Expression; name: string; isTest: boolean }
    | { kind: 'call'; function: string; of: Expression | undefined; arguments: readonly Expression[] }
    | { kind: 'list'; items: readonly Expression[] }
    | { kind: 'map'; entries: readonly (readonly [Expression, Expression])[] }
    | { kind: 'fold'; over: Expression; item: string; sum: string; initial: Expression; steps: readonly Expression[]; result: Expression }
    | { kind: 'other' }
  >;

/** What expressions are told of the world: whole numbers, texts, times, and lists and maps of them; a field that is not there is undefined. */
export type Value = string | boolean | number | Date | readonly Value[] | Readonly<{ [name: string]: Value | undefined }>;

/** What came of an expression: its value, why it cannot be known, or how it is wrong. */
export type Outcome = Readonly<{ value: unknown } | { unknown: readonly string[] } | { wrong: string }>;
