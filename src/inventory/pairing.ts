import type { RunningImage } from '../domain/observation.ts';
import { slotKey } from '../domain/place.ts';
import type { Plan } from '../domain/plan.ts';
import { lineOf } from './image-class.ts';

/** One container of one workload of one environment, whatever it runs; `lines` are all that it ran or declared. */
export type Slot = Pick<RunningImage, 'environment' | 'workload' | 'container' | 'labels'> &
  Readonly<{ key: string; lines: ReadonlySet<string> }>;

const ENVIRONMENT_WORDS =
  'prod production prd live stg stage staging dev development test testing qa uat preprod int integration sandbox'.split(' ');

/** Finds what upstream of a slot plays its part: explicit pair, same names, labels, the line's only slot. */
export type Pairing = Readonly<{ counterpartsOf(slot: Slot): readonly Slot[] }>;

/** Every slot of the observations given, by key. */
export function slotsOf(
  images: Iterable<Pick<RunningImage, 'environment' | 'workload' | 'container' | 'labels' | 'declared'>>,
  plan: Plan,
): Map<string, Slot> {
  const slots = new Map<string, Slot & { lines: Set<string> }>();
  for (const image of images) {
    const key = slotKey(image);
    const { environment, workload, container, labels } = image;
    const slot = slots.get(key) ?? { key, environment, workload, container, labels, lines: new Set<string>() };
    slots.set(key, slot);
    slot.lines.add(lineOf(image.declared.spec, plan));
  }
  return slots;
}

/** Opens the pairing of a promotion path over all slots known, now and earlier. */
export function openPairing(slots: Iterable<Slot>, plan: Plan): Pairing {
  const words = new Set([...ENVIRONMENT_WORDS, ...plan.promotion.flat()]);
  const plain = (name: string) => dropWords(name, words);
  const keysOf = ({ workload, container, labels, lines }: Slot): readonly string[] => {
    const names = [plain(workload.namespace), plain(workload.name), plain(container)].join('/');
    const component =
      labels['app.kubernetes.io/name'] &&
      `${labels['app.kubernetes.io/name']}/${labels['app.kubernetes.io/component'] ?? ''}/${plain(container)}`;
    return [
      `kind ${workload.kind}/${names}`,
      `name ${names}`,
      ...(component ? [`label ${component}`] : []),
      ...[...lines].map((line) => `workload ${plain(workload.namespace)}/${plain(workload.name)} ${line}`),
      ...[...lines].map((line) => `line ${line}`),
    ];
  };
  const index = new Map<string, Slot[]>();
  for (const slot of slots)
    for (const key of [`pair ${slot.key}`, ...keysOf(slot)]) {
      const place = `${rankOf(slot.environment, plan)} ${key}`;
      const found = index.get(place);
      if (found) found.push(slot);
      else index.set(place, [slot]);
    }
  return {
    counterpartsOf(slot) {
      const upstream = rankOf(slot.environment, plan) - 1;
      const keys = [`pair ${plan.pairs[slot.key] ?? ''}`, ...keysOf(slot)];
      for (const key of keys) {
        const found = index.get(`${upstream} ${key}`) ?? [];
        const mustBeOnly = key.startsWith('workload ') || key.startsWith('line ');
        if (found.length > 0 && (!mustBeOnly || onlyOnePerEnvironment(found))) return found;
      }
      return [];
    },
  };
}

/** The rank of an environment on the path, 0 first; -1 where it is not on it. */
export function rankOf(environment: string, { promotion }: Plan): number {
  return promotion.findIndex((rank) => rank.includes(environment));
}

function onlyOnePerEnvironment(slots: readonly Slot[]): boolean {
  return new Set(slots.map(({ environment }) => environment)).size === slots.length;
}

function dropWords(name: string, words: ReadonlySet<string>): string {
  const kept = name.split(/[-_.]/).filter((part) => !words.has(part));
  return kept.length > 0 ? kept.join('-') : '*';
}
