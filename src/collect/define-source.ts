import type { z } from 'zod';
import type { BillSubject, BillsRead } from '../domain/bill.ts';
import type { Digest } from '../domain/digest.ts';
import type { Observation } from '../domain/observation.ts';
import type { Scope, Vouchable } from '../domain/statement.ts';
import type { Wanted } from '../domain/wanted.ts';

export type { Wanted } from '../domain/wanted.ts';

/** Where something was looked for, as a source says it: the collector adds the source's name. */
export type Place = Omit<Scope, 'source'>;

type Unstamped<O> = O extends { kind: string }
  ? Omit<O, 'at' | 'origin' | 'scope'> &
      Readonly<{
        /** Where it was read: a URL, a file and line, an API path. Never a secret. */
        locator: string;
        /** When it happened; states are dated by the collector. */
        at?: string;
        bytes?: Digest;
      }> &
      (O extends { scope: unknown } ? Readonly<{ scope: Place }> : unknown)
  : never;

/** One fact as a source yields it; the collector checks, dates and names it. */
export type Seen = Unstamped<z.input<typeof Observation>>;

/** Something a configured source is to answer for, whatever happens. */
export type Expectation = Readonly<{ of: Vouchable; scope: Place }>;

/** Everything a source may use of the world outside; what it is not handed, it does not have. */
export type Edge = Readonly<{
  now(): Date;
  /** Aborts at the deadline and on Ctrl-C. */
  signal: AbortSignal;
  sleep(ms: number): Promise<void>;
  /** Runs a job when its host has a place free. */
  limit<T>(host: string, job: () => Promise<T>): Promise<T>;
  /** Runs a job that holds much in memory when few enough of them run. */
  inTurn<T>(job: () => Promise<T>): Promise<T>;
  /** A secret from the process's environment; its value is struck out of everything written afterwards. */
  secret(name: string): string | undefined;
  /** A setting from the process's environment that is no secret. */
  variable(name: string): string | undefined;
  /** Has a value struck out of everything written afterwards. */
  conceal(value: string): void;
  /** The text without the values that are to be concealed. */
  strike(text: string): string;
  /** Keeps raw bytes in the recording, and names them; undefined where they hold a concealed value, or there is no room. */
  keep(bytes: Uint8Array): Digest | undefined;
  /** Counts one request to a host, for the report's account. */
  spent(host: string): void;
  /** One line of progress, for a terminal. */
  progress(step: string): void;
  /** How often a failed request is tried again, the first wait in milliseconds, and the longest a request may take. */
  patience: Readonly<{ retries: number; backoffMs: number; timeoutMs: number }>;
}>;

/** Takes a blob piece by piece; nothing more is read until what `push` returns has come true, and what it throws is the end of it. */
export type BlobTaker = Readonly<{ push(piece: Buffer): void | Promise<void>; end(): void }>;

/** Hands a blob of a repository to a taker, a new one for every attempt; none of it is verified. */
export type ReadBlob = (blob: Readonly<{ repository: string; digest: Digest; size: number }>, open: () => BlobTaker) => Promise<void>;

/** Reads the bills of materials that are attached to an image; one that cannot be read is told beside the others. */
export type ReadBills = (of: BillSubject) => Promise<BillsRead>;

export type Source<C extends z.ZodType = z.ZodType> = Readonly<{
  id: string;
  title: string;
  /** Its keys in `selfsame.yaml` beside `use` and `name`. */
  config: C;
  /** The wanted things it is asked for; a source that asks for nothing is run once, first. */
  asks: readonly (keyof Wanted)[];
  /** The key that takes the place to look at, where it can be run alone, without a configuration. */
  alone?: string;
  /** Whether it holds all that it reads until it has told it: only so many of these are asked at a time. */
  isBulky?: true;
  /** What it is to answer for; the collector records it before it asks. */
  expects(config: z.output<C>): readonly Expectation[];
  /** Its configuration, which now also keeps these labels of the workloads that it sees. */
  keeping?(config: z.output<C>, labels: readonly string[]): z.output<C>;
  /** What it tells of where it is to answer for nothing: what it throws then is a gap in each. */
  tells?: readonly Vouchable[];
  /**
   * Yields what it sees. It yields `coverage` only where nothing was left out, and a `gap` with a locator for what it could not read;
   * what it throws becomes a gap in everything it was expected to answer for.
   */
  observe(config: z.output<C>, wanted: Wanted, edge: Edge): AsyncIterable<Seen>;
  /** Opens the blobs of the place, where it has blobs that can be read piece by piece. */
  openBlobs?(config: z.output<C>, edge: Edge): Promise<ReadBlob>;
  /** Opens the bills of materials that are attached to images of the place. */
  openBills?(config: z.output<C>, edge: Edge): Promise<ReadBills>;
  /** What its credentials could do beyond what it needs, a line each; a source leaves it out where asking would change something. */
  excess?(config: z.output<C>, edge: Edge): Promise<readonly string[]>;
  /** Whether its login is accepted, asked by itself where nothing is wanted; false where nobody tells. What is refused, it throws. */
  tryLogin?(config: z.output<C>, edge: Edge): Promise<boolean>;
}>;

/** Any source, once its configuration has been tied to its code by the compiler. */
export type AnySource = Omit<Source, 'expects' | 'keeping' | 'observe' | 'openBlobs' | 'openBills' | 'excess' | 'tryLogin'> &
  Readonly<{
    expects(config: never): readonly Expectation[];
    /** As a method, so that it is handed whatever its own schema has parsed. */
    keeping?(config: unknown, labels: readonly string[]): unknown;
    observe(config: never, wanted: Wanted, edge: Edge): AsyncIterable<Seen>;
    openBlobs?(config: never, edge: Edge): Promise<ReadBlob>;
    openBills?(config: never, edge: Edge): Promise<ReadBills>;
    excess?(config: never, edge: Edge): Promise<readonly string[]>;
    tryLogin?(config: never, edge: Edge): Promise<boolean>;
  }>;

/** Returns its argument; at compile time it ties the configuration to the code that reads it. */
export function defineSource<C extends z.ZodType>(source: Source<C>): Source<C> {
  return source;
}
