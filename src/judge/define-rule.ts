import type { z } from 'zod';
import type { Severity } from '../domain/finding.ts';
import type { Known } from '../domain/known.ts';
import type { Observation } from '../domain/observation.ts';
import type { Confidence } from '../domain/trust.ts';
import type { Ledger } from '../inventory/ledger.ts';
import type { Row } from '../inventory/row.ts';
import type { DockerfileSubject, JobSubject } from '../inventory/workflows/subject.ts';

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
  | Readonly<{
      outcome: 'drift';
      message: string;
      facts: Readonly<Record<string, string>>;
      evidence: readonly Observation[];
      /** The line of the subject's file that it is about, where the subject is part of a file. */
      line?: number;
    }>;

/** What a rule may judge: a downstream container with the artifact it runs, a job of a workflow, a file that images are built by. */
export type Subjects = Readonly<{ deployed: Row; 'workflow-job': JobSubject; dockerfile: DockerfileSubject }>;
export type Subject = Subjects[keyof Subjects];

export type Say<M extends Sentences, S extends Sentences> = Readonly<{
  pass(): Verdict;
  skip(reason: keyof S & string): Verdict;
  drift<Id extends keyof M & string>(message: Id, facts: Facts<M[Id]>, line?: number): Verdict;
}>;

export type Rule<M extends Sentences, S extends Sentences, N extends Needs, O, K extends keyof Subjects = keyof Subjects> = Readonly<{
  id: string;
  title: string;
  severity: Severity;
  /** Messages that are told with another severity than the rule's own. */
  severities?: Readonly<{ [Id in keyof M]?: Severity }>;
  /** How sure it is of what it finds in files; a row's finding is as sure as its standing. */
  confidence?: Confidence;
  /** It tells the cause of another rule's finding on the same row: it is shown under that, and never counted by itself. */
  explains?: boolean;
  /** It explains, and is a drift of its own all the same: where the finding that it is told under is waived, it counts by itself. */
  countsAlone?: boolean;
  /** It is of whoever wrote the configuration, and is about anything: what explains a finding of ours is never told under it. */
  yours?: boolean;
  /** It also judges what vendors built, of which nothing is known but what it is called and where it runs. */
  vendors?: boolean;
  /** The day, in UTC, from which its findings count, where a plan names no other: a new duty is announced before it binds. */
  appliesFrom?: string;
  /** The first release that has it. */
  since: string;
  /**
   * The next step where it cannot tell, of a rule that somebody asked to decide: told what to judge by, an audit in which it cannot tell of a
   * row at the end of the path is inconclusive, though nothing else is missing.
   */
  mustTell?: string;
  /** The reasons for which it must tell, where others leave nothing open. */
  mustTellWhere?: readonly string[];
  /** What each subject is. */
  judges: K;
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
  needs(subject: Subjects[K], ledger: Ledger, options: O): N;
  check(known: Values<N>, subject: Subjects[K], say: Say<M, S>, options: O): Verdict;
}>;

/** A rule whose needs the compiler has tied to its check; an interface, so that its type can be written into a declaration. */
export interface DefinedRule<M extends Sentences = Sentences, S extends Sentences = Sentences>
  extends Omit<Rule<M, S, Needs, unknown>, 'needs' | 'check'> {
  needs(subject: never, ledger: Ledger, options: never): Needs;
  check(known: never, subject: never, say: never, options: never): Verdict;
}

/** Any rule at all. */
export type AnyRule = DefinedRule;

/** Returns its argument; at compile time it ties facts to messages, values to needs and options to their schema. */
export function defineRule<const M extends Sentences, const S extends Sentences, N extends Needs, K extends keyof Subjects, O = unknown>(
  rule: Rule<M, S, N, O, K>,
): DefinedRule<M, S> {
  return rule;
}
