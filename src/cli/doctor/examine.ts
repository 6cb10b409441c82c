import { collect, type NamedSource } from '../../collect/collect.ts';
import type { Edge, Expectation, Wanted } from '../../collect/define-source.ts';
import { refuseOneClusterTwice } from '../../collect/one-cluster-twice.ts';
import { didYouMean } from '../../config/did-you-mean.ts';
import type { Configured } from '../../config/load.ts';
import type { SourceEntry } from '../../config/schema.ts';
import type { Observation } from '../../domain/observation.ts';
import { groupBy } from '../../domain/order.ts';
import type { Plan } from '../../domain/plan.ts';
import { AuditError } from '../../error.ts';
import { unheardGatesOf } from '../../inventory/unheard-gates.ts';
import { wantedFrom } from '../../inventory/wanted.ts';
import { loadSources, refuseSharedWorkloads, refuseUnknownEnvironments } from '../gather.ts';
import { sampleOf } from './sample.ts';

/** What is in the way of knowing what, where, and what to do about it: the exact grant, where one is missing. */
export type Trouble = Readonly<{ because: string; of?: readonly string[]; where: readonly string[]; hint?: string }>;

/** How one configured source fared: whether it is fine, what it saw, what is in its way. */
export type Examined = Readonly<{
  name: string;
  use: string;
  state: 'fine' | 'accepted' | 'missing' | 'untried';
  saw: Readonly<Record<string, number>>;
  troubles: readonly Trouble[];
  /** What its credentials could do beyond what it needs: said, and no trouble. */
  excess: readonly string[];
}>;

/** How all sources fared, and what is wrong with how they stand together. */
export type Examination = Readonly<{ sources: readonly Examined[]; together: readonly Trouble[] }>;

type Asked = Readonly<{
  entry: SourceEntry;
  one?: NamedSource;
  seen: readonly Observation[];
  trouble?: Trouble;
  isTried: boolean;
  /** Nothing was wanted of it, and its login is accepted. */
  isAccepted?: boolean;
  excess?: readonly string[];
}>;

const NOTHING: Wanted = { digests: [], tags: [], commits: [], lines: [] };

/** Asks each source by itself: those that tell what runs for everything, the others for a sample of what runs. */
export async function examine({ plan, sources }: Configured, config: string, edge: Edge): Promise<Examination> {
  const opened = await Promise.all(sources.map((entry) => open(entry, config, plan)));
  const first = await Promise.all(opened.map((asked) => askIf(isFirst(asked), asked, NOTHING, edge)));
  const running = first.flatMap(({ seen }) => seen);
  const wanted = sampleOf(wantedFrom(running, plan));
  const all = await Promise.all(first.map((asked) => askIf(!isFirst(asked), asked, wanted, edge)));
  return { sources: all.map(examinedOf), together: together(all, config, plan) };
}

async function open(entry: SourceEntry, config: string, plan: Plan): Promise<Asked> {
  try {
    const [one] = await loadSources(config, [entry]);
    if (!one) return { entry, seen: [], isTried: false };
    refuseUnknownEnvironments(config, one, plan);
    return { entry, one: uncached(one), seen: [], isTried: true };
  } catch (error) {
    return { entry, seen: [], trouble: troubleOf(error), isTried: true };
  }
}

/** What was kept from an earlier scan would hide that it may not be read any more. */
function uncached(one: NamedSource): NamedSource {
  const own: unknown = one.config;
  return typeof own === 'object' && own !== null && 'cacheMiB' in own ? { ...one, config: { ...own, cache: 'off' } } : one;
}

function isFirst({ one }: Asked): boolean {
  return one?.source.asks.length === 0;
}

async function askIf(isDue: boolean, asked: Asked, wanted: Wanted, edge: Edge): Promise<Asked> {
  const { one } = asked;
  if (!isDue) return asked;
  if (!one) return asked;
  edge.progress(`asking ${one.name}`);
  try {
    if (!isConcerned(one, wanted)) return { ...asked, ...(await loginOf(one, edge)) };
    let requests = 0;
    const spent = (host: string) => {
      requests += 1;
      edge.spent(host);
    };
    const seen = await collect([one], () => wanted, { ...edge, spent });
    const isSilent = requests === 0 && seen.every(({ kind }) => kind === 'coverage' || kind === 'expected');
    if (isSilent && one.source.tryLogin) return { ...asked, seen, ...(await loginOf(one, edge)) };
    return { ...asked, seen, excess: await excessOf(one, seen, edge) };
  } catch (error) {
    return { ...asked, trouble: troubleOf(error) };
  }
}

/** How a source fares that nothing was wanted of. */
async function loginOf({ source, config }: NamedSource, edge: Edge): Promise<Pick<Asked, 'isTried' | 'isAccepted'>> {
  // The configuration was parsed by the source's own schema.
  const isAccepted = (await source.tryLogin?.(config as never, edge)) ?? false;
  return { isTried: isAccepted, isAccepted };
}

/** Whoever was seen with something has credentials to ask about. */
async function excessOf({ source, config }: NamedSource, seen: readonly Observation[], edge: Edge): Promise<readonly string[]> {
  if (!source.excess || edge.signal.aborted || seen.every(({ kind }) => kind === 'gap' || kind === 'expected')) return [];
  try {
    // The configuration was parsed by the source's own schema.
    return await source.excess(config as never, edge);
  } catch (error) {
    if (error instanceof AuditError) return [`what else it may do could not be asked: ${error.message}`];
    throw error;
  }
}

/** A registry that nothing of the sample comes from cannot be tried, unless it tells itself what an environment has. */
function isConcerned({ source, config }: NamedSource, { digests, tags }: Wanted): boolean {
  // The configuration was parsed by the source's own schema.
  const scopes = source.expects(config as never).map(({ scope }) => scope);
  const registries = scopes.flatMap(({ registry }) => registry ?? []);
  if (registries.length === 0 || scopes.some(({ environment }) => environment !== undefined)) return true;
  const references = [...digests.flatMap(({ seenIn }) => seenIn), ...tags];
  return references.some(({ registry }) => registries.includes(registry.toLowerCase()));
}

function examinedOf({ entry: { use, name = use }, seen, trouble, isTried, isAccepted, excess = [] }: Asked): Examined {
  const facts = seen.filter(({ kind }) => !['gap', 'coverage', 'expected'].includes(kind));
  const saw = Object.fromEntries([...groupBy(facts, ({ kind }) => kind)].map(([kind, { length }]) => [kind, length]));
  const troubles = [...(trouble ? [trouble] : []), ...troublesIn(seen)];
  const fine = isAccepted ? 'accepted' : 'fine';
  const state = troubles.length > 0 ? 'missing' : fine;
  return { name, use, state: isTried ? state : 'untried', saw, troubles, excess };
}

/** Gaps that one thing would close are one trouble. */
function troublesIn(seen: readonly Observation[]): readonly Trouble[] {
  const gaps = seen.flatMap((one) => (one.kind === 'gap' ? [one] : []));
  const groups = groupBy(gaps, ({ because, hint = '' }) => `${because} ${hint}`);
  return [...groups.values()].flatMap((group) => {
    const [gap] = group;
    if (!gap) return [];
    const of = [...new Set(group.map((one) => one.of))];
    const where = [...new Set(group.map(({ origin }) => origin.locator))];
    return [{ because: gap.because, of, where, ...(gap.hint ? { hint: gap.hint } : {}) }];
  });
}

function troubleOf(error: unknown): Trouble {
  if (!(error instanceof AuditError)) throw error;
  const because = error.exitCode === 2 ? 'configuration' : (error.because ?? 'unreadable');
  const where = error.message.replace(/^the configuration cannot be used: /, '');
  return { because, where: [where], ...(error.hint ? { hint: error.hint } : {}) };
}

/** What no source can see by itself. */
function together(all: readonly Asked[], config: string, plan: Plan): readonly Trouble[] {
  const seen = all.flatMap((asked) => asked.seen);
  const expected = all.flatMap(({ one }) => one?.source.expects(one.config as never) ?? []);
  const refusals = [() => refuseOneClusterTwice(seen), () => refuseSharedWorkloads(config, seen)].flatMap((refuse) => {
    try {
      refuse();
      return [];
    } catch (error) {
      return [troubleOf(error)];
    }
  });
  const registries = new Set(expected.flatMap(({ scope }) => scope.registry ?? []));
  const { digests, tags } = wantedFrom(
    seen.filter(({ kind }) => kind === 'running-image'),
    plan,
  );
  const names = [...digests.flatMap(({ seenIn }) => seenIn), ...tags].map(({ registry }) => registry.toLowerCase());
  const unasked = [...new Set(names)].filter((registry) => !registries.has(registry)).toSorted();
  return [
    ...refusals,
    ...unasked.map(noSourceFor),
    ...(plan.gates.length > 0 && !expected.some(({ of }) => of === 'test') ? [NO_TESTS] : []),
    ...misspeltGates(seen, plan),
    ...(all.every(({ one }) => one) ? unseenEnvironments(expected, plan) : []),
  ];
}

function noSourceFor(registry: string): Trouble {
  const hint = `Add this line to the sources: - { use: oci, registry: "${registry}" }. If others build its images, name them: thirdParty: ["${registry}/*"].`;
  return { because: 'not-configured', where: [`images of ours run from ${registry}, and no source reads it`], hint };
}

function unseenEnvironments(expected: readonly Expectation[], { promotion }: Plan): readonly Trouble[] {
  const asked = expected.filter(({ of }) => of === 'running-image' || of === 'channel').flatMap(({ scope }) => scope.environment ?? []);
  const unseen = promotion.flat().filter((environment) => !asked.includes(environment));
  return unseen.map((environment) => {
    const hint = `Add a source for it, such as { use: kubernetes, environment: ${environment} }, or name it in the \`environments\` of one.`;
    return { because: 'not-configured', where: [`no source sees ${environment}`], hint };
  });
}

/** Of a sample, a gate without a record may be one that never ran on it; one that is nearly called like another is misspelt. */
function misspeltGates(observations: readonly Observation[], plan: Plan): readonly Trouble[] {
  const unheard = unheardGatesOf({ recordings: [{ observations }], plan });
  return (unheard?.configured ?? []).flatMap((gate) => {
    const hint = didYouMean(gate, unheard?.recorded ?? []);
    if (hint === '') return [];
    const where = [`no record names a gate ${gate}, and there are records of ${unheard?.recorded.join(', ')}`];
    return [{ because: 'not-configured', where, hint: `${hint} Mend the name in \`gates\`.` }];
  });
}

const NO_TESTS: Trouble = {
  because: 'not-configured',
  where: ['there are gates, and no source knows of tests'],
  hint: 'Let CI write `selfsame record test --gate NAME`, and add the file: - { use: records, files: [records.jsonl] }.',
};
