import type { z } from 'zod';
import type { Severity } from '../domain/finding.ts';
import type { Known } from '../domain/known.ts';
import type { Observation } from '../domain/observation.ts';
import type { Ledger } from '../inventory/ledger.ts';
import type { Row } from '../inventory/row.ts';

/** The names between braces: 'a {b} c {d}' gives 'b' | 'd'. */
type Placeholder<M extends string> = M extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholder<Rest> : never;

export type Sentences = Readonly<Record<string, string>>;
export type Facts<M extends string> = Readonly<{ [Name in Placeholder<M>]: string }>;
export type Needs = Readonly<Record<string, Known<unknown>>>;
type Values<N extends Needs> = { readonly [Name in keyof N]: Extract<N[Name], { known: true }>['value'] };

/** What a rule concludes about one subject; the engine adds the evidence to a drift. */
export type Verdict =
  | Readonly<{ outcome: 'pass' }>
  | Readonly<{ outcome: 'not-applicable'; because: string }>
  | Readonly<{ outcome: 'unknown'; because: readonly string[] }>
  | Readonly<{ outcome: 'drift'; message: string; facts: Readonly<Record<string, string>>; evidence: readonly Observation[] }>;

export type Say<M extends Sentences, S extends Sentences> = Readonly<{
  pass(): Verdict;
  skip(reason: keyof S & string): Verdict;
  drift<Id extends keyof M & string>(message: Id, facts: Facts<M[Id]>): Verdict;
}>;

export type Rule<M extends Sentences, S extends Sentences, N extends Needs, O> = Readonly<{
  id: string;
  title: string;
  severity: Severity;
  /** Messages that are told with another severity than the rule's own. */
  severities?: Readonly<{ [Id in keyof M]?: Severity }>;
  /** It tells the cause of another rule's finding on the same row: it is shown under that, and never counted by itself. */
  explains?: boolean;
  /** It also judges what vendors built, of which nothing is known but what it is called and where it runs. */
  vendors?: boolean;
  /** The first release that has it. */
  since: string;
  /** What each subject is: one downstream container with the artifact it runs. */
  judges: 'deployed';
  /** Every sentence it can report, so that every one can be tested. */
  messages: M;
  /** Why it may have nothing to say about a subject. */
  skips: S;
  /** The recipe that ends the drift, with the facts of its messages in braces. */
  fix: string;
  /** What `selfsame.yaml` may set under `options` of the rule; it reads every scalar as text, and takes `{}` for none. */
  options?: z.ZodType<O>;
  /** The option without which it is dormant: to set its severity and not this one is a mistake. */
  awaits?: string;
  /** Everything `check` reads: an unmet need becomes an unknown verdict, a met one is cited as evidence. */
  needs(subject: Row, ledger: Ledger, options: O): N;
  check(known: Values<N>, subject: Row, say: Say<M, S>, options: O): Verdict;
}>;

/** A rule whose needs the compiler has tied to its check; an interface, so that its type can be written into a declaration. */
export interface DefinedRule<M extends Sentences = Sentences, S extends Sentences = Sentences>
  extends Omit<Rule<M, S, Needs, unknown>, 'needs' | 'check'> {
  needs(subject: Row, ledger: Ledger, options: never): Needs;
  check(known: never, subject: Row, say: never, options: never): Verdict;
}

/** Any rule at all. */
export type AnyRule = DefinedRule;

/** Returns its argument; at compile time it ties facts to messages, values to needs and options to their schema. */
export function defineRule<const M extends Sentences, const S extends Sentences, N extends Needs, O = unknown>(
  rule: Rule<M, S, N, O>,
): DefinedRule<M, S> {
  return rule;
}
