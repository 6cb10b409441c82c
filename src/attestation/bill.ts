import { z } from 'zod';
import type { Bill, Package } from '../domain/bill.ts';
import { unreadable } from '../error.ts';
import type { Statement } from './statement.ts';

const FORMATS: readonly (readonly [Bill['format'], RegExp])[] = [
  ['SPDX', /^https:\/\/spdx\.dev\/Document(?:\/v[\d.]+)?$/],
  ['CycloneDX', /^https:\/\/cyclonedx\.org\/bom(?:\/v[\d.]+)?$/],
];
const MOST_PACKAGES = 50_000;

/** Whether statements of this type hold a bill of materials (in-toto/attestation, spec/predicates, spdx2.md and cyclonedx.md, 2026). */
export function isBill(predicateType: string): boolean {
  return formatOf(predicateType) !== undefined;
}

/** Reads the bill of materials that a statement holds, or throws why it cannot be compared. */
export function billOf({ predicateType, predicate }: Pick<Statement, 'predicateType' | 'predicate'>): Bill {
  const format = formatOf(predicateType);
  const parsed = (format === 'SPDX' ? Spdx : CycloneDx).safeParse(predicate);
  const [issue] = parsed.error?.issues ?? [];
  if (!parsed.success)
    throw unreadable(
      'unsupported',
      `it is no bill of SPDX 2 or CycloneDX 1 in JSON: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
      {
        hint: 'Have the generator write SPDX 2 or CycloneDX 1 as JSON; other forms are not compared.',
      },
    );
  if (parsed.data.packages.length > MOST_PACKAGES)
    throw unreadable('too-large', `it lists more than ${MOST_PACKAGES} packages`, {
      hint: `No more than ${MOST_PACKAGES} packages are compared: have the generator list packages, and not their files.`,
    });
  return parsed.data;
}

function formatOf(predicateType: string): Bill['format'] | undefined {
  return FORMATS.find(([, types]) => types.test(predicateType))?.[0];
}

const listOf = <S extends z.ZodType>(item: S) =>
  z
    .array(item)
    .nullish()
    .transform((found) => found ?? []);

const SpdxPackage = z.object({
  ['SPDXID']: z.string(),
  name: z.string(),
  versionInfo: z.string().nullish(),
  primaryPackagePurpose: z.string().nullish(),
  externalRefs: listOf(z.object({ referenceType: z.string(), referenceLocator: z.string() })),
});
const Relationship = z.object({ spdxElementId: z.string(), relationshipType: z.string(), relatedSpdxElement: z.string() });

const Spdx = z
  .object({
    spdxVersion: z.string().startsWith('SPDX-2.'),
    creationInfo: z.object({ creators: listOf(z.string()) }).nullish(),
    documentDescribes: listOf(z.string()),
    packages: listOf(SpdxPackage),
    relationships: listOf(Relationship),
  })
  .transform(({ creationInfo, documentDescribes, packages, relationships }): Bill => {
    const described = relationships.filter((one) => one.relationshipType === 'DESCRIBES' && one.spdxElementId === 'SPDXRef-DOCUMENT');
    const roots = new Set([...documentDescribes, ...described.map(({ relatedSpdxElement }) => relatedSpdxElement)]);
    // A generator describes the image as one package (Syft, 2026), which differs whenever anything does; one that describes every package has no such root.
    const listed = packages.filter(({ SPDXID: id }) => roots.size !== 1 || !roots.has(id));
    return { format: 'SPDX', generator: generatorIn(creationInfo?.creators ?? []), packages: listed.map(packageOfSpdx) };
  });

/** SPDX 2.3, 6.8: `Tool: name-version`. */
function generatorIn(creators: readonly string[]): string | undefined {
  const tools = creators.flatMap((creator) => /^Tool:\s*(.+)$/.exec(creator)?.[1] ?? []);
  return tools.length > 0 ? tools.join(', ') : undefined;
}

function packageOfSpdx({ name, versionInfo, primaryPackagePurpose, externalRefs }: z.output<typeof SpdxPackage>): Package {
  const purl = externalRefs.find(({ referenceType }) => referenceType === 'purl')?.referenceLocator;
  const version = versionInfo === 'NOASSERTION' || versionInfo === 'NONE' ? undefined : versionInfo;
  return named(purl, version, `${(primaryPackagePurpose ?? 'package').toLowerCase()} ${name}`);
}

const Tool = z.object({ name: z.string().nullish(), version: z.string().nullish() });

/** CycloneDX 1.5 (2023) made tools components; before that they were a list. */
const Tools = z
  .union([z.array(Tool), z.object({ components: listOf(Tool) }).transform(({ components }) => components)])
  .nullish()
  .transform((tools) => (tools ?? []).flatMap(({ name, version }) => (name ? `${name}${version ? `-${version}` : ''}` : [])));

const Component = z.object({
  type: z.string(),
  name: z.string(),
  group: z.string().nullish(),
  version: z.string().nullish(),
  purl: z.string().nullish(),
  // A component may hold others; how deep was bounded when the JSON was read.
  get components() {
    return z.array(Component).nullish();
  },
});
type Component = z.output<typeof Component>;

const CycloneDx = z
  .object({
    bomFormat: z.literal('CycloneDX'),
    specVersion: z.string().startsWith('1.'),
    metadata: z.object({ tools: Tools }).nullish(),
    components: listOf(Component),
  })
  .transform(({ metadata, components }): Bill => {
    const tools = metadata?.tools ?? [];
    // Syft lists files beside packages; a file is none.
    const listed = withNested(components).filter(({ type }) => type !== 'file');
    return { format: 'CycloneDX', generator: tools.length > 0 ? tools.join(', ') : undefined, packages: listed.map(packageOfCycloneDx) };
  });

function withNested(components: readonly Component[]): readonly Component[] {
  return components.flatMap((component) => [component, ...withNested(component.components ?? [])]);
}

function packageOfCycloneDx({ type, group, name, version, purl }: Component): Package {
  return named(purl ?? undefined, version, `${type} ${group ? `${group}/` : ''}${name}`);
}

function named(purl: string | undefined, version: string | null | undefined, otherwise: string): Package {
  const parts = purl === undefined ? undefined : partsOf(purl);
  return { name: parts?.name ?? otherwise, version: (version ?? '') !== '' ? (version ?? undefined) : parts?.version };
}

/** A package URL without version and qualifiers: these tell where a package came from, such as the point release of a distribution, and not which it is. */
function partsOf(purl: string): Readonly<{ name: string; version: string | undefined }> | undefined {
  const [, type = '', rest = '', subpath = ''] = /^pkg:\/*([A-Za-z][\w.+-]*)\/([^?#]+)(?:\?[^#]*)?(#.*)?$/.exec(purl) ?? [];
  if (type === '') return undefined;
  const at = rest.lastIndexOf('@');
  const isVersion = at > 0 && at > rest.lastIndexOf('/');
  const name = `pkg:${type.toLowerCase()}/${isVersion ? rest.slice(0, at) : rest}${subpath}`;
  return { name, version: isVersion ? decoded(rest.slice(at + 1)) : undefined };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
