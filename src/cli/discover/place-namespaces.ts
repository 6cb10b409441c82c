import type { Context } from '../../clients/kubernetes.ts';
import { byText, groupBy } from '../../domain/order.ts';
import { environmentsIn, patternOf } from './environment-words.ts';

/** The namespaces of each environment, as `environments` of a source has them; `true` is all of the cluster's. */
export type Placing = ReadonlyMap<string, readonly string[] | true>;

/** Which environments one cluster holds, by what its contexts and namespaces are called; empty where no name says it. */
export function placingOf(contexts: readonly Context[], namespaces: readonly string[]): Placing {
  const byName = openGroups(namespaces.map((namespace) => [namespace, environmentsIn(namespace)]));
  if (byName.size >= 2) return patternsOf(byName, namespaces);
  const told = openGroups(contexts.map(({ name }) => [name, environmentsIn(name)]));
  if (told.size === 1) return new Map([...told.keys()].map((environment) => [environment, true]));
  const byContext = openGroups(contexts.flatMap(({ name, namespace }) => (namespace ? [[namespace, environmentsIn(name)] as const] : [])));
  return byContext.size > 0 ? byContext : patternsOf(byName, namespaces);
}

/** Names by the one environment that each tells; a name that tells several tells nothing. */
function openGroups(told: readonly (readonly [string, readonly string[]])[]): ReadonlyMap<string, readonly string[]> {
  const sure = told.filter(([, environments]) => environments.length === 1);
  const groups = groupBy(sure, ([, [environment = '']]) => environment);
  return new Map([...groups].map(([environment, names]) => [environment, [...new Set(names.map(([name]) => name))].toSorted(byText)]));
}

/** Patterns take in tomorrow's namespaces too; where a namespace tells two environments, they would overlap, and names stand instead. */
function patternsOf(groups: ReadonlyMap<string, readonly string[]>, namespaces: readonly string[]): Placing {
  const isPlain = namespaces.every((namespace) => environmentsIn(namespace).length < 2);
  if (!isPlain) return groups;
  return new Map([...groups].map(([environment, names]) => [environment, [...new Set(names.map(patternOf))].toSorted(byText)]));
}
