import type { Digest } from '../../domain/digest.ts';
import { byKey, groupBy } from '../../domain/order.ts';
import { AuditError, unreadable } from '../../error.ts';
import { readConfig } from './config.ts';
import { type Child, type Content, type Held, readManifest } from './content.ts';
import { redactContent } from './redact-content.ts';

/** One digest to resolve and where it may be; `either` is tried as a manifest first, then as a config. */
export type Target = Readonly<{
  digest: Digest;
  repositories: readonly string[];
  is: 'manifest' | 'config' | 'either';
  /** The size and type its parent gives it. */
  size?: number;
  mediaType?: string;
  /** Of an index only the members for these; all where it is left out. */
  platforms?: readonly string[];
}>;

/** Verified bytes, as what they were found, and under which digest the recording keeps them, where it does. */
export type Found = Readonly<{ held: Held; is: 'manifest' | 'config'; repository: string; kept?: Digest | undefined }>;

/** A digest that could not be resolved, and why. */
export type Failure = Readonly<{ target: Target; error: AuditError }>;

type Task = Target & Readonly<{ root: Digest; depth: number }>;
type Page = Readonly<{ task: Task; content: Content; children: readonly Child[]; repository: string }>;

const DEEPEST = 3;
// A thousand images, each with its config.
const MOST_UNDER_ONE_ROOT = 2000;

/**
 * Resolves digests down to their configs, level by level, each digest once; one that fails leaves the others alone.
 * Both lists are in the order of their digests, so that the same contents give the same bytes every time.
 */
export async function resolveClosure(
  roots: readonly Target[],
  read: (target: Target) => Promise<Found>,
): Promise<Readonly<{ contents: readonly Content[]; failures: readonly Failure[] }>> {
  const seen = new Set<string>();
  const under = new Map<string, number>();
  const pages: Page[] = [];
  const failures: Failure[] = [];
  let wave = merged(roots.map((root) => ({ ...root, root: root.digest, depth: 1 })));
  while (wave.length > 0) {
    for (const { digest } of wave) seen.add(digest);
    const outcomes = await Promise.all(wave.map((task) => attempt(task, read)));
    const found = outcomes.filter((outcome) => 'content' in outcome);
    pages.push(...found);
    failures.push(...outcomes.filter((outcome) => 'error' in outcome));
    const next = found.map((page) => tasksBelow(page, under));
    failures.push(...next.filter((outcome) => 'error' in outcome));
    const below = next.flatMap((outcome) => ('error' in outcome ? [] : outcome));
    wave = merged(below.filter(({ digest, root }) => !seen.has(digest) && (under.get(root) ?? 0) <= MOST_UNDER_ONE_ROOT));
  }
  return settled(pages, failures);
}

function merged(tasks: readonly Task[]): Task[] {
  const groups = [...groupBy(tasks, ({ digest }) => digest).values()];
  return groups
    .map((group) => {
      const repositories = [...new Set(group.flatMap((task) => task.repositories))].toSorted();
      return { ...group[0]!, repositories, depth: Math.min(...group.map(({ depth }) => depth)) };
    })
    .toSorted(byKey(({ digest }) => digest));
}

async function attempt(task: Task, read: (target: Target) => Promise<Found>): Promise<Page | Failure> {
  try {
    const { held, is, repository, kept } = await read(task);
    if (task.size !== undefined && task.size !== held.body.length)
      throw unreadable('malformed', `${held.locator} has ${held.body.length} bytes, and ${task.size} where it is named`);
    if (is === 'config') return { task, content: readConfig(task.digest, held), children: [], repository };
    const { content, children } = readManifest(task.digest, held);
    return { task, repository, children, content: kept ? { ...content, bytes: kept } : content };
  } catch (error) {
    return failed(task, error);
  }
}

/** A mistake of ours is not a fact about an image: only what says why it could not be read is kept. */
function failed(target: Target, error: unknown): Failure {
  if (error instanceof AuditError && error.because !== undefined) return { target, error };
  throw error;
}

function tasksBelow({ task, content, children: all, repository }: Page, under: Map<string, number>): Task[] | Failure {
  const { platforms } = task;
  const children = all.filter(({ platform }) => !platforms || !platform || platforms.some((one) => isOfKind(one, platform)));
  const isIndex = content.kind === 'index';
  if (isIndex && task.depth > DEEPEST)
    return failed(task, unreadable('too-large', `${content.locator} is an index inside ${task.depth - 1} others`));
  const count = (under.get(task.root) ?? 0) + children.length;
  under.set(task.root, count);
  if (count > MOST_UNDER_ONE_ROOT) return failed(task, unreadable('too-large', `${content.locator} and what is under it have no end`));
  const inherited = { repositories: [repository], root: task.root, depth: task.depth + 1, ...(platforms ? { platforms } : {}) };
  return children.map((child) => ({ ...child, ...inherited }));
}

/** Whether two platforms are of one system and architecture: variants and versions are written by some and not by others. */
function isOfKind(a: string, b: string): boolean {
  const kindOf = (platform: string) => platform.replace(/:.*$/, '').split('/', 2).join('/');
  return kindOf(a) === kindOf(b);
}

function settled(pages: readonly Page[], failures: readonly Failure[]): Awaited<ReturnType<typeof resolveClosure>> {
  const configs = new Map(pages.flatMap(({ content }) => (content.kind === 'config' ? [[content.digest, content.diffIds.length]] : [])));
  const uneven = pages.filter(({ content }) => {
    const length = content.kind === 'manifest' ? configs.get(content.config) : undefined;
    return content.kind === 'manifest' && length !== undefined && length !== content.layers.length;
  });
  // No runtime unpacks such an image, and its config says nothing about its layers: equal configs would prove nothing.
  const refused = uneven.map(({ task, content }) =>
    failed(task, unreadable('malformed', `${content.locator} has not as many layers as its config has diffIDs`)),
  );
  const kept = pages.filter((page) => !uneven.includes(page)).map(({ content }) => content);
  return {
    contents: kept.toSorted(byKey(({ digest }) => digest)).map(redactContent),
    failures: [...failures, ...refused].toSorted(byKey(({ target }) => target.digest)),
  };
}
