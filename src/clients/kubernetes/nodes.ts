import type { Kubernetes } from '../kubernetes.ts';
import type { Cohort } from './cohort.ts';
import { listObjects } from './list.ts';
import type { Node } from './objects.ts';
import { NODES } from './resources.ts';
import type { Trouble } from './trouble.ts';

/** The nodes of a cluster by their names, whole where all could be listed. */
export type Listed = Readonly<{ nodes: ReadonlyMap<string, Node>; troubles: readonly Trouble[]; isWhole: boolean }>;

/** The nodes of a cluster, listed when they are first asked for. */
export type Nodes = Readonly<{
  first(): Promise<Listed>;
  /** Those that pods were found on, too, which may have come since. */
  of(cohorts: readonly Cohort[]): Promise<Listed>;
}>;

/** Opens the nodes of a cluster. */
export function openNodes(api: Kubernetes): Nodes {
  let listed: Promise<Listed> | undefined;
  const first = () => (listed ??= readNodes(api));
  return {
    first,
    async of(cohorts) {
      const known = await first();
      const isStranger = ({ look: { node } }: Cohort) => node !== undefined && !known.nodes.has(node);
      if (!known.isWhole || !cohorts.some(isStranger)) return known;
      const { nodes, troubles, isWhole } = await readNodes(api);
      return { nodes: new Map([...nodes, ...known.nodes]), troubles, isWhole };
    },
  };
}

/** Nodes that may not be read leave platforms unknown, which shows by itself; any other failure is a trouble. */
async function readNodes(api: Kubernetes): Promise<Listed> {
  const { items, troubles, status } = await listObjects(api, NODES);
  const nodes = new Map(items.map((node) => [node.metadata.name, node]));
  const told = status === 403 ? troubles.filter(({ because }) => because !== 'forbidden') : troubles;
  return { nodes, troubles: told, isWhole: troubles.length === 0 };
}
