import { z } from 'zod';
import { provenanceOf } from '../../../attestation/provenance.ts';
import { parseStatement } from '../../../attestation/statement.ts';
import { Digest } from '../../../domain/digest.ts';
import { parseImageReference } from '../../../domain/image-reference.ts';
import { projectOf } from '../../../domain/project.ts';
import { type BuildFact, buildFact, commitOf, type Facts, instantOf, NOTHING, together, unusable } from './format.ts';
import { factsOf } from './statement.ts';

const PLATFORM = 'google-cloud-build';

// cloud.google.com/build/docs/securing-builds/view-build-provenance, 2026-11: `gcloud artifacts docker images describe
// --show-provenance`. Its payloads are written in the base64 of URLs.
const Described = z.object({
  image_summary: z.object({ digest: Digest }),
  provenance_summary: z.object({
    provenance: z.array(z.object({ envelope: z.object({ payload: z.string(), payloadType: z.string() }) })),
  }),
});

/** Reads the provenance that Google's registry shows of an image; no signature is looked at. */
export function cloudProvenance(value: unknown): Facts | undefined {
  if (!has(value, 'image_summary') || !has(value, 'provenance_summary')) return undefined;
  const parsed = Described.safeParse(value);
  if (!parsed.success) return unusable(['build'], `${parsed.error.issues[0]?.path.join('.')}: is not what Google Cloud writes there`);
  const { image_summary: image, provenance_summary: shown } = parsed.data;
  return together(shown.provenance.map(({ envelope }) => oneOf(envelope, image.digest)));
}

function oneOf(envelope: object, digest: Digest): Facts {
  const said = parseStatement(Buffer.from(JSON.stringify(envelope)));
  if (!said.subjects.includes(digest)) return unusable(['build'], 'one of its provenances speaks of another image');
  const invocation = Invocation.safeParse(said.predicate).data?.metadata.buildInvocationId;
  const { facts, left } = factsOf({ statement: said, trust: 'declared' });
  if (invocation === undefined || provenanceOf(said)?.run) return { facts, left };
  return { facts: facts.map((fact) => ({ ...fact, run: { platform: PLATFORM, id: invocation } })), left };
}

const Invocation = z.object({ metadata: z.object({ buildInvocationId: z.string().min(1) }) });

// cloud.google.com/build/docs/api/reference/rest/v1/projects.builds, 2026-11: `gcloud builds describe --format=json`.
const Build = z.object({
  id: z.string().min(1),
  status: z.string(),
  finishTime: z.string().optional(),
  logUrl: z.url({ protocol: /^https$/ }).optional(),
  substitutions: z.record(z.string(), z.string()).optional(),
  results: z.object({
    images: z
      .array(z.object({ name: z.string(), digest: z.string(), pushTiming: z.object({ endTime: z.string().optional() }).optional() }))
      .optional(),
  }),
});
type Build = z.infer<typeof Build>;
type Pushed = NonNullable<Build['results']['images']>[number];

/** Reads a build of Google Cloud Build, as its API describes it. */
export function cloudBuild(value: unknown): Facts | undefined {
  if (!has(value, 'results') || !has(value, 'projectId') || !has(value, 'status')) return undefined;
  const parsed = Build.safeParse(value);
  if (!parsed.success) return unusable(['build'], `${parsed.error.issues[0]?.path.join('.')}: is not what Google Cloud Build writes there`);
  const images = parsed.data.results.images ?? [];
  // What a build pushed before it failed was pushed all the same.
  return images.length === 0 ? NOTHING : together(images.map((image) => pushedOf(parsed.data, image)));
}

function pushedOf(build: Build, { name, digest, pushTiming }: Pushed): Facts {
  const image = parseImageReference(name);
  const parsed = Digest.safeParse(digest);
  if (!image || image.digest || !parsed.success)
    return unusable(['build'], 'results.images: holds what is no image, or a digest that is none');
  const pushedAt = instantOf(pushTiming?.endTime);
  const at = pushedAt ?? instantOf(build.finishTime);
  return buildFact({
    kind: 'build',
    ...(at ? { at } : {}),
    ...(pushedAt ? { pushedAt } : {}),
    run: { platform: PLATFORM, id: build.id, ...(build.logUrl ? { url: withoutQuery(build.logUrl) } : {}) },
    ...sourceOf(build),
    outputs: [{ image, digest: parsed.data, role: 'unknown' }],
    pushed: 'yes',
    trust: 'artifact',
  });
}

function sourceOf({ substitutions = {} }: Build): Pick<BuildFact, 'source'> {
  const repository = substitutions['REPO_FULL_NAME'] ?? substitutions['REPO_NAME'];
  if (!repository) return {};
  const commit = commitOf(substitutions['COMMIT_SHA']);
  return { source: { repository: projectOf(repository), ...(commit ? { commit } : {}) } };
}

function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

function has(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && key in value;
}
