import type { Seen } from '../../collect/define-source.ts';
import { matches } from '../../domain/glob.ts';
import { isCredentialName } from '../credential-name.ts';
import { redactText, redactValue } from '../redact.ts';
import { expandVariables } from './expand-variables.ts';
import type { FileName } from './file-name.ts';
import { type Instruction, instructionsIn } from './instructions.ts';
import { noDockerfile, type ReadFile, tooLarge } from './mistake.ts';

/** A Dockerfile as a source yields it but for the place where it was read. */
export type DockerfileFact = Omit<Extract<Seen, { kind: 'dockerfile' }>, 'locator' | 'bytes' | 'at'>;
type Image = DockerfileFact['images'][number];
type Argument = { name: string; line: number; default?: string; keptAt?: number };

type Stage = Readonly<{ name: string; scope: Map<string, string | undefined> }>;
/** What is known until an instruction: stages, arguments, and what those before the first stage default to. */
type Reading = Readonly<{ stages: Stage[]; images: Image[]; arguments: Map<string, Argument>; global: Map<string, string | undefined> }>;

const MOST = 1000;

/** Reads a Dockerfile: the images that it names, and the arguments that it takes. */
export function readDockerfile(text: string, file: FileName): ReadFile<DockerfileFact> {
  const { instructions, mistakes } = instructionsIn(text);
  if (mistakes.length > 0) return { mistakes };
  const reading: Reading = { stages: [], images: [], arguments: new Map(), global: new Map() };
  for (const instruction of instructions) READERS[instruction.name]?.(instruction, reading);
  if (reading.stages.length === 0) return { mistakes: [noDockerfile(1, 'it has no FROM: it is no Dockerfile')] };
  if (reading.images.length > MOST || reading.arguments.size > MOST)
    return { mistakes: [tooLarge(1, `it names more than ${MOST} things`)] };
  return { fact: { kind: 'dockerfile', ...file, images: reading.images, arguments: [...reading.arguments.values()] }, mistakes: [] };
}

const READERS: Readonly<Record<string, (instruction: Instruction, reading: Reading) => void>> = {
  FROM: readFrom,
  ARG: readArguments,
  ENV: readKept,
  LABEL: readKept,
  COPY: readCopy,
  ADD: readCopy,
  RUN: readMounts,
};

function readFrom({ line, words }: Instruction, { stages, images, global }: Reading): void {
  const [written = '', as = '', name = ''] = words.filter((word) => !word.startsWith('--')).map(unquoted);
  const image = expandVariables(written, (one) => global.get(one));
  const before = stages.find((stage) => isCalled(stage, image));
  const stage = as.toUpperCase() === 'AS' ? name : '';
  if (!before && image !== '' && image.toLowerCase() !== 'scratch') images.push(imageOf({ line, image, as: 'stage' }, stage));
  stages.push({ name: stage, scope: new Map(before?.scope) });
}

/** Before the first stage an argument is for the names of images alone; a stage that wants it names it again. */
function readArguments({ line, words }: Instruction, { stages, arguments: known, global }: Reading): void {
  const scope = stages.at(-1)?.scope ?? global;
  for (const word of words) {
    const [, name, , written] = /^([A-Za-z_]\w*)(=([^]*))?$/.exec(word) ?? [];
    if (name === undefined) continue;
    const byDefault = written === undefined ? global.get(name) : expandVariables(unquoted(written), (one) => scope.get(one));
    // What may be a credential is in no name of an image that is kept.
    scope.set(name, isCredentialName(name) ? undefined : byDefault);
    const argument = known.get(name) ?? { name, line };
    if (byDefault !== undefined) argument.default ??= redactValue(name, byDefault);
    known.set(name, argument);
  }
}

/** Variables and labels of an image are kept with it; what a script does with an argument is not known. */
function readKept({ line, text }: Instruction, { stages, arguments: known }: Reading): void {
  const scope = stages.at(-1)?.scope;
  for (const [, name = ''] of text.matchAll(/\$\{?(\w+)/g)) {
    const argument = scope?.has(name) ? known.get(name) : undefined;
    if (argument) argument.keptAt ??= line;
  }
}

function readCopy({ line, words }: Instruction, reading: Reading): void {
  const from = words.find((word) => word.startsWith('--from='));
  if (from !== undefined) nameImage({ line, image: from.slice('--from='.length), as: 'copy' }, reading);
}

function readMounts({ line, words }: Instruction, reading: Reading): void {
  // Flags stand before the command, which may have some of the same name.
  const end = words.findIndex((word) => !word.startsWith('--'));
  for (const word of words.slice(0, end < 0 ? words.length : end)) {
    const from = word.startsWith('--mount=') ? /(?:^--mount=|,)from=([^,]+)/.exec(word)?.[1] : undefined;
    if (from !== undefined) nameImage({ line, image: from, as: 'mount' }, reading);
  }
}

/** What is called like a stage of the file, by its name or number, is none from elsewhere. */
function nameImage({ image: written, ...how }: Image, { stages, images }: Reading): void {
  const own = stages.at(-1);
  const image = expandVariables(unquoted(written), (name) => own?.scope.get(name));
  const isStage = /^\d+$/.test(image) || stages.some((stage) => isCalled(stage, image));
  if (!isStage && image !== '') images.push(imageOf({ ...how, image }, own?.name ?? ''));
}

function imageOf(image: Image, stage: string): Image {
  return { ...image, image: redactText(image.image), ...(stage === '' ? {} : { stage }) };
}

/** Names of stages know no capitals; a part of one may be an argument that the builder sets: `binaries-$TARGETOS`. All of it may be anything. */
function isCalled({ name }: Stage, image: string): boolean {
  const pattern = image.replace(/\$(?:\w+|\{[^}]*\})/g, '*').toLowerCase();
  return name !== '' && /[^*]/.test(pattern) && matches(pattern, name.toLowerCase());
}

function unquoted(word: string): string {
  return word.replace(/^(["'])([^]*)\1$/, '$2');
}
