import type { BuildRecord, Observation } from '../domain/observation.ts';
import { byText, indexBy } from '../domain/order.ts';
import type { Artifact } from '../inventory/artifact.ts';
import type { Closure } from '../inventory/closure.ts';
import { strongest } from '../inventory/origin.ts';

/** The builders of two artifacts, each with how its word is known, where not one of them is the same. */
export type Builders = Readonly<{ a: readonly string[]; b: readonly string[] }>;

/** Opens the comparison of who built two artifacts; undefined where a record of either is missing, which is no difference. */
export function openBuilders(observations: readonly Observation[], closure: Closure): (a: Artifact, b: Artifact) => Builders | undefined {
  const builds = observations.filter((seen) => seen.kind === 'build').filter(({ builder }) => builder !== undefined);
  const byOutput = indexBy(builds, ({ outputs }) => outputs.map(({ digest }) => digest));
  const buildsOf = (artifact: Artifact) => strongest([...closure.familyOf(artifact)].flatMap((digest) => byOutput.get(digest) ?? []));
  return (a, b) => {
    const [ofA, ofB] = [buildsOf(a), buildsOf(b)];
    const isShared = ofA.some((one) => ofB.some(({ builder }) => builder === one.builder));
    return isShared || ofA.length === 0 || ofB.length === 0 ? undefined : { a: told(ofA), b: told(ofB) };
  };
}

function told(builds: readonly BuildRecord[]): string[] {
  return [...new Set(builds.map(({ builder, trust }) => `${builder} (${trust})`))].toSorted(byText);
}
