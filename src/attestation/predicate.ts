import { z } from 'zod';

/** Something a build took in, or was told to build. */
export const Material = z.object({ uri: z.string().default(''), digest: z.record(z.string(), z.string()).nullish() });
export type Material = z.infer<typeof Material>;

/** What the versions of SLSA provenance say alike, each in its own place. */
export type Predicate = Readonly<{
  builder: string;
  buildType: string;
  /** What the build was told to build, where it says so. */
  source: Material | undefined;
  /** The repository of the workflow that ran, where it says so. */
  workflow: z.output<typeof Workflow> | undefined;
  materials: readonly Material[];
  environment: Fields;
  arguments: Fields;
  metadata: Fields;
}>;

type Fields = Readonly<Record<string, unknown>>;

const MOST_MATERIALS = 5000;
const Loose = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((found) => found ?? {});
const Builder = z.object({ id: z.string().nullish() }).nullish();
const Materials = z
  .array(Material)
  .max(MOST_MATERIALS)
  .nullish()
  .transform((found) => found ?? []);
const Text = z
  .string()
  .nullish()
  .transform((found) => found ?? '');

/** SLSA provenance v0.1 (slsa.dev/spec, 2021), as Google Cloud Build writes it. */
const First = z.object({ builder: Builder, recipe: Loose, metadata: Loose, materials: Materials }).transform(
  ({ builder, recipe, metadata, materials }): Predicate => ({
    builder: builder?.id ?? '',
    buildType: z.string().safeParse(recipe['type']).data ?? '',
    source: materials[z.int().safeParse(recipe['definedInMaterial']).data ?? -1],
    workflow: undefined,
    materials,
    environment: fieldsOf(recipe['environment']),
    arguments: {},
    metadata,
  }),
);

const Invocation = z.object({ configSource: Material.nullish(), parameters: Loose, environment: Loose }).nullish();

/** SLSA provenance v0.2 (slsa.dev/provenance/v0.2, 2022): BuildKit until 0.27, and the SLSA generator. */
const Second = z.object({ builder: Builder, buildType: Text, invocation: Invocation, metadata: Loose, materials: Materials }).transform(
  ({ builder, buildType, invocation, metadata, materials }): Predicate => ({
    builder: builder?.id ?? '',
    buildType,
    source: invocation?.configSource ?? undefined,
    workflow: undefined,
    materials,
    environment: invocation?.environment ?? {},
    arguments: fieldsOf(invocation?.parameters['args']),
    metadata,
  }),
);

const Workflow = z.object({ repository: z.string(), path: z.string().optional(), ref: z.string().optional() });

/** SLSA provenance v1 (slsa.dev/provenance/v1, 2023): BuildKit since 0.28, and GitHub's own attestations. */
const Third = z
  .object({
    buildDefinition: z.object({ buildType: Text, externalParameters: Loose, internalParameters: Loose, resolvedDependencies: Materials }),
    runDetails: z.object({ builder: Builder, metadata: Loose }),
  })
  .transform(({ buildDefinition, runDetails: { builder, metadata } }): Predicate => {
    const { externalParameters: given } = buildDefinition;
    return {
      builder: builder?.id ?? '',
      buildType: buildDefinition.buildType,
      source: Material.safeParse(given['configSource'] ?? given['source']).data,
      workflow: Workflow.safeParse(given['workflow']).data,
      materials: buildDefinition.resolvedDependencies,
      environment: buildDefinition.internalParameters,
      arguments: fieldsOf(fieldsOf(given['request'])['args']),
      metadata,
    };
  });

const VERSIONS: Readonly<Record<string, typeof First | typeof Second | typeof Third>> = {
  'https://slsa.dev/provenance/v0.1': First,
  'https://slsa.dev/provenance/v0.2': Second,
  'https://slsa.dev/provenance/v1': Third,
};

/** The schema of a predicate of this type; undefined for what is no provenance. */
export function schemaOf(predicateType: string): (typeof VERSIONS)[string] | undefined {
  return Object.hasOwn(VERSIONS, predicateType) ? VERSIONS[predicateType] : undefined;
}

/** What a statement can record here. */
export const KINDS_OF_STATEMENT = ['provenance', 'test-result', 'verification'] as const;

/** The type of in-toto's test results (github.com/in-toto/attestation, spec/predicates/test-result.md, v0.1). */
export const TEST_RESULT = 'https://in-toto.io/attestation/test-result/v0.1';

const VERIFICATIONS = {
  summary: /^https:\/\/slsa\.dev\/verification_summary\/v(?:0\.[12]|1)$/,
  simple: /^https:\/\/in-toto\.io\/attestation\/svr\/v0\.[12]$/,
};

/** Whether statements of this type say what a verifier found: in a summary of one policy, or in a list of what passed. */
export function isVerification(predicateType: string, form: keyof typeof VERIFICATIONS): boolean {
  return VERIFICATIONS[form].test(predicateType);
}

/** What a statement of this type records; undefined for what records neither a build nor a test. */
export function kindOf(predicateType: string): (typeof KINDS_OF_STATEMENT)[number] | undefined {
  if (predicateType === TEST_RESULT) return 'test-result';
  if (isVerification(predicateType, 'summary') || isVerification(predicateType, 'simple')) return 'verification';
  return schemaOf(predicateType) ? 'provenance' : undefined;
}

/** An object's fields; none of what is no object. */
export function fieldsOf(value: unknown): Fields {
  return Loose.safeParse(value).data ?? {};
}

/** A text field, however its name is written: builders differ in capitals (`invocationID`, `invocationId`, `GITHUB_RUN_ID`). */
export function textOf(fields: Fields, name: string): string | undefined {
  const [, value] = Object.entries(fields).find(([key]) => key.toLowerCase() === name.toLowerCase()) ?? [];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
