import { matches } from '../domain/glob.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { BuildRecord } from '../domain/observation.ts';
import { sortedBy } from '../domain/order.ts';
import { projectOf } from '../domain/project.ts';
import { Trust, tierOf } from '../domain/trust.ts';
import { allRead } from './all-read.ts';
import { buildsOfArtifact } from './origin.ts';
import { isIdentified, type Row } from './row.ts';
import type { World } from './world.ts';

/** The build record that can be trusted most of what a row runs; `none` where every record was read and none names it. */
export type Provenance = 'none' | Readonly<{ build: BuildRecord; reaches: boolean }>;

/**
 * Whether what is on record of a row's artifact is on a list: `none` where nothing names it, `other` with what it says instead,
 * `not-asked` where no list speaks of its line.
 */
export type Listed = 'not-asked' | 'none' | 'listed' | Readonly<{ other: string; build: BuildRecord }>;

/** What is asked with the policy that a rule was given: until it is, the rule is dormant (SEMANTICS 34). */
export type Policies = Readonly<{
  /** A list that a rule was given; not known where it is empty. */
  listGiven(list: readonly string[]): Known<readonly string[]>;
  /** Whether a build record of at least some trust names what the row runs. */
  provenanceOf(row: Row, least: 'signed' | 'verified' | undefined): Known<Provenance>;
  /** Whether a builder on the list made what the row runs. */
  builderOf(row: Row, builders: readonly string[]): Known<Listed>;
  /** Whether what the row runs was built from a repository that its image line may be built from. */
  repositoryOf(row: Row, repositories: Readonly<Record<string, readonly string[]>>): Known<Listed>;
}>;

/** Opens what build records say of a world's rows. */
export function openPolicies(world: World): Policies {
  return {
    listGiven: (list) => (list.length > 0 ? known(list) : unknown('not-configured')),
    provenanceOf: (row, least) => (least ? provenanceOf(world, row, least) : unknown('not-configured')),
    builderOf: (row, builders) =>
      builders.length > 0 ? listedBy(world, row, builders, ({ builder }) => builder) : unknown('not-configured'),
    repositoryOf(row, repositories) {
      if (Object.keys(repositories).length === 0) return unknown('not-configured');
      const lists = Object.entries(repositories).filter(([glob]) => row.lines.some((line) => matches(glob, line)));
      if (lists.length === 0) return known('not-asked');
      const allowed = lists.flatMap(([, globs]) => globs.map((glob) => glob.toLowerCase()));
      return listedBy(world, row, allowed, ({ source }) => source && projectOf(source.repository).toLowerCase());
    },
  };
}

/** Strongest first. */
function recordsOf(world: World, artifact: NonNullable<Row['artifact']>): readonly BuildRecord[] {
  const strength = ({ trust }: BuildRecord) => String(Trust.options.indexOf(trust)).padStart(2, '0');
  return sortedBy(buildsOfArtifact(world, artifact), (build) => `${strength(build)} ${build.at} ${build.origin.locator}`);
}

function provenanceOf(world: World, row: Row, least: Trust): Known<Provenance> {
  if (!isIdentified(row)) return unknown(row.missing ?? 'no-digest');
  const records = recordsOf(world, row.artifact);
  const [build] = records;
  const reaches = build !== undefined && Trust.options.indexOf(build.trust) <= Trust.options.indexOf(least);
  if (reaches) return known({ build, reaches }, [build]);
  const read = allRead(world, row, ['build', 'content']);
  if (!read.known) return read;
  return known(build ? { build, reaches } : 'none', [...records, ...read.evidence]);
}

/** Proof acquits: a record that is more than a claim, and on the list. A claim that is on it dismisses nothing. */
function listedBy(world: World, row: Row, allowed: readonly string[], nameIn: (build: BuildRecord) => string | undefined): Known<Listed> {
  if (!isIdentified(row)) return unknown(row.missing ?? 'no-digest');
  const records = recordsOf(world, row.artifact);
  const named = records.flatMap((build) => {
    const name = nameIn(build);
    return name === undefined ? [] : [{ build, name, isListed: allowed.some((glob) => matches(glob, name)) }];
  });
  const proof = named.find(({ isListed, build }) => isListed && tierOf(build.trust) !== 'claimed');
  if (proof) return known('listed', [proof.build]);
  const other = named.find(({ isListed }) => !isListed);
  if (other) return known({ other: other.name, build: other.build }, [other.build]);
  if (records.length > 0) return unknown(named.length > 0 ? 'only-claimed' : 'not-recorded');
  const read = allRead(world, row, ['build', 'content']);
  return read.known ? known('none', read.evidence) : read;
}
