import { Observation } from '../domain/observation.ts';
import type { Wanted } from '../domain/wanted.ts';
import { AuditError } from '../error.ts';
import type { AnySource, Edge, Expectation } from './define-source.ts';
import { isNew } from './is-new.ts';
import { refuseOneClusterTwice } from './one-cluster-twice.ts';
import { stamped } from './stamp.ts';
import { openWaiting, type Waiting } from './waiting.ts';

/** A source with its checked configuration, under the name that its facts carry. */
export type NamedSource = Readonly<{ name: string; source: AnySource; config: unknown }>;

/** What is wanted, given all that was seen so far. */
export type WantedFrom = (observations: readonly Observation[]) => Wanted;

const MOST_ROUNDS = 6;
const NOTHING: Wanted = { digests: [], tags: [], commits: [], lines: [] };

/**
 * Asks every source: first those that need no question, then, for at most six rounds, those that answer what the others left open.
 * A source that fails leaves gaps where it was expected to answer; only a mistake in its configuration is thrown.
 */
export async function collect(sources: readonly NamedSource[], wantedFrom: WantedFrom, edge: Edge): Promise<readonly Observation[]> {
  const asking: Asking = { told: new Map(), waiting: openWaiting(edge), edge };
  let seen: readonly Observation[] = sources.flatMap((one) => expectedOf(one, edge));
  const [first, asked] = [sources.filter(({ source }) => source.asks.length === 0), sources.filter(({ source }) => source.asks.length > 0)];
  seen = seen.concat(await askAll(first, () => NOTHING, asking));
  refuseOneClusterTwice(seen);
  const known = new Set<string>();
  for (let round = 1; round <= MOST_ROUNDS && asked.length > 0; round++) {
    const wanted = wantedFrom(seen);
    // What records say of a digest tells how far back those of its line matter, so they are asked by digest first.
    const fresh = withoutKnown(round === 1 ? { ...wanted, lines: [] } : wanted, known);
    if (round > 1 && isNothing(fresh)) return seen;
    edge.progress(`round ${round}: ${fresh.digests.length} digests, ${fresh.commits.length} commits, ${fresh.lines.length} lines`);
    const ofSource = ({ source }: NamedSource) => partOf(fresh, source);
    const due = round === 1 ? asked : asked.filter((one) => !isNothing(ofSource(one)));
    seen = seen.concat(await askAll(due, ofSource, asking));
  }
  const isLeft = !isNothing(withoutKnown(wantedFrom(seen), known));
  return isLeft ? [...seen, ...asked.flatMap((one) => gapsOf(one, leftOver, edge))] : seen;
}

const leftOver = {
  because: 'not-asked',
  detail: `more is wanted after ${MOST_ROUNDS} rounds`,
  hint: 'Report this with the recording: six rounds should do.',
} as const;

/** What lasts over all rounds: a source that is asked again may tell again what it told, and once is enough. */
type Asking = Readonly<{ told: Map<string, Set<string>>; waiting: Waiting; edge: Edge }>;

async function askAll(sources: readonly NamedSource[], wantedOf: (one: NamedSource) => Wanted, asking: Asking): Promise<Observation[]> {
  const { waiting, edge } = asking;
  waiting.asks(sources.length);
  const answers = sources.map((one) => {
    const ask = () => askOne(one, wantedOf(one), asking).finally(() => waiting.ended(one.name));
    return one.source.isBulky ? edge.inTurn(ask) : ask();
  });
  return (await Promise.all(answers)).flat();
}

async function askOne(one: NamedSource, wanted: Wanted, { told, waiting }: Asking): Promise<readonly Observation[]> {
  const edge = waiting.begun(one.name);
  const seen: Observation[] = [];
  const before = told.get(one.name) ?? new Set<string>();
  told.set(one.name, before);
  try {
    edge.signal.throwIfAborted();
    // The configuration was parsed by the source's own schema.
    for await (const fact of one.source.observe(one.config as never, wanted, edge)) {
      if (one.source.asks.length > 0 && !isNew(JSON.stringify(fact), before)) continue;
      seen.push(stamped(one.name, fact, edge));
      edge.signal.throwIfAborted();
    }
  } catch (error) {
    if (error instanceof AuditError && error.exitCode === 2) throw error;
    seen.push(...gapsOf(one, reasonOf(error, edge), edge));
  }
  return seen;
}

type Reason = Readonly<{
  because: 'incomplete' | 'internal' | NonNullable<AuditError['because']>;
  detail: string;
  hint: string | undefined;
}>;

function reasonOf(error: unknown, edge: Edge): Reason {
  if (edge.signal.aborted)
    return {
      because: 'incomplete',
      detail: 'it was stopped before it was done',
      hint: 'Scan again and let it end, with a longer --timeout if that stopped it.',
    };
  if (error instanceof AuditError) return { because: error.because ?? 'internal', detail: error.message, hint: error.hint };
  const detail = error instanceof Error ? error.message : String(error);
  return { because: 'internal', detail, hint: 'Report this with the command that you ran: it is a mistake of this program.' };
}

function expectedOf({ name, source, config }: NamedSource, edge: Edge): Observation[] {
  const seen = { at: edge.now().toISOString(), origin: { source: name, locator: 'configuration' } };
  return source
    .expects(config as never)
    .map(({ of, scope }) => Observation.parse({ ...seen, kind: 'expected', of, scope: { ...scope, source: name } }));
}

/** In everything that the source was expected to answer for; one that vouches for nothing fails in all that it tells of. */
function gapsOf({ name, source, config }: NamedSource, { because, detail, hint }: Reason, edge: Edge): Observation[] {
  const seen = { at: edge.now().toISOString(), origin: { source: name, locator: edge.strike(detail) } };
  const expected: readonly Expectation[] = source.expects(config as never);
  const failed = expected.length > 0 ? expected : (source.tells ?? []).map((of) => ({ of, scope: {} }));
  return failed.map(({ of, scope }) =>
    Observation.parse({ ...seen, kind: 'gap', of, scope: { ...scope, source: name }, because, ...(hint ? { hint } : {}) }),
  );
}

/** What was not wanted before; from now on it is known. */
function withoutKnown(wanted: Wanted, known: Set<string>): Wanted {
  const fresh = <T>(kind: keyof Wanted, items: readonly T[]) => {
    const unknown = items.filter((item) => !known.has(`${kind} ${JSON.stringify(item)}`));
    for (const item of unknown) known.add(`${kind} ${JSON.stringify(item)}`);
    return unknown;
  };
  return {
    digests: fresh('digests', wanted.digests),
    tags: fresh('tags', wanted.tags),
    commits: fresh('commits', wanted.commits),
    lines: fresh('lines', wanted.lines),
  };
}

function partOf(wanted: Wanted, { asks }: AnySource): Wanted {
  return { ...NOTHING, ...Object.fromEntries(asks.map((kind) => [kind, wanted[kind]])) };
}

function isNothing({ digests, tags, commits, lines }: Wanted): boolean {
  return digests.length + tags.length + commits.length + lines.length === 0;
}
