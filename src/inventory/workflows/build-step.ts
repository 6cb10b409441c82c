import { imageIn } from './image-word.ts';
import type { PlacedStep } from './subject.ts';

/** What a step that builds says of the image: where it goes, what it is made from, and what is handed to the build. */
export type BuildStep = Readonly<{
  line: number;
  /** Repositories of the image, as far as they stand there; sorted. */
  repositories: readonly string[];
  tags: readonly string[];
  /** The folder, file and stage that it is built from; undefined where a script may have gone anywhere before. */
  recipe: string | undefined;
  /** What else tells images of one repository apart: the file and stage, and the platforms, as far as they stand there. */
  variant: string;
  platforms: readonly string[];
  /** What is handed to the build, as written. */
  arguments: readonly Readonly<{ name: string; value: string }>[];
}>;

const OPTION = {
  tag: ['-t', '--tag', '--destination'],
  file: ['-f', '--file', '--dockerfile'],
  target: ['--target'],
  platform: ['--platform'],
  argument: ['--build-arg'],
};

/** Reads a step that builds; the steps of its job tell what it names by an expression. */
export function buildStepOf(step: PlacedStep, all: readonly PlacedStep[]): BuildStep {
  const words = step.commands.flat();
  const named = [...optionsOf(OPTION.tag, words), ...listOf(step.with['tags'])].flatMap((tag) => resolve(tag, all));
  const images = named.flatMap((text) => imageIn(text.includes(':') ? text : `${text}:latest`) ?? []);
  const pick = (name: string, options: readonly string[]) => step.with[name] ?? optionsOf(options, words).at(0) ?? '';
  const given = [...listOf(step.with['build-args']), ...optionsOf(OPTION.argument, words)].map((text) => text.split(/=([^]*)/));
  return {
    line: step.line,
    // A variable alone may stand for anything.
    repositories: [...new Set(images.map(({ repository }) => repository))].filter((name) => name.includes('/')).toSorted(),
    tags: images.flatMap(({ tag }) => tag ?? []),
    recipe: recipeOf(contextOf(step), [pick('file', OPTION.file), pick('target', OPTION.target)]),
    variant: [pick('file', OPTION.file), pick('target', OPTION.target)].join(' ').trim(),
    platforms: listOf(pick('platforms', OPTION.platform)),
    arguments: given.map(([name = '', value = '']) => ({ name, value })),
  };
}

function recipeOf(context: string | undefined, others: readonly string[]): string | undefined {
  return context === undefined ? undefined : [context, ...others].filter(Boolean).join(' ');
}

/** The folder that a build takes: what an action is given, or what the one build of a script names, seen from where the script runs. */
function contextOf({ uses, with: given, commands, folder = '.' }: PlacedStep): string | undefined {
  if (uses !== undefined) return given['context'] ?? '.';
  const builds = commands.filter((words) => words.includes('build') || words.includes('bud'));
  const named = builds.flatMap((words) =>
    words.filter((word, at) => /^\.(?:\.?\/.*)?$/.test(word) && !OPTION.file.includes(words[at - 1] ?? '')),
  );
  if (named.length !== 1 || builds.length !== 1 || commands.some(([name]) => name === 'cd' || name === 'pushd')) return undefined;
  return [folder, named[0] ?? ''].filter((part) => part !== '.').join('/') || '.';
}

function listOf(text = ''): readonly string[] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function optionsOf(names: readonly string[], words: readonly string[]): readonly string[] {
  return words.flatMap((word, at) => {
    const name = names.find((option) => word === option || word.startsWith(`${option}=`));
    if (name === undefined) return [];
    return word === name ? words.slice(at + 1, at + 2) : [word.slice(name.length + 1)];
  });
}

/** `steps.meta.outputs.tags` stands for the images that the step `meta` was given. */
function resolve(tag: string, all: readonly PlacedStep[]): readonly string[] {
  const id = /^\$\{\{\s{0,9}steps\.(?<id>[\w-]+)\.outputs\.tags\s{0,9}\}\}$/.exec(tag)?.groups?.id;
  if (id === undefined) return [tag];
  return listOf(all.find((step) => step.id === id)?.with['images']).filter((image) => !image.includes('='));
}
