import type { OutsideNamespace } from '../domain/cluster.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { BuildRecord, Observation } from '../domain/observation.ts';
import { groupBy } from '../domain/order.ts';
import type { Plan } from '../domain/plan.ts';
import type { Recording } from '../domain/recording.ts';
import { type Agreement, openAgreement } from './agreement.ts';
import { type Causes, openCauses } from './causes.ts';
import { type Circumstances, openCircumstances } from './circumstances.ts';
import { type Conflict, conflictOf } from './conflict.ts';
import { type GateResults, gateResultsOf } from './gate-results.ts';
import type { Difference } from './identity.ts';
import { classOf, lineOf } from './image-class.ts';
import { type Keep, keepOf } from './keep.ts';
import { type Mix, mixOf } from './mix.ts';
import { type Look, newestLooks } from './newest-look.ts';
import { openWorld } from './open-world.ts';
import { buildsSilence, originOf } from './origin.ts';
import { rankOf } from './pairing.ts';
import { openParticulars, type Particulars } from './particulars.ts';
import { openPolicies, type Policies } from './provenance.ts';
import { openReferences, type References } from './references.ts';
import { type RegistryAnswers, registryAnswers } from './registry-answers.ts';
import { openReleases, type Releases } from './releases.ts';
import { isIdentified, type Row, type Standing } from './row.ts';
import { type Population, populationOf } from './rows.ts';
import { type Shrinkage, shrinkageOf } from './shrinkage.ts';
import { isByVendorsName, standingOf } from './standing.ts';
import { type Started, startedOf } from './started.ts';
import { type TagNow, tagNowOf } from './tag-now.ts';
import { type UnheardGates, unheardGatesOf } from './unheard-gates.ts';
import { openWorkflows, type Workflows } from './workflows/open-workflows.ts';
import type { World } from './world.ts';

/** What is known of an estate, as rules may ask it; every standing is computed once. */
export type Ledger = Population &
  RegistryAnswers &
  Causes &
  Circumstances &
  Particulars &
  Policies &
  Releases &
  Readonly<{
    /** The row's standing, whatever it is. */
    standing(row: Row): Standing;
    /** Whether a vendor built what the row runs; not known where its name says so and upstream, which could belie it, was not listed. */
    isVendors(row: Row): Known<boolean>;
    /** The row's standing, where it is resolved. */
    standingOf(row: Row): Known<Standing>;
    /** The row's standing, where it is also known whether its evidence names the platform: a digest that was not read may be an index's. */
    platformOf(row: Row): Known<Standing>;
    /** The row's standing, where it is also known whether it is a rebuild: what was made from no known source may be one. */
    rebuildOf(row: Row): Known<Standing>;
    /** The build that made the row's artifact, or `foreign` where the line's builds were listed and none did. */
    originOf(row: Row): Known<BuildRecord | 'foreign' | 'not-ours'>;
    /** Two records that disagree about the source of what the row runs. */
    conflictOf(row: Row): Known<Conflict | undefined>;
    /** That it is a workload which declares the row; not known where a channel of a registry publishes it. */
    workloadOf(row: Row): Known<Row['workload']>;
    /** Everything that the row's slot runs at once. */
    mixOf(row: Row): Known<Mix>;
    /** Whether what the row runs is started as it was where it ran upstream. */
    startedOf(row: Row): Known<Started>;
    /** How the row's artifact differs from what it is compared with; undefined where there is nothing to compare it with. */
    differenceOf(row: Row): Known<Difference | undefined>;
    /** What the tag names now that the row is declared by. */
    tagNowOf(row: Row): Known<TagNow | 'pinned' | 'vendor'>;
    /** What the gates said of the row's artifact, as of its arrival and since. */
    gateResultsOf(row: Row): Known<GateResults>;
    /** Whether environments that must be equal run what this row runs. */
    agreementOf(row: Row): Known<Agreement>;
    /** Every digest whose evidence reaches the row's artifact. */
    familyOf(row: Row): ReadonlySet<string>;
    /** How repositories build, test and deploy. */
    workflows: Workflows;
    /** What clean-ups of registries have to spare. */
    keep(): Keep;
    /** The configured gates that no record names, where records name others. */
    unheardGates: UnheardGates | undefined;
    /** What was seen before and is not any more, though nobody said that it was gone. */
    shrinkage: readonly Shrinkage[];
    /** When each place of the path was looked at last. */
    looks: readonly Look[];
    /** Namespaces of clusters that were read and that are in no environment, and whether a line of ours runs there. */
    outside: readonly Readonly<{ cluster: string; namespace: string; ours: readonly string[]; onPath: readonly string[] }>[];
  }>;

/** Opens the ledger over recordings of any times, given in any order. */
export function openLedger(recordings: readonly Recording[], plan: Plan): Ledger {
  const world = openWorld(recordings, plan);
  const references = openReferences(world);
  const population = populationOf(world);
  const ofRow = openStandings(world, references, population.rows);
  const standing = (row: Row) => ofRow(row).standing;
  const bySlot = groupBy(population.rows, ({ where }) => where);
  const agreement = openAgreement(world, population.rows);
  const unlessVendor = <T>(row: Row, answer: () => Known<T>): Known<T | 'vendor'> =>
    standing(row).is === 'vendor' ? known('vendor', standing(row).evidence) : answer();
  return {
    ...population,
    ...registryAnswers(world, standing),
    ...openCircumstances(world, population.rows),
    ...openParticulars(world),
    ...openPolicies(world),
    ...openReleases(world, population.rows),
    ...openCauses(world, references, standing),
    standing,
    isVendors: (row) => ofRow(row).isVendors,
    standingOf: (row) => resolved(standing(row)),
    platformOf(row) {
      const found = standing(row);
      return found.is === 'selfsame' && found.level === 'unknown' ? unknown('content-unknown') : resolved(found);
    },
    rebuildOf(row) {
      const found = standing(row);
      return (found.is === 'untested' && unknownSources(world, references, row)) || resolved(found);
    },
    originOf: (row) => originUnlessVendors(world, row, standing(row)),
    conflictOf: (row) => conflictOf(world, row),
    workloadOf: (row) => ofWorkload(row, () => known(row.workload)),
    mixOf: (row) => ofWorkload(row, () => mixOf(row, bySlot.get(row.where) ?? [row])),
    startedOf: (row) => ofWorkload(row, () => startedOf(world, row, standing(row))),
    differenceOf: (row) => differenceOf(standing(row)),
    tagNowOf: (row) => ofWorkload(row, () => unlessVendor(row, () => tagNowOf(world, row))),
    gateResultsOf: (row) => gateResultsOf(world, row),
    agreementOf: agreement,
    familyOf: (row) => (row.artifact ? world.closure.familyOf(row.artifact) : new Set(row.running.flatMap(({ digest }) => digest ?? []))),
    workflows: openWorkflows(world),
    keep: () => keepOf(world),
    unheardGates: unheardGatesOf(world),
    shrinkage: shrinkageOf(world),
    looks: newestLooks(world),
    outside: outsideOf(world),
  };
}

function originUnlessVendors(world: World, row: Row, { is, evidence }: Standing): ReturnType<Ledger['originOf']> {
  if (is === 'vendor') return known('not-ours', evidence);
  const origin = originOf(world, row);
  return origin.known ? known(origin.value.builds[0] ?? 'foreign', origin.evidence) : origin;
}

type Stood = Readonly<{ standing: Standing; isVendors: Known<boolean> }>;

const NO_VENDORS = known(false);

/** Every rule asks of every row whose it is: that is found once, with where it stands. */
function openStandings(world: World, references: References, rows: readonly Row[]): (row: Row) => Stood {
  const stand = (row: Row): Stood => {
    const standing = standingOf(world, references, row);
    if (standing.is === 'vendor') return { standing, isVendors: known(true, standing.evidence) };
    return { standing, isVendors: isByVendorsName(world, row) ? unknown(standing.reason) : NO_VENDORS };
  };
  const stood = new Map(rows.map((row) => [row, stand(row)]));
  return (row) => stood.get(row) ?? stand(row);
}

/** Nobody was set up to see the workloads of what a channel publishes. */
function ofWorkload<T>(row: Row, answer: () => Known<T>): Known<T> {
  return row.published ? unknown('workloads-not-configured') : answer();
}

/** What keeps it open whether an untested row is a rebuild: a source that nobody recorded, or builds that were not listed. */
function unknownSources(world: World, references: References, row: Row): Known<never> | undefined {
  if (!isIdentified(row)) return undefined;
  const compared = [row.artifact, ...references(row).map(({ artifact }) => artifact)];
  if (compared.some((artifact) => !world.sourceOf(artifact))) return unknown('source-not-recorded');
  const silence = buildsSilence(world, row);
  if (silence.covered) return undefined;
  return unknown(silence.because === 'not-configured' ? 'not-configured' : 'builds-not-covered');
}

function differenceOf({ counterpart, difference, evidence }: Standing): Known<Difference | undefined> {
  if (!counterpart) return known(undefined, evidence);
  return !difference || difference.cause === 'not-compared' ? unknown('content-unknown') : known(difference, evidence);
}

function resolved(standing: Standing): Known<Standing> {
  return standing.is === 'unresolved' ? unknown(standing.reason) : known(standing, standing.evidence);
}

/** As the newest recording that saw the cluster has them. */
function outsideOf({ recordings, plan, slots }: World): Ledger['outside'] {
  const onPath = new Set(
    [...slots.values()].filter(({ environment }) => rankOf(environment, plan) >= 0).flatMap(({ lines }) => [...lines]),
  );
  const newest = new Map<string, OutsideNamespace>();
  const isInside = openInside(recordings.flatMap(({ observations }) => observations));
  for (const { observations } of recordings)
    for (const seen of observations)
      if (seen.kind === 'outside-namespace' && !isInside(seen)) newest.set(`${seen.cluster} ${seen.namespace}`, seen);
  return [...newest.keys()].toSorted().flatMap((key) => {
    const seen = newest.get(key);
    if (!seen) return [];
    const lines = [...new Set(seen.images.map((image) => lineOf(image, plan)))].toSorted();
    const ours = lines.filter((line) => classOf(line, plan) === 'ours');
    return [{ cluster: seen.cluster, namespace: seen.namespace, ours, onPath: ours.filter((line) => onPath.has(line)) }];
  });
}

/** A namespace that is in no environment of one source may be in one of another that reads the same cluster. */
function openInside(observations: readonly Observation[]): (namespace: OutsideNamespace) => boolean {
  const clusters = observations.filter((seen) => seen.kind === 'cluster');
  const uids = new Map(clusters.map(({ origin, cluster, uid }) => [`${origin.source} ${cluster}`, uid]));
  const keyOf = ({ source }: Observation['origin'], cluster: string, namespace: string) => {
    const uid = uids.get(`${source} ${cluster}`);
    return uid === undefined ? undefined : `${uid} ${namespace}`;
  };
  const running = observations.filter((seen) => seen.kind === 'running-image');
  const inside = new Set(running.map(({ origin, workload }) => keyOf(origin, workload.cluster, workload.namespace)));
  return ({ origin, cluster, namespace }) => {
    const key = keyOf(origin, cluster, namespace);
    return key !== undefined && inside.has(key);
  };
}
