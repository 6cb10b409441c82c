import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Seen } from '../../collect/define-source.ts';
import { parseImageReference } from '../../domain/image-reference.ts';
import { byText } from '../../domain/order.ts';
import { type Document, parseAllDocuments } from '../../domain/yaml.ts';
import { AuditError } from '../../error.ts';
import { declaredIn } from './container.ts';
import { readWhole } from './input.ts';
import { PodSpec } from './objects.ts';
import { redactStarts } from './redact-starts.ts';
import { type Mapping, placed, unreadableReference } from './running.ts';

type Where = Pick<Mapping, 'cluster' | 'labels' | 'environmentOf'>;
type Gap = Extract<Seen, { kind: 'gap' }>;

const MANIFEST = /\.(?:ya?ml|json)$/;

/** Any object; how it is read further is told by its kind. */
const Thing = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string().optional(), generateName: z.string().optional(), namespace: z.string().optional() }).prefault({}),
  spec: z.unknown().optional(),
  items: z.array(z.unknown()).optional(),
});
const Labels = z.object({ metadata: z.object({ labels: z.record(z.string(), z.string()) }) });
const Templated = z.object({ template: z.object({ spec: z.looseObject({ containers: z.array(z.unknown()) }) }) });
const Scheduled = z.object({ jobTemplate: z.object({ spec: Templated }) });

/** What rendered manifests declare, file by file; a gap for each that cannot be read. */
export async function* declaredInManifests(places: readonly string[], where: Where, signal: AbortSignal): AsyncIterable<Seen> {
  for (const place of places) {
    const files = await filesAt(place);
    if (files.length === 0)
      yield unread(place, 'not-found', 'It holds no *.yaml, *.yml or *.json that can be read: render them into it.', where);
    for (const file of files) yield* declaredInFile(file, where, signal);
  }
}

async function* declaredInFile(file: string, where: Where, signal: AbortSignal): AsyncIterable<Seen> {
  const text = await readWhole(file, signal).then(
    (whole) => whole.text,
    (error: unknown) => {
      if (!(error instanceof AuditError) || error.because === undefined) throw error;
      return unread(file, error.because, error.hint ?? error.message, where);
    },
  );
  if (typeof text === 'string') yield* declaredInText(file, text, where);
  else yield text;
}

/** The manifests of a folder in the same order everywhere, links not followed; what is no folder is a file, if it is there. */
async function filesAt(place: string): Promise<readonly string[]> {
  const entries = await readdir(place, { recursive: true, withFileTypes: true }).catch((error: unknown) => codeOf(error));
  if (typeof entries === 'string') return entries === 'EACCES' || entries === 'EPERM' ? [] : [place];
  return entries
    .filter((entry) => entry.isFile() && MANIFEST.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted(byText);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function unread(locator: string, because: Gap['because'], hint: string, { cluster }: Where): Gap {
  return { kind: 'gap', of: 'running-image', scope: { cluster }, because, hint, locator };
}

function* declaredInText(file: string, text: string, where: Where): Iterable<Seen> {
  const documents = parseAllDocuments(text, { schema: 'failsafe', uniqueKeys: true, prettyErrors: true });
  for (const document of Array.isArray(documents) ? documents : []) {
    const [problem] = document.errors;
    const line = `${file}:${problem?.linePos?.[0].line ?? 1}`;
    if (problem) yield unread(line, 'malformed', `Mend it: ${problem.code}.`, where);
    else yield* declaredInDocument(file, expanded(document), where);
  }
}

/** Undefined where its aliases expand too far. */
function expanded(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 }) ?? {};
  } catch {
    return undefined;
  }
}

/** A list holds objects, and no lists. */
function* declaredInDocument(file: string, document: unknown, where: Where): Iterable<Seen> {
  if (document === undefined) return yield unread(file, 'malformed', 'Its aliases expand too far: write the values out.', where);
  const filled = withoutEmpty(document);
  const { kind, items = [] } = Thing.safeParse(filled).data ?? {};
  for (const item of kind?.endsWith('List') ? items : [filled]) yield* declaredInThing(file, item, where);
}

/** A template that renders to nothing leaves a key without a value, which is as if it were not there. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== null && one !== '')
      .map(([key, one]) => [key, withoutEmpty(one)]),
  );
}

function* declaredInThing(file: string, thing: unknown, where: Where): Iterable<Seen> {
  const { data } = Thing.safeParse(thing);
  const found = data && podSpecIn(data);
  if (!data || found === undefined) return;
  const { kind, metadata } = data;
  const name = metadata.name ?? metadata.generateName ?? '?';
  const namespace = metadata.namespace ?? 'default';
  const environment = where.environmentOf(namespace);
  const locator = `${file}#${kind}/${namespace}/${name}`;
  const spec = PodSpec.safeParse(found);
  if (!spec.success)
    return yield unread(locator, 'malformed', 'Its containers cannot be read: `kubectl apply --dry-run=server` tells why.', where);
  if (environment === undefined) return;
  const labels = Labels.safeParse(thing).data?.metadata.labels ?? {};
  const place = placed(where, environment, { workload: { namespace, kind, name }, labels });
  for (const declared of declaredIn(spec.data)) {
    const image = parseImageReference(declared.image);
    const { container, role } = declared;
    const starts = declared.starts && redactStarts(declared.starts);
    if (image) yield { kind: 'declared-image', ...place, container, role, because: 'manifest', declared: image, starts, locator };
    else yield unreadableReference(place, declared, locator);
  }
}

function podSpecIn({ kind, spec }: z.infer<typeof Thing>): unknown {
  if (kind === 'Pod') return spec;
  return (Scheduled.safeParse(spec).data?.jobTemplate.spec ?? Templated.safeParse(spec).data)?.template.spec;
}
