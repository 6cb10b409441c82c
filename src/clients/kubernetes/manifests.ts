import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Seen } from '../../collect/define-source.ts';
import { parseImageReference } from '../../domain/image-reference.ts';
import { byText } from '../../domain/order.ts';
import { tellYamlProblem } from '../../domain/tell-yaml-problem.ts';
import { type Document, LineCounter, parseAllDocuments } from '../../domain/yaml.ts';
import { AuditError } from '../../error.ts';
import { declaredIn } from './container.ts';
import { holdsImage } from './holds-image.ts';
import { readWhole } from './input.ts';
import { ManifestObject, podSpecIn } from './manifest-object.ts';
import { PodSpec } from './objects.ts';
import { redactStarts } from './redact-starts.ts';
import { type Mapping, placed, unreadableReference } from './running.ts';

type Where = Pick<Mapping, 'cluster' | 'labels' | 'environmentOf'> &
  Readonly<{
    /** Told of each object that holds an image, and of which it is not known what it starts. */
    onOther?: (locator: string) => void;
  }>;
type Gap = Extract<Seen, { kind: 'gap' }>;

// Of Helm; whoever renders it by other means knows which.
const TEMPLATE = /\{\{.*\}\}/;
const RENDER = 'It looks like a template: render it first, as `helm template` does.';
const INVALID = 'Its containers cannot be read: `kubectl apply --dry-run=server` tells why.';
const MANIFEST = /\.(?:ya?ml|json)$/;

const Labels = z.object({ metadata: z.object({ labels: z.record(z.string(), z.string()) }) });

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

/** The manifests of a folder in the same order everywhere; what is no folder is a file, if it is there. */
async function filesAt(place: string): Promise<readonly string[]> {
  const entries = await readdir(place, { recursive: true, withFileTypes: true }).catch((error: unknown) => codeOf(error));
  if (typeof entries === 'string') return entries === 'EACCES' || entries === 'EPERM' ? [] : [place];
  const named = entries.filter((entry) => MANIFEST.test(entry.name));
  const files = named.filter((entry) => entry.isFile()).map(pathOf);
  const links = named.filter((entry) => entry.isSymbolicLink()).map(pathOf);
  return [...files, ...(await leadingElsewhere(links, files))].toSorted(byText);
}

/** The links to what is not read as it is: they are not followed, and not passed over either. A mounted ConfigMap has others. */
async function leadingElsewhere(links: readonly string[], files: readonly string[]): Promise<readonly string[]> {
  if (links.length === 0) return [];
  const read = new Set(await Promise.all(files.map((file) => realpath(file))));
  const targets = await Promise.all(links.map((link) => realpath(link).catch(() => link)));
  return links.filter((_, at) => !read.has(targets[at] ?? ''));
}

function pathOf({ parentPath, name }: Dirent): string {
  return path.join(parentPath, name);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function unread(locator: string, because: Gap['because'], hint: string, { cluster }: Where): Gap {
  return { kind: 'gap', of: 'running-image', scope: { cluster }, because, hint, locator };
}

/** Merge keys are merged, as kubectl and Helm do, which read YAML 1.1 (sigs.k8s.io/yaml, 2026). */
function* declaredInText(file: string, text: string, where: Where): Iterable<Seen> {
  const lineCounter = new LineCounter();
  const isTemplate = TEMPLATE.test(text);
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    merge: true,
    uniqueKeys: true,
    prettyErrors: true,
    logLevel: 'error',
    lineCounter,
  });
  for (const document of Array.isArray(documents) ? documents : []) {
    const [problem] = document.errors;
    const line = problem?.linePos?.[0].line ?? lineCounter.linePos(document.contents?.range?.[0] ?? 0).line;
    const locator = `${file}:${line}`;
    if (problem) yield unread(locator, 'malformed', isTemplate ? RENDER : toMend(problem), where);
    else yield* declaredInDocument({ file, locator, isTemplate }, expanded(document), where);
  }
}

type Spot = Readonly<{
  file: string;
  /** The file and line where the document begins. */
  locator: string;
  /** It holds what a template has, as an argument of a program may too. */
  isTemplate: boolean;
}>;

function toMend(problem: Document['errors'][number]): string {
  const { says, step } = tellYamlProblem(problem);
  return `Mend it: ${says}.${step ? ` ${step}` : ''}`;
}

/** An object as it stands, and as much of it as tells what it is. */
type Read = Readonly<{ thing: unknown; object: ManifestObject }>;

/** Undefined where its aliases expand too far. */
function expanded(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 }) ?? '';
  } catch {
    return undefined;
  }
}

/** What holds nothing but comments is no document to kubectl either. */
function* declaredInDocument(spot: Spot, document: unknown, where: Where): Iterable<Seen> {
  if (document === undefined) yield unread(spot.file, 'malformed', 'Its aliases expand too far: write the values out.', where);
  else if (document !== '') yield* declaredInThing(spot, withoutEmpty(document), where);
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

/** A list holds objects, and lists. */
function* declaredInThing(spot: Spot, thing: unknown, where: Where): Iterable<Seen> {
  const { data } = ManifestObject.safeParse(thing);
  if (!data)
    return yield unread(spot.locator, 'malformed', 'It is no object with a `kind` that can be read: leave it out, or mend it.', where);
  if (data.kind.endsWith('List') && data.items) for (const item of data.items) yield* declaredInThing(spot, item, where);
  else yield* declaredInObject(spot, { thing, object: data }, where);
}

function* declaredInObject({ file, locator: line, isTemplate }: Spot, { thing, object }: Read, where: Where): Iterable<Seen> {
  const { apiVersion, kind, metadata } = object;
  const found = podSpecIn(object);
  const name = metadata.name ?? metadata.generateName;
  if (apiVersion?.startsWith('kustomize.config.k8s.io/'))
    return yield unread(line, 'unsupported', 'Render it: `kustomize build` writes what is applied.', where);
  if (found === undefined && holdsImage(object, thing))
    where.onOther?.(`${file}#${[kind, metadata.namespace, name].filter(Boolean).join('/')}`);
  if (found === undefined) return;
  const namespace = metadata.namespace ?? 'default';
  const environment = where.environmentOf(namespace);
  const locator = `${file}#${kind}/${namespace}/${name}`;
  if (name === undefined)
    return yield unread(`${line} (${kind})`, 'malformed', 'It has no name: write `metadata.name`, as nothing is applied without.', where);
  const spec = PodSpec.safeParse(found);
  if (!spec.success || spec.data.containers.length === 0) return yield unread(locator, 'malformed', isTemplate ? RENDER : INVALID, where);
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
