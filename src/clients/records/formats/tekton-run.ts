import { z } from 'zod';
import { Digest } from '../../../domain/digest.ts';
import { type ImageReference, parseImageReference } from '../../../domain/image-reference.ts';
import { projectOf } from '../../../domain/project.ts';
import { type BuildFact, buildFact, commitOf, type Facts, instantOf, NOTHING, unusable } from './format.ts';

// tekton.dev/docs/chains/slsa-provenance, 2026-11: the results by whose names a run tells what it built.
const Named = z.object({ name: z.string(), value: z.unknown() });
const Run = z.object({
  kind: z.string().optional(),
  metadata: z.object({ name: z.string().optional(), uid: z.string(), labels: z.record(z.string(), z.string()).optional() }),
  spec: z.object({ params: z.array(Named).optional() }).optional(),
  status: z.object({
    startTime: z.string().optional(),
    completionTime: z.string().optional(),
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional(),
    results: z.array(Named).optional(),
    taskResults: z.array(Named).optional(),
    pipelineResults: z.array(Named).optional(),
  }),
});
type Run = z.infer<typeof Run>;
type Output = Readonly<{ image: ImageReference; digest: Digest }>;

/** Reads the results of a finished TaskRun or PipelineRun, as Tekton Chains reads them. */
export function tektonRun(value: unknown): Facts | undefined {
  const parsed = Run.safeParse(value);
  if (!parsed.success || !isRun(parsed.data)) return undefined;
  const run = parsed.data;
  const results = resultsOf(run);
  const succeeded = run.status.conditions?.some(({ type, status }) => type === 'Succeeded' && status === 'True') === true;
  const claims = claimsIn(results);
  if (claims.length === 0 || !succeeded) return NOTHING;
  const outputs = claims.map(outputOf);
  if (!outputs.every((output) => output !== undefined))
    return unusable(['build'], 'one of its results names no image, or a digest that is none');
  return buildFact(buildOf(run, outputs));
}

function isRun({ kind, status }: Run): boolean {
  const isTekton = kind === undefined || kind === 'TaskRun' || kind === 'PipelineRun';
  return isTekton && (status.results ?? status.taskResults ?? status.pipelineResults) !== undefined && status.conditions !== undefined;
}

type Result = z.infer<typeof Named>;

function resultsOf({ status }: Run): readonly Result[] {
  return [...(status.results ?? []), ...(status.taskResults ?? []), ...(status.pipelineResults ?? [])];
}

function textOf(named: readonly Result[], name: string): string | undefined {
  const value = named.find((one) => one.name === name)?.value;
  return typeof value === 'string' ? value.trim() : undefined;
}

type Claim = Readonly<{ uri: string; digest: string }>;

/** `*IMAGE_URL` beside `*IMAGE_DIGEST`, lines and lists in IMAGES, and objects named `*ARTIFACT_OUTPUTS`. */
function claimsIn(results: readonly Result[]): readonly Claim[] {
  const pairs = results.flatMap(({ name }): readonly Claim[] => {
    if (!name.endsWith('IMAGE_URL')) return [];
    const digest = textOf(results, `${name.slice(0, -'URL'.length)}DIGEST`);
    return digest === undefined ? [] : [{ uri: textOf(results, name) ?? '', digest }];
  });
  const listed = (textOf(results, 'IMAGES') ?? '').split(/[\n,]/).filter((one) => one.trim() !== '');
  const named = listed.map((one): Claim => {
    const [uri = '', digest = ''] = one.trim().split('@');
    return { uri, digest };
  });
  return [...pairs, ...named, ...results.flatMap(artifactIn)];
}

/** An artifact of a run is an image where its address is one. */
function artifactIn({ name, value }: Result): readonly Claim[] {
  if (!name.endsWith('ARTIFACT_OUTPUTS') || typeof value !== 'object' || value === null) return [];
  const { uri, digest } = value as Readonly<Record<string, unknown>>;
  return typeof uri === 'string' && typeof digest === 'string' && uri.includes('/') ? [{ uri, digest }] : [];
}

function outputOf({ uri, digest }: Claim): Output | undefined {
  const image = parseImageReference(uri.replace(/^(?:https?|oci|docker):\/\//, ''));
  const parsed = Digest.safeParse(digest);
  return image && !image.digest && parsed.success ? { image, digest: parsed.data } : undefined;
}

function buildOf(run: Run, outputs: readonly Output[]): BuildFact {
  const at = instantOf(run.status.completionTime);
  const { uid, labels = {} } = run.metadata;
  const said = [...resultsOf(run), ...(run.spec?.params ?? [])];
  const repository = textOf(said, 'CHAINS-GIT_URL');
  const commit = commitOf(textOf(said, 'CHAINS-GIT_COMMIT'));
  const workflow = labels['tekton.dev/pipeline'];
  const job = labels['tekton.dev/pipelineTask'];
  return {
    kind: 'build',
    ...(at ? { at } : {}),
    run: { platform: 'tekton', id: labels['tekton.dev/pipelineRunUID'] ?? uid, ...(workflow ? { workflow } : {}), ...(job ? { job } : {}) },
    ...(repository ? { source: { repository: projectOf(repository), ...(commit ? { commit } : {}) } } : {}),
    outputs: outputs.map((output) => ({ ...output, role: 'unknown' })),
    pushed: 'unknown',
    trust: 'artifact',
  };
}
