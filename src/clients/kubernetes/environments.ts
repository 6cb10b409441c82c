import { matches } from '../../domain/glob.ts';
import { parsePattern } from '../../domain/linear-pattern.ts';
import { AuditError } from '../../error.ts';
import type { ClusterState } from './read-cluster.ts';

/** The namespaces of one environment: those that one of the patterns names and that have all of the labels. */
export type Selection = Readonly<{ environment: string; patterns: readonly string[]; labels: Readonly<Record<string, string>> }>;

type Narrowed = Readonly<{ namespaces?: readonly string[] | undefined; namespaceLabels?: Selection['labels'] | undefined }>;
/** As a configuration has it: one environment, or several by name. */
type Selecting = Narrowed &
  Readonly<{
    environment?: string | undefined;
    environments?: Readonly<Record<string, readonly string[] | Narrowed>> | undefined;
  }>;

/** The environments with their namespaces; one that is given without any has every namespace. */
export function selectionsIn({ environment, environments, ...whole }: Selecting): readonly Selection[] {
  const named = environment === undefined ? Object.entries(environments ?? {}) : [[environment, whole] as const];
  return named.map(([name, wanted]) => {
    const { namespaces = ['*'], namespaceLabels = {} }: Narrowed = 'length' in wanted ? { namespaces: wanted } : wanted;
    return { environment: name, patterns: namespaces, labels: namespaceLabels };
  });
}

/** Tells the environment of a namespace; every namespace there is has one at most (SEMANTICS 1). */
export function openEnvironments(
  selections: readonly Selection[],
  namespaces: readonly string[],
  labelled: ClusterState['labelled'],
): (namespace: string) => string | undefined {
  const tests = selections.map(({ environment, patterns, labels }) => {
    const named = patterns.map(testOf);
    return {
      environment,
      selects: (namespace: string) => named.some((test) => test(namespace)) && hasAll(labelled.get(namespace), labels),
    };
  });
  const environmentsOf = (namespace: string) => tests.filter(({ selects }) => selects(namespace)).map(({ environment }) => environment);
  const shared = namespaces.find((namespace) => environmentsOf(namespace).length > 1);
  if (shared !== undefined)
    throw new AuditError('CONFIG_INVALID', `namespace "${shared}" is in ${environmentsOf(shared).join(' and in ')}`, {
      hint: 'Change the patterns under `environments:` so that it is in one of them.',
    });
  const known = new Map(namespaces.map((namespace) => [namespace, environmentsOf(namespace)[0]]));
  return (namespace) => (known.has(namespace) ? known.get(namespace) : environmentsOf(namespace)[0]);
}

/** Whether a pattern can be used: a name, a name with `*`, or a regular expression between slashes that can be matched in linear time. */
export function isPattern(pattern: string): boolean {
  return !isExpression(pattern) || parsePattern(pattern.slice(1, -1)) !== undefined;
}

/** The namespaces that are named as they are. */
export function literalsIn(selections: readonly Selection[]): readonly string[] {
  const named = selections.filter((selection) => !hasLabels(selection)).flatMap(({ patterns }) => patterns.filter(isLiteral));
  return [...new Set(named)];
}

/** Whether the namespaces there are must be known to tell which are meant. */
export function isOpen(selection: Selection): boolean {
  return hasLabels(selection) || !selection.patterns.every(isLiteral);
}

/** Whether labels tell the namespaces. */
export function hasLabels({ labels }: Selection): boolean {
  return Object.keys(labels).length > 0;
}

function testOf(pattern: string): (namespace: string) => boolean {
  if (isExpression(pattern)) return parsePattern(pattern.slice(1, -1)) ?? (() => false);
  return (namespace) => matches(pattern, namespace);
}

function isLiteral(pattern: string): boolean {
  return !pattern.includes('*') && !isExpression(pattern);
}

function isExpression(pattern: string): boolean {
  return pattern.length > 1 && pattern.startsWith('/') && pattern.endsWith('/');
}

function hasAll(labels: Readonly<Record<string, string>> | undefined, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => labels?.[key] === value);
}
