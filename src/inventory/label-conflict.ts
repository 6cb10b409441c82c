import { type Known, known, unknown } from '../domain/known.ts';
import type { BuildRecord } from '../domain/observation.ts';
import { projectOf } from '../domain/project.ts';
import type { Artifact } from './artifact.ts';
import type { World } from './world.ts';

const SOURCE = 'org.opencontainers.image.source';
const REVISION = 'org.opencontainers.image.revision';
// Where a label holds a version or a branch, it names no commit.
const COMMIT = /^[0-9a-f]{6,64}$/i;
// Digits alone are a date or the number of a run, but for a whole commit.
const NUMBER = /^\d{1,39}$/;
const OWNED = /^[^/\s]+(?:\/[^/\s]+)+$/;
const HOST = /^[\w-]+(?:\.[\w-]+)+(?::\d+)?\/(?=[^/]+\/)/;

/** Labels of an artifact, and the signed provenance that they contradict. */
export type LabelConflict = Readonly<{
  build: BuildRecord;
  labelled: Readonly<{ repository?: string; commit?: string }>;
}>;

/**
 * Whether the labels of an artifact name another source than all signed provenance of it. Labels come along from a base, and so does what
 * they say: they are an artifact's own only where its base was read and has others.
 */
export function labelConflictOf(world: World, artifact: Artifact, builds: readonly BuildRecord[]): Known<LabelConflict | undefined> {
  const signed = builds.filter(({ trust, source }) => source && (trust === 'verified' || trust === 'signed'));
  const [build] = signed;
  if (!build) return known(undefined);
  const { config } = artifact;
  if (!config) return unknown('content-unknown');
  const own = (label: string) => (world.closure.isInherited(config, label) ? undefined : config.labels[label]);
  const labelled = {
    ...contradicting('repository', own(SOURCE), signed),
    ...contradicting('commit', own(REVISION), signed),
  };
  if (Object.keys(labelled).length === 0) return known(undefined, [config]);
  const base = world.bases.baseOf(artifact);
  if (!base || base.method === 'history') return unknown('labels-may-be-inherited');
  return known({ build, labelled }, [build, config, ...base.evidence]);
}

function contradicting(field: 'repository' | 'commit', label: string | undefined, signed: readonly BuildRecord[]) {
  const named = signed.flatMap(({ source }) => source?.[field] ?? []);
  if (label === undefined || named.length === 0) return {};
  const isNamed = field === 'commit' ? isCommit(label, named) : isRepository(label, named);
  return isNamed ? {} : { [field]: label };
}

/** A label may hold the first letters of a commit. */
function isCommit(label: string, named: readonly string[]): boolean {
  return !COMMIT.test(label) || NUMBER.test(label) || named.some((commit) => commit.toLowerCase().startsWith(label.toLowerCase()));
}

/** A label may hold the address of a folder of the repository; what holds no owner and name names none. */
function isRepository(label: string, named: readonly string[]): boolean {
  const project = projectOf(label.trim().replace(/[#?].*$/, '')).toLowerCase();
  if (!OWNED.test(project)) return true;
  // Groups of GitLab may look like hosts: it is read both ways.
  const readings = [project, project.replace(HOST, '')];
  return named.some((repository) => readings.some((one) => `${one}/`.startsWith(`${projectOf(repository).toLowerCase()}/`)));
}
