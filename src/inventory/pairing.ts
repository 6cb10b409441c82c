import type { RunningImage, Workload } from '../domain/observation.ts';
import { byText, indexBy, remember } from '../domain/order.ts';
import { injectedInto, slotKey } from '../domain/place.ts';
import type { Plan } from '../domain/plan.ts';
import { lineOf } from './image-class.ts';

/** One container of one workload of one environment, whatever it runs; `lines` are all that it ran or declared. */
export type Slot = Pick<RunningImage, 'environment' | 'workload' | 'container' | 'labels'> &
  Readonly<{ key: string; lines: ReadonlySet<string> }>;

/** What of an image tells its slot. */
export type Placed = Pick<RunningImage, 'environment' | 'workload' | 'container' | 'labels' | 'declared'> &
  Readonly<{ injected?: boolean }>;

const ENVIRONMENT_WORDS =
  'prod production prd live stg stage staging dev development test testing qa uat preprod int integration sandbox'.split(' ');

/** Finds what upstream of a slot plays its part: explicit pair, same names, labels, the line's only slot. */
export type Pairing = Readonly<{
  counterpartsOf(slot: Slot): readonly Slot[];
  /** Whether a counterpart was found by a name alone; every other key says that nothing nearer is there, which takes a whole listing. */
  isByName(slot: Slot, counterpart: Slot): boolean;
  /** Whether some slot downstream has it as a counterpart: it belongs to the path. */
  isOnPath(slotKey: string): boolean;
}>;

/** The slot of an image; what was injected is pooled per environment, container name and line. */
export function placeOf({ environment, workload, container, declared, injected }: Placed, plan: Plan): { key: string; workload: Workload } {
  const pooled = injected ? injectedInto(lineOf(declared.spec, plan)) : workload;
  return { key: slotKey({ environment, workload: pooled, container }), workload: pooled };
}

/** Every slot of the observations given, by key. */
export function slotsOf(images: Iterable<Placed>, plan: Plan): Map<string, Slot> {
  const slots = new Map<string, Slot & { lines: Set<string> }>();
  for (const image of images) {
    const { key, workload } = placeOf(image, plan);
    const { environment, container, labels } = image;
    const slot = slots.get(key) ?? { key, environment, workload, container, labels, lines: new Set<string>() };
    slots.set(key, slot);
    slot.lines.add(lineOf(image.declared.spec, plan));
  }
  return slots;
}

/** Opens the pairing of a promotion path over all slots known, now and earlier. */
export function openPairing(slots: readonly Slot[], plan: Plan): Pairing {
  const words = new Set([...ENVIRONMENT_WORDS, ...plan.promotion.flat()]);
  const explicit = new Map(Object.entries(plan.pairs).map(([downstream, upstream]) => [downstream, upstream]));
  // Only what is upstream of something is ever looked up.
  const upstreamSlots = slots.filter(({ environment }) => isUpstream(rankOf(environment, plan), plan));
  const index = indexBy(upstreamSlots, (slot) => {
    const rank = rankOf(slot.environment, plan);
    return [...namesOf(slot), ...keysOf(slot, words)].map((key) => `${rank} ${key}`);
  });
  const pairsOf = (slot: Slot) =>
    namesOf(slot).flatMap((name) => (explicit.has(name.slice(5)) ? [`slot ${explicit.get(name.slice(5))}`] : []));
  const counterpartsOf = remember(
    ({ key }: Slot) => key,
    (slot: Slot) => {
      const upstream = rankOf(slot.environment, plan) - 1;
      if (upstream < 0) return [];
      const siblings = plan.promotion[upstream]?.length ?? 0;
      for (const key of [...pairsOf(slot), ...keysOf(slot, words)]) {
        const found = index.get(`${upstream} ${key}`) ?? [];
        const mustBeOnly = key.startsWith('workload ') || key.startsWith('line ');
        if (found.length > 0 && (!mustBeOnly || onlyOnePerEnvironment(found, siblings))) return found;
      }
      return [];
    },
  );
  const onPath = remember(
    () => '',
    () => new Set(slots.flatMap((slot) => counterpartsOf(slot).map(({ key }) => key))),
  );
  const isByName = (slot: Slot, counterpart: Slot) => {
    const pairs = pairsOf(slot);
    if (pairs.length > 0) return namesOf(counterpart).some((name) => pairs.includes(name));
    return keysOf(slot, words)[0] === keysOf(counterpart, words)[0];
  };
  return { counterpartsOf, isByName, isOnPath: (key) => onPath(undefined).has(key) };
}

/** A slot's key, with and without its cluster, as a plan may write it. */
function namesOf({ key }: Slot): string[] {
  const [environment, , ...rest] = key.split('/');
  return [`slot ${key}`, `slot ${environment}/${rest.join('/')}`];
}

function keysOf({ workload, container, labels, lines }: Slot, words: ReadonlySet<string>): readonly string[] {
  const plain = (name: string) => dropWords(name, words);
  const names = [plain(workload.namespace), plain(workload.name), plain(container)].join('/');
  // A hook's name counts its runs: migrate-41, migrate-42.
  const uncounted = names.replaceAll(/-\d+(?=\/)/g, '');
  const byLine = [...lines].toSorted(byText);
  const { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': component = '' } = labels;
  return [
    `kind ${workload.kind}/${names}`,
    `name ${names}`,
    ...(name ? [`label ${name}/${component}/${plain(container)}`] : []),
    ...(uncounted === names ? [] : byLine.map((line) => `hook ${workload.kind}/${uncounted} ${line}`)),
    ...byLine.map((line) => `workload ${plain(workload.namespace)}/${plain(workload.name)} ${line}`),
    ...byLine.map((line) => `line ${line}`),
  ];
}

/** The rank of an environment on the path, 0 first; -1 where it is not on it. */
export function rankOf(environment: string, { promotion }: Plan): number {
  return promotion.findIndex((rank) => rank.includes(environment));
}

function isUpstream(rank: number, { promotion }: Plan): boolean {
  return rank >= 0 && rank < promotion.length - 1;
}

function onlyOnePerEnvironment(slots: readonly Slot[], siblings: number): boolean {
  return slots.length <= siblings && new Set(slots.map(({ environment }) => environment)).size === slots.length;
}

/** Environment words say where it runs, not what it is. */
function dropWords(name: string, words: ReadonlySet<string>): string {
  const kept = name.split(/[-_.]/).filter((part) => !words.has(part));
  return kept.length > 0 ? kept.join('-') : '*';
}

/** The lines that are one with a slot's within its pair: the same, or a counterpart's of equal last segment (SEMANTICS 2). */
export function linesAkin(line: string, counterparts: readonly Slot[], { promotion }: Plan): readonly string[] {
  const words = new Set([...ENVIRONMENT_WORDS, ...promotion.flat()]);
  const last = (name: string) => dropWords(name.slice(name.lastIndexOf('/') + 1), words);
  const akin = counterparts.flatMap(({ lines }) => [...lines]).filter((other) => last(other) === last(line));
  return [...new Set([line, ...akin])];
}
