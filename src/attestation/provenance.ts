import { Digest } from '../domain/digest.ts';
import { type ImageReference, parseImageReference } from '../domain/image-reference.ts';
import type { BuildRecord, Run } from '../domain/observation.ts';
import { projectOf } from '../domain/project.ts';
import { unreadable } from '../error.ts';
import { fieldsOf, type Material, type Predicate, schemaOf, textOf } from './predicate.ts';
import type { Statement } from './statement.ts';

/** What provenance says of a build; a claim, until somebody verifies who says it. */
export type Provenance = Readonly<{
  subjects: readonly Digest[];
  source: NonNullable<BuildRecord['source']> | undefined;
  run: Run | undefined;
  builder: string | undefined;
  /** The images it took in: bases of every stage, in no order. */
  bases: readonly Readonly<{ image: ImageReference; digest?: Digest }>[];
  arguments: Readonly<Record<string, string>>;
  /** When it was done, or began, or was logged. */
  at: string | undefined;
}>;

/** Reads SLSA provenance v0.1, v0.2 and v1; undefined for statements that are none. */
export function provenanceOf({ subjects, predicateType, predicate, loggedAt }: Statement): Provenance | undefined {
  const parsed = schemaOf(predicateType)?.safeParse(predicate);
  if (!parsed) return undefined;
  const issue = parsed.error?.issues[0];
  if (!parsed.success) throw unreadable('malformed', `it is no provenance: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  const said = parsed.data;
  return {
    subjects,
    source: sourceOf(said),
    run: runOf(said),
    builder: said.builder || said.buildType || undefined,
    bases: said.materials.flatMap(baseOf),
    arguments: argumentsOf(said),
    at: timeOf(said) ?? loggedAt,
  };
}

/** Reads a predicate that no statement encloses, as builders print it; undefined where there is none. */
export function provenanceOfPredicate(predicate: unknown): Provenance | undefined {
  if (typeof predicate !== 'object' || predicate === null || Object.keys(predicate).length === 0) return undefined;
  const version = 'buildDefinition' in predicate ? 'v1' : 'v0.2';
  const predicateType = `https://slsa.dev/provenance/${version}`;
  return provenanceOf({ subjects: [], named: [], predicateType, predicate, loggedAt: undefined });
}

const RUN = /^https?:\/\/([^/?#@]+)\/([^/?#]+\/[^/?#]+)\/actions\/runs\/(\d+)(?:\/attempts\/([1-9]\d*))?$/;

/** GitHub's run, from whichever place names it; what others call an invocation is no run that anybody could look up. */
function runOf({ builder, metadata, environment, workflow }: Predicate): Run | undefined {
  const platform = 'github-actions';
  const named = [builder, textOf(metadata, 'invocationId'), textOf(metadata, 'buildInvocationId')].find((text) => RUN.test(text ?? ''));
  const [url, , repository, id, attempt] = RUN.exec(named ?? '') ?? [];
  const path = workflow?.path === undefined ? {} : { workflow: workflow.path };
  if (url && repository && id) return { platform, repository, id, attempt: Number(attempt ?? 1), url, ...path };
  const found = textOf(environment, 'github_run_id');
  if (found === undefined || !/^\d+$/.test(found)) return undefined;
  const nth = Number(textOf(environment, 'github_run_attempt') ?? 1);
  const of = textOf(environment, 'github_repository');
  return { platform, ...(of ? { repository: of } : {}), id: found, attempt: Number.isInteger(nth) && nth > 0 ? nth : 1, ...path };
}

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
type Source = NonNullable<BuildRecord['source']>;

/** What it was told to build; else the one repository it took in; else what the builder saw around its context. */
function sourceOf(said: Predicate): Source | undefined {
  const [told] = said.source ? gitOf(said.source) : [];
  if (told) return told;
  const took = said.materials.flatMap(gitOf);
  const { workflow } = said;
  const own = workflow && took.find(({ repository }) => repository === projectOf(workflow.repository));
  if (own) return { ...own, ...(workflow.ref ? { ref: workflow.ref } : {}) };
  const [only, ...more] = took.filter(({ commit }, at) => took.findIndex((other) => other.commit === commit) === at);
  return only && more.length === 0 ? only : hintOf(said);
}

/** A repository and commit, as `git+https://host/owner/name@ref`, `https://host/owner/name.git#commit` and their like name them. */
function gitOf({ uri, digest }: Material): Source[] {
  const commit = digest?.['sha1'] ?? digest?.['gitCommit'];
  if (!commit || !COMMIT.test(commit) || uri.startsWith('pkg:')) return [];
  const [address = '', fragment] = uri.split('#', 2);
  const [, repository = '', at] = /^(.*?)(?:@(refs\/[^@]*))?$/.exec(address) ?? [];
  const ref = at ?? (fragment?.startsWith('refs/') ? fragment.split(':', 1)[0] : undefined);
  return projectOf(repository) === '' ? [] : [{ repository: projectOf(repository), commit, ...(ref ? { ref } : {}) }];
}

/** BuildKit's note on the working copy; one with changes is no commit (`-dirty`). */
function hintOf({ metadata }: Predicate): Source | undefined {
  const noted = fieldsOf(metadata['https://mobyproject.org/buildkit@v1#metadata'] ?? metadata['buildkit_metadata']);
  const vcs = fieldsOf(noted['vcs']);
  const [repository, commit] = [textOf(vcs, 'source'), textOf(vcs, 'revision')];
  return repository && commit && COMMIT.test(commit) ? { repository: projectOf(repository), commit } : undefined;
}

/** What BuildKit itself takes in, and no image stands on. */
const TOOLS = /^docker\/(?:dockerfile(?:-upstream)?|buildkit-syft-scanner)$/;

/** An image among materials: `pkg:docker/NAME@TAG?platform=…` with the digest that it resolved to, often an index. */
function baseOf({ uri, digest }: Material): { image: ImageReference; digest?: Digest }[] {
  const [, name = '', version] = /^pkg:docker\/([^?#@]+)(?:@([^?#]+))?/.exec(uri) ?? [];
  const tag = version === undefined || version.includes('%3A') || version.includes(':') ? '' : `:${version}`;
  const image = parseImageReference(`${decode(name)}${tag}`);
  const resolved = Digest.safeParse(`sha256:${digest?.['sha256']}`);
  if (!image || TOOLS.test(image.repository)) return [];
  return [{ image, ...(resolved.success ? { digest: resolved.data } : {}) }];
}

function decode(text: string): string {
  return text.replaceAll(/%3A/gi, ':').replaceAll(/%2F/gi, '/');
}

const MOST_ARGUMENTS = 500;

function argumentsOf({ arguments: given }: Predicate): Record<string, string> {
  const told = Object.entries(given).flatMap(([key, value]): [string, string][] =>
    key.startsWith('build-arg:') && typeof value === 'string' ? [[key.slice('build-arg:'.length), value]] : [],
  );
  return Object.fromEntries(told.slice(0, MOST_ARGUMENTS));
}

function timeOf({ metadata }: Predicate): string | undefined {
  const names = ['buildFinishedOn', 'finishedOn', 'buildStartedOn', 'startedOn'];
  const told = names.map((name) => textOf(metadata, name)).find((text) => /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(text ?? ''));
  const time = Date.parse(told ?? '');
  return Number.isNaN(time) || time <= 0 ? undefined : new Date(time).toISOString();
}
