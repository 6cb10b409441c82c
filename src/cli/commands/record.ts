import type { z } from 'zod';
import { Digest } from '../../domain/digest.ts';
import { formatImageReference, type ImageReference, parseImageReference } from '../../domain/image-reference.ts';
import { projectOf } from '../../domain/project.ts';
import { inUtc, NeutralRecord, RECORD_SCHEMA } from '../../domain/record.ts';
import { AuditError } from '../../error.ts';
import { appendLine } from '../append-line.ts';
import { type Ci, ciFrom, type Environment } from '../ci-environment.ts';
import { write } from '../output.ts';

/** What happened to a digest. */
export type Event = 'build' | 'test' | 'approve' | 'promote' | 'deploy';

/** The options of `selfsame record`, as they are typed; what is left out is taken from the CI system's variables. */
export type RecordOptions = Readonly<{
  digest?: string;
  image?: string;
  gate?: string;
  result?: string;
  environment?: string;
  from?: string;
  to?: string;
  by?: string;
  state?: string;
  requestedBy?: string;
  at?: string;
  startedAt?: string;
  commit?: string;
  repository?: string;
  ref?: string;
  tree?: string;
  builder?: string;
  platform?: readonly string[];
  base?: readonly string[];
  runPlatform?: string;
  runId?: string;
  out?: string;
}>;

/** The world of a step: its variables and its clock. */
export type Step = Readonly<{ env: Environment; now: Date }>;

const DIGEST_HINT =
  'A tag can move, a digest cannot: take it from the push itself (`docker buildx build --metadata-file`, the output "digest" of docker/build-push-action, `crane digest`) and pass it on with --digest.';

/** Writes one neutral record to standard output, or appends it to a file. */
export async function record(kind: Event, options: RecordOptions, step: Step = { env: process.env, now: new Date() }): Promise<number> {
  const line = lineOf(kind, options, step);
  if (!('run' in line))
    process.stderr.write('selfsame: no CI system was recognised: the line names no run; name it with --run-platform and --run-id\n');
  if (kind === 'approve') warnOfNobody(options);
  const json = JSON.stringify(line);
  if (options.out === undefined) await write(`${json}\n`);
  else await appendLine(options.out, json);
  return 0;
}

/** The line is a true record all the same; it is only that nothing will rest on it. */
function warnOfNobody({ by, requestedBy, state = 'approved' }: RecordOptions): void {
  if (state !== 'approved' || (requestedBy !== undefined && requestedBy !== by)) return;
  const why = requestedBy === undefined ? 'the line does not say who asked for it (--requested-by)' : `${requestedBy} asked for it too`;
  process.stderr.write(`selfsame: this approval will not count: ${why}, and it has to be somebody else\n`);
}

/** The record of an event, checked as whoever reads it checks it. */
export function lineOf(kind: Event, options: RecordOptions, { env, now }: Step): z.input<typeof NeutralRecord> {
  const { digest, image } = subjectOf(options);
  const ci = withRun(ciFrom(env), options);
  const line = {
    schema: RECORD_SCHEMA,
    kind,
    digest,
    ...given({ image: image && formatImageReference(image) }),
    ...OF_KIND[kind](options),
    ...sourceOf(kind, options, ci),
    ...given({ run: ci?.run }),
    at: options.at ?? inUtc(now.toISOString()),
  };
  const checked = NeutralRecord.safeParse(line);
  if (!checked.success) throw refusal(checked.error);
  // What was read from it is a record, so it is one.
  return line as z.input<typeof NeutralRecord>;
}

const OF_KIND: Readonly<Record<Event, (options: RecordOptions) => object>> = {
  build: ({ tree, builder, platform, base }) => given({ tree, builder, platforms: platformsOf(platform), base: basesOf(base) }),
  test: ({ gate, result, startedAt, environment }) => given({ gate, result, startedAt, environment }),
  approve: ({ environment, by, state, requestedBy }) => given({ environment, by, state, requestedBy }),
  promote: ({ from, to, by }) => given({ from, to, by }),
  deploy: ({ environment, by }) => given({ environment, by }),
};

/** The digest is taken from where it stands: never looked up, never made of a tag. */
function subjectOf({ digest, image }: RecordOptions): Readonly<{ digest: string; image?: ImageReference }> {
  const parsed = image === undefined ? undefined : imageOf(image, '--image');
  const named = parsed?.digest;
  if (digest === undefined && named === undefined) {
    const tagged = image === undefined ? 'no digest was given' : `--image ${image} names no digest`;
    throw new AuditError('USAGE', tagged, { hint: DIGEST_HINT });
  }
  if (digest !== undefined && !Digest.safeParse(digest).success)
    throw new AuditError('USAGE', '--digest is not sha256: and 64 hexadecimal digits in lower case', { hint: DIGEST_HINT });
  if (digest !== undefined && named !== undefined && digest !== named)
    throw new AuditError('USAGE', '--digest and --image name two digests', { hint: 'Record each with a line of its own.' });
  const { digest: _, ...name } = parsed ?? { registry: '', repository: '' };
  return { digest: digest ?? named ?? '', ...(parsed ? { image: name } : {}) };
}

/** The commit that was checked out is that of a build; what tests or deploys an image may be a job of another repository. */
function sourceOf(kind: Event, { commit, repository, ref }: RecordOptions, ci: Ci | undefined): object {
  const stated = repository === undefined ? undefined : projectOf(repository);
  const isHere = stated === undefined || stated === ci?.repository;
  if (kind !== 'build' || !isHere) return given({ commit, repository: stated, ref });
  return given({ commit: commit ?? ci?.commit, repository: stated ?? ci?.repository, ref: ref ?? (commit ? undefined : ci?.ref) });
}

function withRun(ci: Ci | undefined, { runPlatform, runId }: RecordOptions): Ci | undefined {
  if (runPlatform === undefined && runId === undefined) return ci;
  if (runPlatform === undefined || runId === undefined)
    throw new AuditError('USAGE', 'half a run was named', { hint: 'Give --run-platform and --run-id, or neither.' });
  return { ...ci, run: { platform: runPlatform, id: runId } };
}

function platformsOf(members: readonly string[] = []): Readonly<Record<string, string>> | undefined {
  const pairs = members.map((member) => {
    const [platform = '', digest, ...more] = member.split('=');
    if (platform === '' || digest === undefined || more.length > 0)
      throw new AuditError('USAGE', `--platform ${member}`, { hint: 'Write --platform linux/amd64=sha256:…' });
    return [platform, digest] as const;
  });
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

function basesOf(bases: readonly string[] = []): readonly object[] | undefined {
  if (bases.length === 0) return undefined;
  return bases.map((base) => {
    const { digest, ...image } = imageOf(base, '--base');
    return { image: formatImageReference(image), ...given({ digest }) };
  });
}

function imageOf(written: string, flag: string): ImageReference {
  const image = parseImageReference(written);
  if (!image) throw new AuditError('USAGE', `${flag} ${written} is no image`, { hint: 'Write registry/repository[:tag][@sha256:…].' });
  return image;
}

/** The first mistake, by the option that is to be mended. */
function refusal({ issues: [first] }: z.ZodError): AuditError {
  const flag = FLAGS[String(first?.path[0])] ?? 'the record';
  const hint =
    first?.path[0] === 'result' ? 'Write passed, warned or failed; what was skipped has no result and is not recorded.' : undefined;
  const missing = first?.code === 'invalid_type' && first.input === undefined;
  return new AuditError('USAGE', `${flag} ${missing ? 'is missing' : (first?.message ?? 'cannot be read')}`, { hint: hint ?? FLAG_HINT });
}

const FLAG_HINT = '`selfsame record KIND --help` tells what each option is.';
const FLAGS: Readonly<Record<string, string>> = {
  digest: '--digest',
  image: '--image',
  gate: '--gate',
  result: '--result',
  environment: '--environment',
  by: '--by',
  state: '--state',
  requestedBy: '--requested-by',
  at: '--at',
  startedAt: '--started-at',
  commit: '--commit',
  repository: '--repository',
  tree: '--tree',
  platforms: '--platform',
  base: '--base',
  run: '--run-id',
};

/** The values that there are: a key whose value is not known is left out. */
function given(values: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ''));
}
