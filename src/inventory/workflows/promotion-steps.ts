import { imageIn, imagesIn } from './image-word.ts';
import type { Command, PlacedStep } from './subject.ts';

/** How a step moves an image on, and what that does to its digest. */
export type Changing = Readonly<{ how: 'pulled-and-pushed' | 'copied-in-part' | 'loaded'; line: number }>;

/** What a step that moves an image on takes it by. */
export type Taken = Readonly<{ image: string; line: number }>;

/** Steps that push other bytes than were tested: one member out of an index, or a manifest that is written anew. */
export function changingIn(all: readonly PlacedStep[]): Changing | undefined {
  const copied = all.flatMap((step) => step.commands.flatMap((command) => copiedInPart(command, step) ?? []));
  return copied[0] ?? repushed(all);
}

function copiedInPart(command: Command, { line }: PlacedStep): Changing | undefined {
  if (!isCalled(command, 'skopeo copy')) return undefined;
  const keepsAll = command.some(
    (word) => word === '--all' || word === '-a' || word === '--preserve-digests' || word === '--multi-arch=all',
  );
  return keepsAll ? undefined : { how: 'copied-in-part', line };
}

/** Pulled, tagged and pushed, an index becomes the one member that the machine pulled. */
function repushed(all: readonly PlacedStep[]): Changing | undefined {
  const pulled = pulledAndTagged(all)[0];
  if (pulled) return { how: 'pulled-and-pushed', line: pulled.line };
  const has = (name: string) => all.find((step) => step.commands.some((command) => isCalled(command, name)));
  const [build, load, tag, push] = ['docker build', 'docker load', 'docker tag', 'docker push'].map(has);
  return load && tag && push && !build ? { how: 'loaded', line: load.line } : undefined;
}

/** The images that are pulled, tagged anew and pushed under the new name; one that is only built upon or looked at is none. */
function pulledAndTagged(all: readonly PlacedStep[]): readonly Taken[] {
  const commands = all.flatMap(({ line, commands: ofStep }) =>
    ofStep.map((words) => ({ line, words: words.filter((word) => !word.startsWith('-')) })),
  );
  const calls = (name: string) => commands.filter(({ words }) => isCalled(words, name));
  return calls('docker pull').flatMap(({ line, words: [, , image = ''] }) => {
    const tags = calls('docker tag').filter(({ words }) => words[2] === image);
    const isPushed = tags.some(({ words: [, , , target] }) => calls('docker push').some(({ words }) => words[2] === target));
    return isPushed ? [{ image, line }] : [];
  });
}

function isCalled(command: Command, name: string): boolean {
  return (
    command
      .filter((word) => !word.startsWith('-'))
      .slice(0, name.split(' ').length)
      .join(' ') === name
  );
}

const MOVERS = ['skopeo copy', 'crane copy', 'crane cp', 'crane tag', 'regctl image copy', 'docker buildx imagetools create'];

/** What is promoted by a tag that moves: between the test and the promotion it may name another image. */
export function takenByMovingTag(all: readonly PlacedStep[], moving: (tag: string) => boolean): Taken | undefined {
  const promoted = all.flatMap((step) =>
    step.commands
      .filter((command) => MOVERS.some((name) => isCalled(command, name)))
      .flatMap((command) => sourcesOf(command).slice(0, 1))
      .map((image) => ({ image, line: step.line })),
  );
  return [...promoted, ...pulledAndTagged(all)].find(({ image }) => {
    const read = imageIn(image);
    return read?.tag !== undefined && moving(read.tag);
  });
}

/** The images that a command takes, without those that it writes. */
function sourcesOf(command: Command): readonly string[] {
  const read = command.filter((_, at) => command[at - 1] !== '-t' && command[at - 1] !== '--tag');
  return imagesIn({ commands: [read], with: {} }).map(({ text }) => text);
}
