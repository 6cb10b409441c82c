import type { Place, Seen } from '../../collect/define-source.ts';
import { hasLabels, isOpen, literalsIn, type Selection } from './environments.ts';
import type { ClusterState } from './read-cluster.ts';
import type { Mapping } from './running.ts';
import type { Trouble } from './trouble.ts';

type Gap = Extract<Seen, { kind: 'gap' }>;

/** A gap for everything of a cluster that could not be read and that is in an environment, or may be. */
export function* gapsIn(state: ClusterState, selections: readonly Selection[], mapping: Mapping): Iterable<Gap> {
  const { troubles, unlisted, namespaces } = state;
  const { cluster, environmentOf } = mapping;
  for (const trouble of troubles) {
    const { namespace } = trouble;
    const environment = namespace === undefined ? undefined : environmentOf(namespace);
    if (namespace === undefined) yield gapAt({ cluster }, trouble);
    else if (environment !== undefined) yield gapAt({ environment, cluster, namespace }, trouble);
    // Of a namespace that is in no environment only what runs is told; that it may not be read is as it should be.
    else if (trouble.kind === 'Pod' && trouble.because !== 'forbidden') yield gapAt({ cluster, namespace }, trouble);
  }
  yield* unseenIn(state, literalsIn(selections), mapping);
  if (!unlisted) return;
  // Where one list showed what runs everywhere, only labels are left open.
  const isLeftOpen = namespaces === undefined ? hasLabels : isOpen;
  for (const selection of selections) if (isLeftOpen(selection)) yield gapAt({ environment: selection.environment, cluster }, unlisted);
}

/** What filters lists by permission says nothing of what it left out: a namespace that is named as it is, and shows nothing, may be there. */
function* unseenIn({ cohorts, owners, labelled, troubles }: ClusterState, named: readonly string[], mapping: Mapping): Iterable<Gap> {
  const { cluster, address, environmentOf } = mapping;
  const harmed = troubles.filter(({ kind }) => kind === 'Pod').map(({ namespace }) => namespace);
  if (harmed.includes(undefined)) return;
  const shown = new Set([...cohorts.map(({ look }) => look.namespace), ...owners.map(({ metadata }) => metadata.namespace)]);
  for (const namespace of named) {
    if (shown.has(namespace) || labelled.has(namespace) || harmed.includes(namespace)) continue;
    const hint = `Nothing of it is shown. Take it out of \`environments\` if it is empty or gone; else see what hides it: kubectl get all -n ${namespace}`;
    const locator = `${address}/api/v1/namespaces/${namespace}/pods`;
    yield gapAt({ environment: environmentOf(namespace), cluster, namespace }, { because: 'not-found', hint, locator });
  }
}

function gapAt(scope: Place, { because, hint, locator }: Pick<Trouble, 'because' | 'hint' | 'locator'>): Gap {
  return { kind: 'gap', of: 'running-image', scope, because, hint, locator };
}

/** An environment without a gap is covered whole; one with gaps only in namespaces, in its other namespaces; any other not at all. */
export function coveredScopes(
  whole: Required<Pick<Place, 'environment' | 'cluster'>>,
  namespaces: readonly string[],
  gaps: readonly Place[],
): readonly Place[] {
  const own = gaps.filter(({ environment = whole.environment }) => environment === whole.environment);
  if (own.length === 0) return [whole];
  if (own.some(({ namespace }) => namespace === undefined)) return [];
  const harmed = new Set(own.map(({ namespace }) => namespace));
  return namespaces.filter((namespace) => !harmed.has(namespace)).map((namespace) => ({ ...whole, namespace }));
}
