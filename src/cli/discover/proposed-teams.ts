import { byText } from '../../domain/order.ts';
import { LABELS_OF_OWNERS } from './labels-of-owners.ts';
import type { Cluster } from './read-clusters.ts';

/** A team that seems to own something here, and what. */
export type ProposedTeam = Readonly<{
  name: string;
  labels?: Readonly<Record<string, string>>;
  images?: readonly string[];
  where?: readonly string[];
  contact?: string;
}>;

/** What CODEOWNERS says: who owns the images of the repository, and who each of its files. */
export type CodeOwned = Readonly<{ repository: string; image?: string; files: readonly Readonly<{ path: string; owner: string }>[] }>;

/** The teams that labels of workloads and CODEOWNERS name, each once; the label is the surest one that is in use. */
export function proposedTeams(clusters: readonly Cluster[], code: CodeOwned | undefined): readonly ProposedTeam[] {
  const byName = new Map<string, ProposedTeam>();
  for (const team of [...ofLabels(clusters), ...(code ? ofCode(code, linesOf(clusters)) : [])])
    byName.set(team.name, { ...byName.get(team.name), ...team });
  return [...byName.values()];
}

function ofLabels(clusters: readonly Cluster[]): readonly ProposedTeam[] {
  const valuesOf = (key: string) => [...new Set(clusters.flatMap(({ labels }) => labels.get(key) ?? []))].toSorted(byText);
  const used = LABELS_OF_OWNERS.find((key) => valuesOf(key).length > 0);
  return used ? valuesOf(used).map((name) => ({ name, labels: { [used]: name } })) : [];
}

function ofCode({ repository, image, files }: CodeOwned, lines: readonly string[]): readonly ProposedTeam[] {
  const owners = [...new Set([image, ...files.map(({ owner }) => owner)])].flatMap((owner) => owner ?? []);
  return owners
    .map((owner) => {
      const where = files.filter((file) => file.owner === owner).map((file) => `file:${repository}/${file.path}`);
      const images = owner === image ? lines.filter((line) => isOf(repository, line)) : [];
      return {
        name: nameOf(owner, owners),
        ...(images.length > 0 ? { images } : {}),
        ...(where.length > 0 ? { where } : {}),
        contact: owner,
      };
    })
    .filter(({ images, where }) => images || where);
}

function linesOf(clusters: readonly Cluster[]): readonly string[] {
  return [...new Set(clusters.flatMap(({ ours }) => [...ours.keys()]))].toSorted(byText);
}

/** An image that is called as the repository is, or lies below it, as GitHub's packages do. */
function isOf(repository: string, line: string): boolean {
  return `${line}/`.includes(`/${repository.toLowerCase()}/`);
}

/** The owner's own name, unless another owner here has the same. */
function nameOf(owner: string, owners: readonly (string | undefined)[]): string {
  const first = owners.find((one) => one !== undefined && shortOf(one) === shortOf(owner));
  return first === owner ? shortOf(owner) : owner;
}

function shortOf(owner: string): string {
  return owner.startsWith('@') ? (owner.split('/').at(-1) ?? owner).replace(/^@/, '') : owner;
}
