import type { Seen } from '../../collect/define-source.ts';
import { type ImageReference, parseImageReference } from '../../domain/image-reference.ts';
import type { LogDigests, Pushed } from './log-reader.ts';
import type { Job, WorkflowRun } from './runs.ts';

type Build = Extract<Seen, { kind: 'build' }>;

/** Events whose runs build the very commit that GitHub names; others check out what they are told to. */
const OF_THEIR_COMMIT: ReadonlySet<string> = new Set(['push', 'release']);
const BUILDS =
  /(?:^|[^a-z])(?:build|builds|publish|push|docker|image|images|release|bake|kaniko|buildah|container|package|ko)(?:$|[^a-z])/i;

/** Whether a job may have pushed an image, by its name and those of its steps. */
export function mayBuild({ name, steps }: Job): boolean {
  return [name, ...(steps ?? []).map((step) => step.name)].some((text) => BUILDS.test(text));
}

export type Place = Readonly<{
  repository: string;
  run: WorkflowRun;
  job: Job;
  names: ReadonlyMap<string, readonly ImageReference[] | undefined>;
}>;

/** The builds that a job's log says it pushed: claims. What a log has masked in a name is called as the digest was seen. */
export function buildsInLog({ pushed }: LogDigests, place: Place): readonly Build[] {
  return pushed.flatMap((push): Build[] => {
    const named = parseImageReference(push.reference);
    const images = named ? [named] : (place.names.get(push.digest) ?? []);
    const outputs = images.flatMap((image) => outputsOf(push, image));
    const { at } = push;
    if (outputs.length === 0 || at === undefined) return [];
    return [{ ...madeIn(place), at, pushedAt: at, outputs }];
  });
}

function outputsOf({ digest, role, members }: Pushed, { registry, repository, tag }: ImageReference): Build['outputs'] {
  const image = { registry, repository };
  return [
    { image: { ...image, ...(tag ? { tag } : {}) }, digest, role },
    ...members.map((member) => ({ image, digest: member, role: 'manifest' as const })),
  ];
}

function madeIn({
  repository,
  run,
  job,
}: Place): Pick<Build, 'kind' | 'locator' | 'run' | 'source' | 'pushed' | 'base' | 'arguments' | 'trust'> {
  const [workflow] = run.path.split('@');
  return {
    kind: 'build',
    locator: `${repository} run ${run.id} attempt ${job.run_attempt}: log of ${job.name.slice(0, 200)} (job ${job.id})`,
    run: { platform: 'github-actions', repository, id: run.id, attempt: job.run_attempt, job: job.name, ...(workflow ? { workflow } : {}) },
    ...(OF_THEIR_COMMIT.has(run.event) ? { source: { repository, commit: run.head_sha } } : {}),
    pushed: 'yes',
    base: [],
    arguments: {},
    trust: 'log',
  };
}
