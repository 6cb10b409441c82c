import { imageIn, imagesIn, moves } from './image-word.ts';
import type { Command, PlacedStep } from './subject.ts';

/** How a step moves an image on, and what that does to its digest. */
export type Changing = Readonly<{ how: 'pulled-and-pushed' | 'copied-in-part' | 'wrapped' | 'loaded'; line: number }>;

/** What a step that moves an image on takes it by. */
export type Taken = Readonly<{ image: string; line: number }>;

/** Steps that push other bytes than were tested: a tag of one platform out of an index, an index around a manifest. */
export function changingIn(all: readonly PlacedStep[]): Changing | undefined {
  const ways = [copiedInPart, wrapped].flatMap((way) =>
    all.flatMap((step) => step.commands.flatMap((command) => way(command, step) ?? [])),
  );
  return ways[0] ?? repushed(all);
}

function copiedInPart(command: Command, { line }: PlacedStep): Changing | undefined {
  if (!isCalled(command, 'skopeo copy')) return undefined;
  const keepsAll = command.some(
    (word) => word === '--all' || word === '-a' || word === '--preserve-digests' || word === '--multi-arch=all',
  );
  return keepsAll ? undefined : { how: 'copied-in-part', line };
}

/** Since buildx 0.12 a single manifest is wrapped into an index, unless it is told not to. */
function wrapped(command: Command, { line }: PlacedStep): Changing | undefined {
  if (!isCalled(command, 'docker buildx imagetools create')) return undefined;
  const sources = sourcesOf(command);
  const isKept = command.includes('--prefer-index=false');
  return sources.length === 1 && !isKept ? { how: 'wrapped', line } : undefined;
}

/** Pulled, tagged and pushed, an index becomes the one member that the machine pulled. */
function repushed(all: readonly PlacedStep[]): Changing | undefined {
  const has = (name: string) => all.find((step) => step.commands.some((command) => isCalled(command, name)));
  const [pull, load, tag, push] = ['docker pull', 'docker load', 'docker tag', 'docker push'].map(has);
  if (!push || !tag) return undefined;
  if (pull) return { how: 'pulled-and-pushed', line: pull.line };
  return load ? { how: 'loaded', line: load.line } : undefined;
}

function isCalled(command: Command, name: string): boolean {
  return (
    command
      .filter((word) => !word.startsWith('-'))
      .slice(0, name.split(' ').length)
      .join(' ') === name
  );
}

const MOVERS = [
  'docker pull',
  'skopeo copy',
  'crane copy',
  'crane cp',
  'crane tag',
  'regctl image copy',
  'docker buildx imagetools create',
];

/** What is promoted by a tag that moves: between the test and the promotion it may name another image. */
export function takenByMovingTag(all: readonly PlacedStep[], environments: readonly string[]): Taken | undefined {
  const promoted = all.flatMap((step) =>
    step.commands
      .filter((command) => MOVERS.some((name) => isCalled(command, name)))
      .flatMap((command) => sourcesOf(command).slice(0, 1))
      .map((image) => ({ image, line: step.line })),
  );
  return promoted.find(({ image }) => {
    const read = imageIn(image);
    return read?.tag !== undefined && moves(read.tag, environments);
  });
}

/** The images that a command takes, without those that it writes. */
function sourcesOf(command: Command): readonly string[] {
  const read = command.filter((_, at) => command[at - 1] !== '-t' && command[at - 1] !== '--tag');
  return imagesIn({ commands: [read], with: {} }).map(({ text }) => text);
}
