import type { JobSubject, PlacedStep } from './subject.ts';

/** An input that a person types, and that decides which image is deployed. */
export type FreeText = Readonly<{ input: string; line: number }>;

const INPUT = /(?<before>.?)\$\{\{\s{0,9}(?:inputs|github\.event\.inputs)\.(?<name>[\w-]+)\s{0,9}\}\}/g;
const IMAGE_NAME = /image|tag|version|ref/i;

/** The first input that a person may type anything into and that stands where an image or its tag is named; a typed digest names one image. */
export function freeTextIn({ file }: JobSubject, deploys: readonly PlacedStep[]): FreeText | undefined {
  const typed = new Set(
    file.inputs.filter(({ event, type }) => event === 'workflow_dispatch' && (type ?? 'string') === 'string').map(({ name }) => name),
  );
  for (const step of deploys)
    for (const text of [...step.commands.flat(), ...Object.values(step.with)])
      for (const { groups } of text.matchAll(INPUT)) {
        const { before = '', name = '' } = groups ?? {};
        if (typed.has(name) && before !== '@' && (before === ':' || IMAGE_NAME.test(name))) return { input: name, line: step.line };
      }
  return undefined;
}
